"""Where a client stands: the statuses of Urssaf (docs/api.md §3), and our states of a registration."""

from odoo.tools.translate import LazyTranslate

from .entry import State, Status, Told

_lt = LazyTranslate(__name__)

CLIENT_STATUSES = {
    "APPAREILLAGE_EC": Status(
        _lt("Waiting for the activation"),
        _lt(
            "The client must open Urssaf's e-mail and activate their account within 7 days. A lost link is asked for "
            "again on https://www.particulier.urssaf.fr/#/lien-activation-compte"
        ),
    ),
    "APPAREILLAGE_VALIDE": Status(
        _lt("Active"),
        _lt("Invoices can be sent for services from the day of activation on."),
    ),
    "APPAREILLAGE_NF": Status(
        _lt("Registration not completed"),
        _lt(
            "The client did not go to the end of the registration with Urssaf: ask the client to finish it, or "
            "register again."
        ),
    ),
    "PARTICULIER_BLOQUE": Status(
        _lt("Blocked by Urssaf"),
        _lt(
            "The client has an unpaid debit or a question to settle with the tax office. Nothing can be sent until it"
            " is settled."
        ),
    ),
    "MANDAT_ECHU": Status(
        _lt("Direct debit mandate expired"),
        _lt("The client must renew the mandate on particulier.urssaf.fr."),
        client=Told(
            _lt("Your direct debit mandate has expired"),
            _lt("Sign in to your Urssaf account and renew the mandate."),
            "danger",
        ),
    ),
}

UNKNOWN_CLIENT_STATUS = Status(
    _lt("State that we do not know"),
    _lt("Nothing is sent for this client meanwhile. Ask Urssaf, or the client, how things stand."),
)

REGISTRATION_STATES = {
    "to_complete": State(_lt("Complete what is missing.")),
    "to_register": State(_lt("Everything is there: register the client.")),
    "sending": State(
        _lt("Being sent to Urssaf."),
        client=Told(_lt("Your registration is on its way to Urssaf"), _lt("Come back in a moment.")),
    ),
    "uncertain": State(
        _lt("Urssaf is asked whether the registration arrived. Nothing to do."),
        client=Told(
            _lt("Your registration is on its way to Urssaf"),
            _lt("Urssaf has not confirmed it yet. You have nothing to do."),
        ),
    ),
    "refused": State(
        _lt("Urssaf refused: correct what it says, then register again."),
        client=Told(
            _lt("Urssaf could not register you"),
            _lt("Correct what follows and send the form again: nothing is lost."),
            "warning",
        ),
    ),
    "waiting": State(
        _lt(
            "The client received an e-mail from Urssaf and has 7 days to activate the account, or to accept you in "
            "“Intervenants” if they have one already."
        ),
        client=Told(
            _lt("One step left: activate your Urssaf account"),
            _lt("Until then %(company)s cannot use the avance immédiate for you."),
            "warning",
        ),
    ),
    "active": State(
        _lt("Invoices can be sent to Urssaf."),
        client=Told(
            _lt("Your avance immédiate is active"),
            _lt(
                "%(company)s sends your invoices to Urssaf: you have nothing to pay us. Urssaf writes to you each time."
            ),
            "success",
        ),
    ),
    "blocked": State(
        _lt("The client must settle something in their Urssaf account."),
        client=Told(
            _lt("Your Urssaf account is blocked"),
            _lt("Sign in to your Urssaf account: it says what to settle, for instance a refused debit."),
            "danger",
        ),
    ),
    "ended": State(
        _lt("The client is no longer linked to you at Urssaf."),
        client=Told(
            _lt("You are no longer linked to us at Urssaf"),
            _lt("If you wish to use the avance immédiate again, check the form and send it."),
            "warning",
        ),
    ),
    "erased": State(_lt("The personal data were erased. What the law makes you keep stays.")),
}

# "To register", where the client has asked for it on the portal: waiting for the provider, or changed by them since.
PORTAL_REQUESTS = {
    "asked": Told(
        _lt("We have received your request"),
        _lt("%(company)s registers you with Urssaf, which then writes to you. You have nothing to do until then."),
    ),
    "changed": Told(
        _lt("Look at your details again, and agree"),
        _lt("%(company)s has corrected what you entered: %(changes)s. Check it, and send the form again."),
        "warning",
    ),
}
