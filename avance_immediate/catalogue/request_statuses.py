"""Where a payment request stands: the statuses of Urssaf (docs/api.md §4), our states, and why it was refused."""

from odoo.tools.translate import LazyTranslate

from .entry import RequestStatus, State, Told

_lt = LazyTranslate(__name__)

_SENT = Told(
    _lt("Sent to Urssaf"),
    _lt("Urssaf checks the invoice, then writes to you: you will have 48 hours to accept or refuse it."),
)
_TO_VALIDATE = _lt(
    "Accept or refuse this invoice in your Urssaf account. Without an answer from you within 48 hours it counts as "
    "accepted. The exact hour is in Urssaf's e-mail."
)

# What a status means for the money is in urssaf/tiers_prestation/codes.py.
REQUEST_STATUSES = {
    "10": RequestStatus(
        _lt("Received by Urssaf"),
        _lt("Urssaf checks the request, then tells the client."),
        client=_SENT,
    ),
    "15": RequestStatus(
        _lt("Aid calculated"),
        _lt("Urssaf will tell the client."),
        client=_SENT,
    ),
    "20": RequestStatus(
        _lt("Waiting for the client"),
        _lt("The client has 48 hours to accept or refuse; no answer means acceptance."),
        client=Told(_lt("To validate within 48 hours of Urssaf's e-mail"), _TO_VALIDATE, "warning"),
        client_early=Told(_lt("To validate before %(deadline)s"), _TO_VALIDATE, "warning"),
        client_late=Told(
            _lt("The 48 hours to answer have passed"),
            _lt("Unless you refused it, the invoice counts as accepted, and Urssaf debits your share."),
        ),
    ),
    "30": RequestStatus(
        _lt("Accepted"),
        _lt("Urssaf will debit the client, about two working days from now."),
        client=Told(_lt("Accepted"), _lt("Urssaf debits your share about two working days later.")),
    ),
    "40": RequestStatus(
        _lt("Refused by the client"),
        _lt("Read the reason, agree with the client, and make the invoice again under another number."),
    ),
    "50": RequestStatus(
        _lt("Debited"),
        _lt("The transfer to you follows, about four working days after the acceptance."),
        client=Told(_lt("Debited"), _lt("Urssaf has debited your share, and pays us the whole invoice.")),
    ),
    "60": RequestStatus(
        _lt("Debit refused"),
        _lt(
            "The client's bank refused. The client must settle with Urssaf, and cannot be sent anything more until "
            "then."
        ),
        client=Told(
            _lt("Debit refused by your bank"),
            _lt("Settle it in your Urssaf account: until then no other invoice can go this way."),
            "danger",
        ),
    ),
    "70": RequestStatus(
        _lt("Paid"),
        _lt("Urssaf transfers the whole amount to you."),
    ),
    "80": RequestStatus(
        _lt("Waiting for an exchange"),
        _lt("Ask Urssaf what it is waiting for."),
    ),
    "90": RequestStatus(
        _lt("Closed"),
        _lt("Check with Urssaf whether this request was paid."),
    ),
    "100": RequestStatus(
        _lt("Deleted"),
        _lt("Check with Urssaf why; make the invoice again under another number if it is still due."),
    ),
    "110": RequestStatus(
        _lt("Cancelled"),
        _lt("Nothing more will come from Urssaf. If it had already paid, it takes the money back."),
    ),
    "111": RequestStatus(
        _lt("Cancelled after an unpaid debit"),
        _lt("The client did not pay Urssaf: the client owes you the invoice."),
    ),
    "112": RequestStatus(
        _lt("Cancelled after recovery"),
        _lt("Urssaf takes back what it paid: check your bank account, and settle with the client."),
    ),
    "113": RequestStatus(
        _lt("Cancelled for a specific reason"),
        _lt("Ask Urssaf for the reason. If it had already paid, it takes the money back."),
    ),
    "120": RequestStatus(
        _lt("Recovered"),
        _lt("Urssaf has recovered an unpaid sum: check on your bank account whether it took something back from you."),
    ),
    "260": RequestStatus(
        _lt("Unpaid by the provider"),
        _lt("Urssaf could not take back a sum from your account: settle with Urssaf."),
    ),
    "270": RequestStatus(
        _lt("Settled by the provider"),
        _lt("What you owed to Urssaf is settled."),
    ),
}

UNKNOWN_REQUEST_STATUS = RequestStatus(
    _lt("Status that we do not know"),
    _lt("Look at the request on Urssaf's site, or ask Urssaf."),
    client=Told(_lt("In progress at Urssaf"), _lt("Your Urssaf account shows where it stands.")),
)

_QUEUED = Told(
    _lt("About to be sent to Urssaf"),
    _lt("Urssaf will write to you. You have nothing to pay us."),
)
REQUEST_STATES = {
    "draft": State(_lt("Nothing was sent. Send the invoice to Urssaf when it is ready.")),
    "queued": State(
        _lt("Goes to Urssaf by itself within minutes. Until then it can be withdrawn."),
        client=_QUEUED,
    ),
    "sending": State(
        _lt("On its way to Urssaf."),
        client=_QUEUED,
    ),
    "uncertain": State(
        _lt("Urssaf's answer was lost: Urssaf is asked what it received before anything is sent again."),
        client=_QUEUED,
    ),
    "sent": State(),
    "paid": State(
        client=Told(_lt("Urssaf has paid this invoice"), _lt("You have nothing left to do."), "success"),
    ),
    "to_settle": State(
        _lt("Check with Urssaf what changed after the payout, and say what it takes back; or mark it as settled."),
        client=Told(
            _lt("To settle with us"),
            _lt("Something has changed at Urssaf after the payment. We get in touch with you."),
            "warning",
        ),
    ),
    "closed": State(
        _lt("Settled: nothing left to do."),
        client=Told(_lt("Settled"), _lt("Nothing more happens at Urssaf."), "secondary"),
    ),
    # What is still due on the invoice can be collected otherwise.
    "closed open": State(
        _lt("Nothing more comes from Urssaf: collect otherwise what is still open on the invoice."),
        client=Told(
            _lt("No longer collected by Urssaf"),
            _lt(
                "What is still due is to be paid to us. If Urssaf has debited you all the same, tell us before you pay."
            ),
        ),
    ),
    "taken back": State(
        _lt("Urssaf took back what it had paid, or a part of it: collect otherwise what is open on the invoice."),
        client=Told(
            _lt("Taken back by Urssaf"),
            _lt(
                "Urssaf had paid us this invoice, and took the money back, or a part of it. What is still due is to be "
                "paid to us."
            ),
            "warning",
        ),
    ),
    "rejected": State(_lt("Correct what Urssaf refused, then send the invoice again: its number is still free.")),
    "refused": State(
        client=Told(
            _lt("You refused this invoice at Urssaf"),
            _lt("Nothing is debited. We get in touch with you to correct it."),
            "warning",
        ),
    ),
    "cancelled": State(
        client=Told(
            _lt("Cancelled at Urssaf"),
            _lt("Urssaf does not pay this invoice. If you have a question, get in touch with us."),
            "warning",
        ),
    ),
}

# Why it was refused or cancelled: the reason, what to do.
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
