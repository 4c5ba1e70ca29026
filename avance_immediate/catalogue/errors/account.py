"""What stands between a client and their account at Urssaf, or its link with the provider (docs/api.md §5)."""

from odoo.tools.translate import LazyTranslate

from ..entry import Error

_lt = LazyTranslate(__name__)

ACCOUNT_ERRORS = {
    "ERR_ECV_PARTICULIERS_EXISTENT": Error(
        _lt("Urssaf holds several accounts for this civil status."),
        _lt("Urssaf must merge them: write to its support with the client's agreement, then register again."),
        causes=(
            (
                _lt("Urssaf opened more than one account for this person."),
                _lt(
                    "Only Urssaf can merge them: write to its support with the client's agreement, then register again."
                ),
            ),
            (
                _lt("The client's tax file is not in order."),
                _lt("Ask the client to have it looked at by their tax office."),
            ),
        ),
        client=(
            _lt("Urssaf holds several accounts in your name."),
            _lt("Ask Urssaf to merge them, then come back here."),
        ),
        client_causes=(
            (
                _lt("Urssaf opened more than one account for you."),
                _lt("Ask Urssaf to merge them, then come back here."),
            ),
            (
                _lt("Your tax file is not in order."),
                _lt("Have it looked at by your tax office."),
            ),
        ),
    ),
    "ERR_COMPTE_BLOQUE": Error(
        _lt("The client's account is blocked at Urssaf."),
        _lt("Only the client can settle this, with Urssaf or the tax office. Register again once it is done."),
        causes=(
            (
                _lt("The tax administration has blocked the account."),
                _lt("Ask the client to get in touch with their tax office. Register again once it is settled."),
            ),
            (
                _lt("A debit was refused, perhaps for another provider."),
                _lt(
                    "The client settles it in their account on particulier.urssaf.fr. A third unpaid debit in "
                    "a year excludes them until the end of the year."
                ),
            ),
        ),
        client=(
            _lt("Your account is blocked at Urssaf."),
            _lt("Settle it with Urssaf or with your tax office, then come back here."),
        ),
        client_causes=(
            (
                _lt("The tax administration has blocked your account."),
                _lt("Get in touch with your tax office, then come back here."),
            ),
            (
                _lt("A debit was refused, perhaps for another provider."),
                _lt("Settle it in your account on particulier.urssaf.fr, then come back here."),
            ),
        ),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE": Error(
        _lt("This client is already registered with you at Urssaf."),
        _lt("There is no need to register again: refresh the state of the client."),
        causes=(
            (
                _lt("An earlier attempt had succeeded, and its answer was lost."),
                _lt("Refresh: the client is found by the e-mail address."),
            ),
            (
                _lt("The client was registered with another software."),
                _lt(
                    "Refresh too. If the client is not found, enter the reference that the other software has of "
                    "Urssaf."
                ),
            ),
        ),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER": Error(
        _lt("Urssaf could not link this client to you."),
        _lt("Register again later; if it fails again, write to Urssaf's support."),
        causes=(
            (
                _lt("Something went wrong at Urssaf."),
                _lt("Register again later; if it fails again, write to Urssaf's support."),
            ),
            (
                _lt("The client has an Urssaf account already, where your request is waiting."),
                _lt("Ask the client to sign in, and to look for you under “Intervenants”."),
            ),
        ),
        client=(
            _lt("Urssaf could not link you to us."),
            _lt("There is nothing to correct: send the form again later."),
        ),
    ),
    "ERREUR_VALIDATION": Error(
        _lt("Urssaf finds a field that is not written as it expects."),
        _lt("Check what was entered. The administrator can see which field it is in the exchanges."),
        causes=(
            (
                _lt("A name holds a sign that Urssaf refuses."),
                _lt("Keep letters, spaces, hyphens and straight apostrophes, with a letter at both ends."),
            ),
            (
                _lt("The e-mail address has a plus sign (+), or the account number has letters."),
                _lt("Ask the client for another address, or for another account."),
            ),
            (
                _lt("It is another field."),
                _lt("The administrator can see which one in the exchanges."),
            ),
        ),
        client_causes=(
            (
                _lt("A name holds a sign that Urssaf refuses."),
                _lt("Keep letters, spaces, hyphens and straight apostrophes (')."),
            ),
            (
                _lt("The e-mail address has a plus sign (+), or the account number has letters."),
                _lt("Enter another address, or another account."),
            ),
        ),
    ),
    "ERR_RECHERCHE_PARTICULIER": Error(
        _lt("Urssaf finds no such client with you."),
        _lt(
            "Either the client was never registered, or the client has removed you from their list of providers. "
            "Register the client again with their agreement."
        ),
        causes=(
            (
                _lt("The client has removed you from their list of providers."),
                _lt("Ask the client; with their agreement, register them again."),
            ),
            (
                _lt("The client was never registered with you."),
                _lt("Register the client, with their agreement."),
            ),
        ),
    ),
}
