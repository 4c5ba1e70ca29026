"""Where requests, payouts, transfers, payments, invoices and the outstanding account may disagree.

Each kind finds its cases by one query over the whole database, in either direction. What people read of it is in
``catalogue.disagreements``.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ..urssaf.tiers_prestation import codes
from .account_bank_statement_line import WRITTEN
from .urssaf_month_figures import ASKED
from .urssaf_payout_undo import UNDONE

REQUEST, PAYMENT, ENTRY = "urssaf.payment.request", "account.payment", "account.move"
#: Any problem of the request tells it: it has a banner and an activity already.
ANY = None
PAID = list(codes.request_statuses(codes.PAID))
#: Days after which somebody is told.
WAITING_DAYS = 5  # a payout that is announced and not in the books
SETTLING_DAYS = 15
# A payment in the books that the bank does not show, while it shows later lines, and the other way round.
BANK_DAYS = 10


class Kind(NamedTuple):
    """A way to disagree.

    :param model: of the record that is concerned, where the activity stands
    :param query: given today, the query of ``record``, ``company``, ``environment`` (or null), ``number`` (what people
        call it), ``amount`` and ``other`` (what it should be, or null)
    :param told_by: codes of notes on the request that tell the same; ``ANY`` for every one
    :param true_of: given the records of the query, those that it is true of, where no query can tell
    """

    model: str
    query: Callable[[date], SQL]
    told_by: frozenset | None
    true_of: Callable | None = None


#: In the order in which they are looked for.
KINDS: dict[str, Kind] = {}


def _kind(model, *told_by, true_of=None):
    """Keep a query as the kind that its function is named after."""

    def keep(query):
        KINDS[query.__name__] = Kind(model, query, ANY if told_by == (ANY,) else frozenset(told_by), true_of)
        return query

    return keep


# === PARTS OF QUERIES === #

#: Requests whose money goes into the books: outside production only where the company says so.
_REQUESTS = """
    SELECT r.id AS record, r.company_id AS company, r.environment, r.number, %s
      FROM urssaf_payment_request r
      JOIN res_company holder ON holder.id = r.holder_id
           AND (r.environment = 'production' OR holder.urssaf_book_test_payouts)
      JOIN account_move invoice ON invoice.id = r.move_id
     WHERE %s"""
#: Payouts in the books whose payment stands, with their line where it is left.
_RECORDED = """
    SELECT r.id AS record, r.company_id AS company, r.environment, r.number, %s
      FROM urssaf_payout p
      JOIN urssaf_payment_request r ON r.id = p.request_id
      JOIN account_move invoice ON invoice.id = r.move_id
      JOIN account_payment payment ON payment.id = p.payment_id
      JOIN account_move entry ON entry.id = payment.move_id AND entry.state = 'posted'
 LEFT JOIN account_move_line line ON line.id = p.line_id
     WHERE p.state = 'recorded' AND %s"""
#: Payments of Urssaf's transfers.
_PAYMENTS = """
    SELECT payment.id AS record, payment.company_id AS company, transfer.environment,
           COALESCE(payment.name, payment.memo) AS number, %s
      FROM account_payment payment
      JOIN urssaf_transfer transfer ON transfer.id = payment.urssaf_transfer_id
 LEFT JOIN account_move entry ON entry.id = payment.move_id
     WHERE %s"""
#: Their lines that the bank is to show.
_ON_ACCOUNT = """
    SELECT payment.id AS record, payment.company_id AS company, transfer.environment,
           COALESCE(payment.name, payment.memo) AS number, %s
      FROM account_payment payment
      JOIN urssaf_transfer transfer ON transfer.id = payment.urssaf_transfer_id
      JOIN account_move entry ON entry.id = payment.move_id AND entry.state = 'posted'
      JOIN account_move_line line ON line.move_id = entry.id AND line.account_id = transfer.account_id
     WHERE %s"""
#: What is open on the outstanding accounts, those of former settings too, by entry.
_OPEN_ENTRIES = """
    SELECT entry.id AS record, entry.company_id AS company, NULL AS environment, entry.name AS number,
           sum(line.amount_residual) AS amount, NULL::numeric AS other
      FROM account_move_line line
      JOIN account_move entry ON entry.id = line.move_id AND entry.state = 'posted'
 LEFT JOIN account_payment payment ON payment.id = line.payment_id
     WHERE line.account_id IN (SELECT account_id FROM urssaf_transfer
                         UNION SELECT urssaf_outstanding_account_id FROM res_company)
       AND line.amount_residual <> 0 AND %s
  GROUP BY entry.id"""
_NONE_RECORDED = SQL(
    "NOT EXISTS (SELECT FROM urssaf_payout p WHERE p.request_id = r.id AND p.state IN ('recorded', 'dismissed'))"
)
_CREDITED = SQL(
    """(invoice.state != 'posted' OR invoice.payment_state = 'reversed'
        OR EXISTS (SELECT FROM account_move note
                    WHERE note.reversed_entry_id = invoice.id AND note.move_type = 'out_refund'
                      AND note.state = 'posted'))"""
)
_PAYOUTS_OF_PAYMENT = SQL("SELECT FROM urssaf_payout p WHERE p.payment_id = payment.id AND p.state = 'recorded'")
#: Urssaf is at work on it, or has paid and the books do not know yet.
_AT_URSSAF = SQL("r.state IN ('uncertain', 'sent', 'paid')")


# === REQUESTS AND PAYOUTS === #


@_kind(REQUEST, "paid_without_amount", "payout_unreadable")
def paid_without_payout(_today):
    """Urssaf says *paid*, and announced no payout."""
    return SQL(
        _REQUESTS,
        SQL("%s AS amount, NULL::numeric AS other", ASKED),
        SQL(
            """r.state IN ('sent', 'paid') AND r.urssaf_status = ANY(%s)
               AND NOT EXISTS (SELECT FROM urssaf_payout p WHERE p.request_id = r.id)""",
            PAID,
        ),
    )


@_kind(REQUEST, ANY)
def payout_waiting(today):
    """A payout that Urssaf announced is not in the books."""
    return SQL(
        _REQUESTS,
        SQL(
            """(SELECT sum(p.amount) FROM urssaf_payout p
                 WHERE p.request_id = r.id AND p.state IN ('to_record', 'to_confirm')) AS amount,
               NULL::numeric AS other"""
        ),
        SQL(
            """EXISTS (SELECT FROM urssaf_payout p
                        WHERE p.request_id = r.id AND p.state IN ('to_record', 'to_confirm')
                          AND COALESCE(p.date, p.create_date::date) < %s)""",
            today - timedelta(days=WAITING_DAYS),
        ),
    )


@_kind(REQUEST, ANY)
def request_late(today):
    """The day on which Urssaf was to pay has passed, and it said nothing."""
    return SQL(
        _REQUESTS,
        SQL("r.expected_payout_amount AS amount, NULL::numeric AS other"),
        SQL(
            """r.state = 'sent' AND r.expected_payout_date < %s AND NOT COALESCE(r.urssaf_status, '') = ANY(%s)
               AND NOT EXISTS (SELECT FROM urssaf_payout p WHERE p.request_id = r.id)""",
            today,
            PAID,
        ),
    )


@_kind(REQUEST, ANY)
def to_settle_long(today):
    """What came after *paid* has waited long for a person."""
    return SQL(
        _REQUESTS,
        SQL("r.amount_paid_out AS amount, NULL::numeric AS other"),
        SQL("r.state = 'to_settle' AND r.state_date < %s", today - timedelta(days=SETTLING_DAYS)),
    )


@_kind(REQUEST, "payout_changed")
def announced_differs(_today):
    """Urssaf now announces another amount than the one in the books."""
    return SQL(
        _RECORDED,
        SQL("p.amount, p.announced_amount AS other"),
        SQL("r.state != 'closed' AND abs(p.amount - p.announced_amount) > 0.005"),
    )


# === REQUESTS AND INVOICES === #


@_kind(REQUEST, "payout_already_paid", "payout_invoice_changed")
def paid_otherwise(_today):
    """Somebody paid the invoice, or a part, while Urssaf is to pay it."""
    return SQL(
        _REQUESTS,
        SQL("invoice.amount_residual AS amount, %s AS other", ASKED),
        SQL(
            "%s AND NOT %s AND %s AND invoice.amount_residual < %s - 0.005",
            _AT_URSSAF,
            _CREDITED,
            _NONE_RECORDED,
            ASKED,
        ),
    )


@_kind(REQUEST, "payout_invoice_changed")
def credited_at_urssaf(_today):
    """The invoice was cancelled or credited, and Urssaf is still to debit the client for it."""
    return SQL(
        _REQUESTS,
        SQL("%s AS amount, NULL::numeric AS other", ASKED),
        SQL("%s AND %s AND %s", _AT_URSSAF, _CREDITED, _NONE_RECORDED),
    )


@_kind(REQUEST, "payout_unmatched", "paid_but_open", "payment_undone")
def recorded_but_open(_today):
    """The payout is in the books, and its line is not matched with the invoice, which is open."""
    return SQL(
        _RECORDED,
        SQL("-line.amount_residual AS amount, NULL::numeric AS other"),
        SQL(
            """line.amount_residual < 0 AND invoice.state = 'posted' AND invoice.amount_residual > 0
               AND invoice.payment_state IN ('not_paid', 'partial')"""
        ),
    )


@_kind(REQUEST, "paid_but_open")
def matched_elsewhere(_today):
    """The money of this invoice was matched with another one, and this one is open."""
    return SQL(
        _RECORDED,
        SQL(
            """(SELECT sum(partial.amount)
                  FROM account_partial_reconcile partial
                  JOIN account_move_line due ON due.id = partial.debit_move_id AND due.move_id != r.move_id
                  JOIN account_move another ON another.id = due.move_id AND another.move_type = 'out_invoice'
                 WHERE partial.credit_move_id = line.id) AS amount, NULL::numeric AS other"""
        ),
        SQL(
            """invoice.amount_residual > 0 AND EXISTS (
                  SELECT FROM account_partial_reconcile partial
                    JOIN account_move_line due ON due.id = partial.debit_move_id AND due.move_id != r.move_id
                    JOIN account_move another ON another.id = due.move_id AND another.move_type = 'out_invoice'
                   WHERE partial.credit_move_id = line.id)"""
        ),
    )


# === PAYOUTS AND PAYMENTS === #


@_kind(PAYMENT, "payment_undone")
def payment_not_posted(_today):
    """Payouts are marked recorded, and their payment is not in the books."""
    return SQL(
        _PAYMENTS,
        SQL(
            """(SELECT sum(p.amount) FROM urssaf_payout p WHERE p.payment_id = payment.id) AS amount,
               NULL::numeric AS other"""
        ),
        SQL(
            "EXISTS (%s) AND (payment.state = ANY(%s) OR entry.id IS NULL OR entry.state != 'posted')",
            _PAYOUTS_OF_PAYMENT,
            list(UNDONE),
        ),
    )


@_kind(PAYMENT)
def payment_without_payouts(_today):
    """A payment of a transfer stands in the books, not reversed, and records no payout."""
    return SQL(
        _PAYMENTS,
        SQL("payment.amount, NULL::numeric AS other"),
        SQL(
            """entry.state = 'posted' AND NOT payment.state = ANY(%s) AND NOT EXISTS (%s)
               AND NOT EXISTS (SELECT FROM account_move reversal
                                WHERE reversal.reversed_entry_id = entry.id AND reversal.state = 'posted')""",
            list(UNDONE),
            _PAYOUTS_OF_PAYMENT,
        ),
    )


@_kind(PAYMENT)
def another_transfer(_today):
    """A payment belongs to another transfer than payouts that it records."""
    return SQL(
        _PAYMENTS,
        SQL("payment.amount, NULL::numeric AS other"),
        SQL("EXISTS (%s AND p.transfer_id IS DISTINCT FROM transfer.id)", _PAYOUTS_OF_PAYMENT),
    )


@_kind(REQUEST, "payment_deleted")
def line_lost(_today):
    """The payout has no line in the entry of its payment any more."""
    return SQL(
        _RECORDED,
        SQL("p.amount, NULL::numeric AS other"),
        SQL("(line.id IS NULL OR line.move_id != payment.move_id)"),
    )


@_kind(REQUEST)
def amount_differs(_today):
    """The payout and its line in the books have two amounts."""
    return SQL(
        _RECORDED, SQL("-line.balance AS amount, p.amount AS other"), SQL("abs(p.amount + line.balance) > 0.005")
    )


@_kind(PAYMENT)
def line_without_payout(_today):
    """A line of a payment pays a client's account, and no payout is recorded by it."""
    lines = SQL(
        """FROM account_move_line line
           JOIN account_account account ON account.id = line.account_id
                AND account.account_type = 'asset_receivable'
          WHERE line.move_id = entry.id
            AND NOT EXISTS (SELECT FROM urssaf_payout p WHERE p.line_id = line.id)"""
    )
    return SQL(
        _PAYMENTS,
        SQL("(SELECT -sum(line.balance) %s) AS amount, NULL::numeric AS other", lines),
        SQL(
            "entry.state = 'posted' AND EXISTS (%s) AND NOT EXISTS (%s AND p.line_id IS NULL) AND EXISTS (SELECT %s)",
            _PAYOUTS_OF_PAYMENT,
            _PAYOUTS_OF_PAYMENT,
            lines,
        ),
    )


