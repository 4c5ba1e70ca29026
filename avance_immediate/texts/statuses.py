"""Where a client or a payment request stands, and why it was refused: what it is, what happens or what to do next."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# docs/api.md §3
CLIENT_STATUSES = {
    "APPAREILLAGE_EC": (
        _lt("Waiting for the activation"),
        _lt(
            "The client must open Urssaf's e-mail and activate their account within 7 days. A lost link is asked for "
            "again on https://www.particulier.urssaf.fr/#/lien-activation-compte"
        ),
    ),
    "APPAREILLAGE_VALIDE": (
        _lt("Active"),
        _lt("Invoices can be sent for services from the day of activation on."),
    ),
    "APPAREILLAGE_NF": (
        _lt("Registration not completed"),
        _lt(
            "The client did not go to the end of the registration with Urssaf: ask the client to finish it, or "
            "register again."
        ),
    ),
    "PARTICULIER_BLOQUE": (
        _lt("Blocked by Urssaf"),
        _lt(
            "The client has an unpaid debit or a question to settle with the tax office. Nothing can be sent until it"
            " is settled."
        ),
    ),
    "MANDAT_ECHU": (
        _lt("Direct debit mandate expired"),
        _lt("The client must renew the mandate on particulier.urssaf.fr."),
    ),
}

UNKNOWN_CLIENT_STATUS = (
    _lt("State that we do not know"),
    _lt("Nothing is sent for this client meanwhile. Ask Urssaf, or the client, how things stand."),
)

# docs/api.md §4
REQUEST_STATUSES = {
    "10": (
        _lt("Received by Urssaf"),
        _lt("Urssaf checks the request, then tells the client."),
    ),
    "15": (
        _lt("Aid calculated"),
        _lt("Urssaf will tell the client."),
    ),
    "20": (
        _lt("Waiting for the client"),
        _lt("The client has 48 hours to accept or refuse; no answer means acceptance."),
    ),
    "30": (
        _lt("Accepted"),
        _lt("Urssaf will debit the client, about two working days from now."),
    ),
    "40": (
        _lt("Refused by the client"),
        _lt("Read the reason, agree with the client, and make the invoice again under another number."),
    ),
    "50": (
        _lt("Debited"),
        _lt("The transfer to you follows, about four working days after the acceptance."),
    ),
    "60": (
        _lt("Debit refused"),
        _lt(
            "The client's bank refused. The client must settle with Urssaf, and cannot be sent anything more until "
            "then."
        ),
    ),
    "70": (
        _lt("Paid"),
        _lt("Urssaf transfers the whole amount to you."),
    ),
    "80": (
        _lt("Waiting for an exchange"),
        _lt("Ask Urssaf what it is waiting for."),
    ),
    "90": (
        _lt("Closed"),
        _lt("Check with Urssaf whether this request was paid."),
    ),
    "100": (
        _lt("Deleted"),
        _lt("Check with Urssaf why; make the invoice again under another number if it is still due."),
    ),
    "110": (
        _lt("Cancelled"),
        _lt("Nothing more will come from Urssaf. If it had already paid, it takes the money back."),
    ),
    "111": (
        _lt("Cancelled after an unpaid debit"),
        _lt("The client did not pay Urssaf: the client owes you the invoice."),
    ),
    "112": (
        _lt("Cancelled after recovery"),
        _lt("Urssaf takes back what it paid: check your bank account, and settle with the client."),
    ),
    "113": (
        _lt("Cancelled for a specific reason"),
        _lt("Ask Urssaf for the reason. If it had already paid, it takes the money back."),
    ),
    "120": (
        _lt("Recovered"),
        _lt("Urssaf has recovered an unpaid sum: check on your bank account whether it took something back from you."),
    ),
    "260": (
        _lt("Unpaid by the provider"),
        _lt("Urssaf could not take back a sum from your account: settle with Urssaf."),
    ),
    "270": (
        _lt("Settled by the provider"),
        _lt("What you owed to Urssaf is settled."),
    ),
}

# What comes next in the states that are ours; in the others Urssaf's status says it.
REQUEST_STEPS = {
    "draft": _lt("Nothing was sent. Send the invoice to Urssaf when it is ready."),
    "queued": _lt("Goes to Urssaf by itself within minutes. Until then it can be withdrawn."),
    "sending": _lt("On its way to Urssaf."),
    "uncertain": _lt("Urssaf's answer was lost: Urssaf is asked what it received before anything is sent again."),
    "to_settle": _lt(
        "Check with Urssaf what changed after the payout, have it booked, then mark the request as settled."
    ),
    "closed": _lt("Settled: nothing left to do."),
    "closed open": _lt("Nothing more comes from Urssaf: collect otherwise what is still open on the invoice."),
    "rejected": _lt("Mend what Urssaf refused, then send the invoice again: its number is still free."),
}

UNKNOWN_REQUEST_STATUS = (
    _lt("Status that we do not know"),
    _lt("Look at the request on Urssaf's site, or ask Urssaf."),
)

# docs/api.md §4
REFUSALS = {
    "REGUL_MNT_FACT": (
        _lt("Correction: the amount or the rate is wrong."),
        _lt("Agree with the client on the right amount, then make the invoice again under another number."),
    ),
    "REGUL_NB_QTE_FACT": (
        _lt("Correction: the hours or the quantities are wrong."),
        _lt("Agree with the client on the hours, then make the invoice again under another number."),
    ),
    "REGUL_PRESTA_FACT": (
        _lt("Correction: the services are wrong."),
        _lt("Agree with the client on what was done, then make the invoice again under another number."),
    ),
    "REGUL_AUTRE": (
        _lt("Correction for another reason."),
        _lt("Read the client's comment and get in touch with the client."),
    ),
    "CONTEST_ERR_FACT": (
        _lt("Contested: the invoice has a mistake."),
        _lt("Look for the mistake with the client, then make the invoice again under another number."),
    ),
    "CONTEST_FACT_REGLEE": (
        _lt("Contested: the client says that the invoice is already paid."),
        _lt("Look for the client's payment; if it was received, register it on the invoice."),
    ),
    "CONTEST_AUTRE": (
        _lt("Contested for another reason."),
        _lt("Read the client's comment and get in touch with the client."),
    ),
    "ANNUL_DBL": (
        _lt("Cancelled: the request was there twice."),
        _lt("Check that the other request goes on, and cancel this invoice if it is a duplicate."),
    ),
    "ANNUL_ERR_MNT": (
        _lt("Cancelled: the amount was wrong."),
        _lt("Make the invoice again with the right amount, under another number."),
    ),
    "ANNUL_ERR_TECH": (
        _lt("Cancelled after a technical error."),
        _lt("Make the invoice again under another number; if in doubt, ask Urssaf."),
    ),
    "ANNUL_AUTRE": (
        _lt("Cancelled for another reason."),
        _lt("Read the comment; if in doubt, ask Urssaf."),
    ),
}

UNKNOWN_REFUSAL = (
    _lt("For a reason that we do not know."),
    _lt("Read the comment and get in touch with the client."),
)
