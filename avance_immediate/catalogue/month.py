"""The accountant's page: the names of its figures, and what each counts."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class Words(NamedTuple):
    """A figure, as the accountant reads it."""

    name: str
    meaning: str


FIGURES = {
    "sent": Words(
        _lt("Requests sent to Urssaf"),
        _lt("Payment requests that left for Urssaf, each for what Urssaf was to pay: the invoice less the deposit."),
    ),
    "expected": Words(
        _lt("Expected from Urssaf"),
        _lt("Payment requests at Urssaf that were neither paid, nor refused, nor failed to be debited."),
    ),
    "unpaid": Words(
        _lt("Debit refused by the client's bank"),
        _lt("Payment requests that Urssaf could not debit: it pays nothing, unless the client settles it."),
    ),
    "refused": Words(
        _lt("Refused or cancelled"),
        _lt("Payment requests that Urssaf does not pay: the invoice is for the client to pay."),
    ),
    "paid": Words(
        _lt("Payouts announced by Urssaf"),
        _lt(
            "Payouts that Urssaf announced, by the day when that was learnt, less those that were set aside, by the "
            "day when they were."
        ),
    ),
    "recorded": Words(
        _lt("In the books"),
        _lt(
            "Payouts that were recorded, by the date of their entry, less those whose entry was reversed, by the date "
            "of the reversal."
        ),
    ),
    "in_transit": Words(
        _lt("In transit"),
        _lt("Urssaf's payments on the outstanding account that the bank had not shown, for what was still open."),
    ),
    "on_bank": Words(
        _lt("On the bank"),
        _lt(
            "Lines of the bank statements that were matched with Urssaf's payments, for what was matched, less those "
            "matched with what it takes back."
        ),
    ),
    "taken_back": Words(
        _lt("Taken back, says Urssaf"),
        _lt("Payment requests that Urssaf cancelled, or of which it takes the payout back, after it had paid."),
    ),
    "recovered": Words(
        _lt("Taken back, in the books"),
        _lt(
            "What was booked as taken back by Urssaf, by the date of its entry, less what was undone, by the date of "
            "the entry that undoes it."
        ),
    ),
    "to_be_debited": Words(
        _lt("Still to be debited by Urssaf"),
        _lt("What was booked as taken back and the bank had not shown, for what was still open."),
    ),
    "balance": Words(
        _lt("Balance of the outstanding account"),
        _lt(
            "All journal items of the account that are posted: what is in transit, less what is still to be debited, "
            "and whatever else stands there."
        ),
    ),
}