# === PAYMENTS, THE OUTSTANDING ACCOUNT AND THE BANK === #


@_kind(PAYMENT)
def sum_differs(_today):
    """What a payment puts on the outstanding account is not the sum of its payouts."""
    booked = SQL(
        """COALESCE((SELECT sum(line.balance) FROM account_move_line line
                      WHERE line.move_id = entry.id AND line.account_id = transfer.account_id), 0)"""
    )
    paid = SQL("(SELECT sum(p.amount) FROM urssaf_payout p WHERE p.payment_id = payment.id AND p.state = 'recorded')")
    return SQL(
        _PAYMENTS,
        SQL("%s AS amount, %s AS other", booked, paid),
        SQL("entry.state = 'posted' AND abs(%s - %s) > 0.005", booked, paid),
    )


@_kind(ENTRY)
def foreign_entry(_today):
    """Something open on the outstanding account is neither Urssaf's nor the bank's."""
    return SQL(
        _OPEN_ENTRIES,
        SQL(
            """payment.urssaf_transfer_id IS NULL AND line.statement_line_id IS NULL
               AND NOT EXISTS (SELECT FROM urssaf_recovery recovery
                                WHERE entry.id IN (recovery.move_id, recovery.reversal_id))"""
        ),
    )


@_kind(ENTRY)
def bank_line_open(_today):
    """A line of the bank stands on the outstanding account, and something of it is matched with nothing."""
    return SQL(_OPEN_ENTRIES, SQL("line.statement_line_id IS NOT NULL"))


