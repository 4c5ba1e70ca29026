"""Where the books and Urssaf disagree: its name, what is the matter, what to do."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class Words(NamedTuple):
    """A kind of disagreement. Matter and repair are filled with ``number``, ``amount`` and ``other``."""

    matter: str
    repair: str
    name: str


DISAGREEMENTS = {
    # === Requests and payouts === #
    "paid_without_payout": Words(
        _lt("Urssaf says that the request %(number)s is paid, and announced no payout."),
        _lt("Ask Urssaf about the request again. If nothing comes, look on the bank account and ask Urssaf's support."),
        _lt("Paid, without a payout"),
    ),
    "payout_waiting": Words(
        _lt("Urssaf announced %(amount)s for the request %(number)s, and it is not in the books."),
        _lt("Open the payouts of the request: record what awaits, or set it aside if the money did not come."),
        _lt("Payout that is not in the books"),
    ),
    "request_late": Words(
        _lt("Urssaf was to pay the request %(number)s, %(amount)s, and said nothing of it."),
        _lt("Ask Urssaf about the request again, look on the bank account, then ask Urssaf's support."),
        _lt("Late request"),
    ),
    "to_settle_long": Words(
        _lt("The request %(number)s has been to settle for more than two weeks."),
        _lt("Check with Urssaf and on the bank account, set the books right, then close the request."),
        _lt("To settle for long"),
    ),
    "announced_differs": Words(
        _lt("The payout of the request %(number)s is in the books for %(amount)s, and Urssaf announces %(other)s."),
        _lt("Look on the bank account, correct the payment by hand if Urssaf is right, then close the request."),
        _lt("Urssaf announces another amount"),
    ),
    # === Requests and invoices === #
    "paid_otherwise": Words(
        _lt(
            "The invoice of the request %(number)s has %(amount)s left to pay, and Urssaf is to pay %(other)s: "
            "somebody else has paid."
        ),
        _lt(
            "If the client paid, have Urssaf cancel the request if there is time; otherwise give them their money back "
            "once Urssaf has paid."
        ),
        _lt("Invoice paid otherwise"),
    ),
    "credited_at_urssaf": Words(
        _lt("The invoice of the request %(number)s was cancelled or credited, and Urssaf is to debit %(amount)s."),
        _lt("Have Urssaf cancel the request. If it has paid already, the client is to get the money back."),
        _lt("Invoice cancelled while at Urssaf"),
    ),
    "recorded_but_open": Words(
        _lt(
            "The payout of the request %(number)s is in the books, %(amount)s of it matched with nothing, and the "
            "invoice is open."
        ),
        _lt("Record the payout again: the same line is matched with the invoice."),
        _lt("Payout recorded, invoice open"),
    ),
    "matched_elsewhere": Words(
        _lt(
            "%(amount)s that Urssaf paid for the request %(number)s were matched with another invoice, and this one "
            "is open."
        ),
        _lt("Take the payment away from the other invoice, then record the payout again."),
        _lt("Payout matched with another invoice"),
    ),
    # === Payouts and payments === #
    "payment_not_posted": Words(
        _lt("The payment %(number)s records payouts of %(amount)s, and is not posted."),
        _lt("Post it again; or cancel it, and decide about its payouts."),
        _lt("Payment that is not posted"),
    ),
    "payment_without_payouts": Words(
        _lt("The payment %(number)s of %(amount)s belongs to a transfer of Urssaf, and records no payout."),
        _lt("Cancel it, unless it was entered by hand on purpose: then take it out of the outstanding account."),
        _lt("Payment without payouts"),
    ),
    "another_transfer": Words(
        _lt("The payment %(number)s records payouts of another transfer than its own."),
        _lt("Cancel it, then record its payouts again: they go into a payment of their transfer."),
        _lt("Payment of another transfer"),
    ),
    "line_lost": Words(
        _lt("The payout of the request %(number)s, %(amount)s, has no line left in its payment."),
        _lt("Open the payout and record it again, after a look at the client's account."),
        _lt("Payout without its journal item"),
    ),
    "amount_differs": Words(
        _lt("The payout of the request %(number)s is %(other)s, and its journal item %(amount)s."),
        _lt("Somebody changed the entry: cancel the payment and record its payouts again, or correct the entry."),
        _lt("Amount changed in the books"),
    ),
    "line_without_payout": Words(
        _lt("The payment %(number)s credits clients with %(amount)s that no payout stands for."),
        _lt("Somebody changed the entry: cancel the payment and record its payouts again, or correct the entry."),
        _lt("Journal item without a payout"),
    ),
    # === The outstanding account and the bank === #
    "sum_differs": Words(
        _lt("The payment %(number)s puts %(amount)s on the outstanding account, and its payouts are %(other)s."),
        _lt("Somebody changed the entry: cancel the payment and record its payouts again, or correct the entry."),
        _lt("Payment that is not the sum of its payouts"),
    ),
    "foreign_entry": Words(
        _lt(
            "The entry %(number)s leaves %(amount)s open on the outstanding account, and is neither Urssaf's nor the "
            "bank's."
        ),
        _lt("Move it to the account where it belongs, or match it with what it stands for."),
        _lt("Foreign entry on the outstanding account"),
    ),
    "bank_line_open": Words(
        _lt("Of the bank's line %(number)s, %(amount)s stand on the outstanding account and are matched with nothing."),
        _lt("Match the rest with what Urssaf paid or took back, or ask Urssaf what the difference is."),
        _lt("Difference on a line of the bank"),
    ),
    "partly_on_bank": Words(
        _lt("Of the payment %(number)s of %(other)s, the bank has not shown %(amount)s."),
        _lt("Look for the rest on the bank account; Urssaf may have deducted what it takes back from another invoice."),
        _lt("Payment that the bank shows in part"),
    ),
    "not_on_bank": Words(
        _lt("The payment %(number)s of %(amount)s is in the books, and the bank has not shown it."),
        _lt("Match it with the line of the bank. If there is none, ask Urssaf's support where the money went."),
        _lt("Payment that the bank does not show"),
    ),
    "money_unexplained": Words(
        _lt("The bank shows %(amount)s from Urssaf, line %(number)s, and nothing in the books explains it."),
        _lt(
            "Ask Urssaf about the payment requests that are on their way, and look in your Urssaf account what it "
            "paid: record that payout, then match the line with it. If it is a refund of contributions, match the "
            "line with its own account."
        ),
        _lt("Money of Urssaf that nothing explains"),
    ),
    # === What Urssaf takes back === #
    "recovery_to_decide": Words(
        _lt("Urssaf takes something of the request %(number)s back, and nobody has said how much."),
        _lt("Look in your Urssaf account and on the bank account, then decide on the request."),
        _lt("Taken back, to decide"),
    ),
    "recovery_differs": Words(
        _lt(
            "Of the request %(number)s, %(other)s were booked as taken back, and %(amount)s of it are on the "
            "outstanding account."
        ),
        _lt("Undo what was booked as taken back, then book it again; or correct the entry."),
        _lt("Taken back, for another amount in the books"),
    ),
    "recovery_not_on_bank": Words(
        _lt("Urssaf was to debit what it takes back, entry %(number)s, %(amount)s, and the bank has not shown it."),
        _lt("Match it with the line of the bank, or with the transfer that it was deducted from. Otherwise undo it."),
        _lt("Taken back, and not on the bank"),
    ),
}

UNKNOWN_DISAGREEMENT = Words(
    _lt("Something of %(number)s does not agree: %(code)s."),
    _lt("Show it to your administrator."),
    _lt("Unknown"),
)