@_kind(PAYMENT)
def partly_on_bank(_today):
    """The bank shows another amount than the payment."""
    return SQL(
        _ON_ACCOUNT,
        SQL("line.amount_residual AS amount, line.balance AS other"),
        SQL(
            """line.amount_residual > 0 AND EXISTS (
                  SELECT FROM account_partial_reconcile partial
                    JOIN account_move_line bank ON bank.id = partial.credit_move_id
                         AND bank.statement_line_id IS NOT NULL
                   WHERE partial.debit_move_id = line.id)"""
        ),
    )


@_kind(PAYMENT)
def not_on_bank(today):
    """The bank does not show the payment, and shows later lines."""
    return SQL(
        _ON_ACCOUNT,
        SQL("line.amount_residual AS amount, NULL::numeric AS other"),
        SQL(
            """line.amount_residual > 0 AND line.amount_residual = line.balance AND line.date < %s AND EXISTS (
                  SELECT FROM account_move bank
                   WHERE bank.journal_id = payment.journal_id AND bank.statement_line_id IS NOT NULL
                     AND bank.date >= line.date + %s)""",
            today - timedelta(days=BANK_DAYS),
            BANK_DAYS,
        ),
    )


@_kind(ENTRY, true_of=lambda entries: entries.statement_line_id._urssaf_unexplained().move_id)
def money_unexplained(today):
    """The bank shows money of Urssaf, which stands for nothing in the books.

    Not what Urssaf debits: that may be contributions, and what it takes back is a question on its request.
    """
    return SQL(
        """
        SELECT entry.id AS record, entry.company_id AS company, NULL AS environment, entry.name AS number,
               -bank.amount_residual AS amount, NULL::numeric AS other
          FROM account_bank_statement_line bank
          JOIN account_move entry ON entry.id = bank.move_id AND entry.state = 'posted'
          JOIN res_company company ON company.id = entry.company_id
     LEFT JOIN res_partner partner ON partner.id = bank.partner_id
         WHERE bank.amount > 0 AND bank.is_reconciled IS NOT TRUE AND entry.date < %s
           AND (bank.payment_ref ILIKE ANY(%s) OR bank.partner_name ILIKE ANY(%s) OR partner.commercial_partner_id IN
                (SELECT known.commercial_partner_id
                   FROM res_company owner JOIN res_partner known ON known.id = owner.urssaf_partner_id))
           AND EXISTS (SELECT FROM res_company relative
                        WHERE split_part(relative.parent_path, '/', 1) = split_part(company.parent_path, '/', 1)
                          AND relative.urssaf_outstanding_account_id IS NOT NULL)""",
        today - timedelta(days=BANK_DAYS),
        *[[f"%{text}%" for text in WRITTEN]] * 2,
    )


# === WHAT URSSAF TAKES BACK === #


@_kind(REQUEST, ANY)
def recovery_to_decide(_today):
    """Nobody has said yet what Urssaf takes back."""
    return SQL(
        _REQUESTS,
        SQL(
            """(SELECT sum(recovery.amount) FROM urssaf_recovery recovery
                 WHERE recovery.request_id = r.id AND recovery.state = 'to_decide') AS amount, NULL::numeric AS other"""
        ),
        SQL(
            """EXISTS (SELECT FROM urssaf_recovery recovery
                        WHERE recovery.request_id = r.id AND recovery.state = 'to_decide')"""
        ),
    )


@_kind(REQUEST)
def recovery_differs(_today):
    """What was booked as taken back is not on the outstanding account for its amount."""
    return SQL(
        """
        SELECT record, company, environment, number, sum(amount) AS amount, sum(other) AS other
          FROM (SELECT r.id AS record, r.company_id AS company, r.environment, r.number, recovery.amount AS other,
                       COALESCE((SELECT -sum(line.balance)
                                   FROM account_move_line line
                                  WHERE line.move_id = recovery.move_id AND line.parent_state = 'posted'
                                    AND line.account_id = transfer.account_id), 0) AS amount
                  FROM urssaf_recovery recovery
                  JOIN urssaf_payment_request r ON r.id = recovery.request_id
                  JOIN urssaf_payout p ON p.id = recovery.payout_id
                  JOIN urssaf_transfer transfer ON transfer.id = p.transfer_id
                 WHERE recovery.state = 'booked') AS booked
         WHERE abs(amount - other) > 0.005
      GROUP BY record, company, environment, number"""
    )


@_kind(ENTRY)
def recovery_not_on_bank(today):
    """The bank does not show what Urssaf was to debit, and shows later lines."""
    return SQL(
        _OPEN_ENTRIES,
        SQL(
            """line.balance < 0 AND line.date < %s
               AND EXISTS (SELECT FROM urssaf_recovery recovery
                            WHERE recovery.move_id = entry.id AND recovery.state = 'booked')
               AND EXISTS (SELECT FROM account_move bank
                            WHERE bank.journal_id = entry.journal_id AND bank.statement_line_id IS NOT NULL
                              AND bank.date >= line.date + %s)""",
            today - timedelta(days=BANK_DAYS),
            BANK_DAYS,
        ),
    )
