"""What the accountant's page counts, each figure as one query of records and amounts, as at any day.

The days are those of Paris. What is kept says how it stood: the statuses of a request with the moment when each was
learnt, the dates of journal items, and of what is matched with them. Odoo keeps the matching of an entry that is set to
draft: only with what is posted does it count.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from .. import paris
from ..urssaf.tiers_prestation import codes

NEVER_SENT = ("draft", "queued", "rejected")
#: What a request was to bring: the total of its message less the deposit. The total of the invoice may be lower.
ASKED = SQL(
    """COALESCE((r.payload->>'mntFactureTTC')::numeric - COALESCE((r.payload->>'mntAcompte')::numeric, 0),
                COALESCE(r.amount, 0) - COALESCE(r.deposit, 0))"""
)
#: Columns that the queries name without the ORM's knowing.
READ = {
    "urssaf.payment.request": ["amount", "deposit", "payload", "state", "state_date", "sent_at", "urssaf_status"],
    "urssaf.payment.request.status": ["request_id", "code", "date"],
    "urssaf.payout": [
        *("request_id", "sequence", "amount", "state", "undone", "payment_id", "transfer_id", "line_id"),
        *("former_line_ids", "dismissed_at"),
    ],
    "urssaf.recovery": ["state", "amount", "environment", "move_id", "reversal_id"],
    "urssaf.transfer": ["environment", "account_id"],
    "account.payment": ["urssaf_transfer_id", "move_id", "state"],
    "account.move": ["date", "state"],
    "account.move.line": ["account_id", "balance", "date", "payment_id", "statement_line_id", "parent_state"],
    "account.partial.reconcile": ["amount", "max_date", "debit_move_id", "credit_move_id"],
}


class Figure(NamedTuple):
    """A line of the page.

    :param model: of the records that it opens
    :param is_flow: what came within a period; otherwise what stands at its end
    """

    model: str
    is_flow: bool


#: In the order of the page; their words are in ``catalogue.month``.
FIGURES = {
    "sent": Figure("urssaf.payment.request", True),
    "expected": Figure("urssaf.payment.request", False),
    "unpaid": Figure("urssaf.payment.request", False),
    "refused": Figure("urssaf.payment.request", True),
    "paid": Figure("urssaf.payout", True),
    "recorded": Figure("urssaf.payout", True),
    "in_transit": Figure("account.move.line", False),
    "on_bank": Figure("account.move.line", True),
    "taken_back": Figure("urssaf.payment.request", True),
    "recovered": Figure("urssaf.recovery", True),
    "to_be_debited": Figure("account.move.line", False),
    "balance": Figure("account.move.line", False),
}
OF_REQUESTS = {"expected", "unpaid", "refused", "taken_back"}


class Figures:
    """The figures of some companies in one environment, as at the end of a day.

    :param env: with the rights of who asks: nothing is counted that they may not read
    :param companies: those to look at
    :param environment: one of ``ENVIRONMENTS``
    :param day: the last one
    :param since: the first day of what comes within a period; None from the beginning
    """

    def __init__(self, env, companies, environment: str, day: date, since: date | None = None):
        self.env, self.companies, self.environment = env, companies, environment
        self.day, self.since = day, since
        self.until: datetime = paris.moment_of(day + timedelta(days=1))
        self.first: datetime = paris.moment_of(since) if since else datetime.min

    def totals(self) -> dict[str, tuple[int, float]]:
        """Return the number of records and the amount of each figure, by a few queries for all of them."""
        self._flush()
        totals = self._totals_of_requests()
        for key in FIGURES.keys() - totals.keys():
            [(count, amount)] = self.env.execute_query(
                SQL("SELECT count(*), COALESCE(sum(amount), 0) FROM (%s) AS figure", self._query(key))
            )
            totals[key] = (count, float(amount))
        return totals

    def domain(self, key: str) -> Domain:
        """Return the domain of exactly the records of a figure."""
        if key == "sent":
            return self._requests()
        if key == "balance":
            return self._lines()
        return Domain("id", "in", list(self.amounts(key)))

    def amounts(self, key: str) -> dict[int, float]:
        """Return what each record of a figure counts for, by its id."""
        self._flush()
        rows = self.env.execute_query(SQL("SELECT id, amount FROM (%s) AS figure ORDER BY id", self._query(key)))
        return {record: float(amount) for record, amount in rows}

    def _query(self, key):
        return self._query_of_status(key) if key in OF_REQUESTS else getattr(self, f"_query_{key}")()

    def _flush(self):
        for model, names in READ.items():
            self.env[model].flush_model(names)

    def _among(self, model, domain):
        """Return the records of ``domain`` that this user may read, as a subselect."""
        return self.env[model]._search(domain).subselect()

    # === REQUESTS === #

    def _requests(self):
        domain = (
            Domain("company_id", "in", self.companies.ids)
            & Domain("environment", "=", self.environment)
            & Domain("sent_at", "<", self.until)
            & Domain("state", "not in", NEVER_SENT)
        )
        return domain & Domain("sent_at", ">=", self.first) if self.since else domain

    def _query_sent(self):
        return SQL(
            "SELECT r.id, %s AS amount FROM urssaf_payment_request r WHERE r.id IN %s",
            ASKED,
            self._among("urssaf.payment.request", self._requests()),
        )

    def _statuses(self):
        """Return the query of the requests as they stood: what figure each belonged to, since when, and its amount.

        A request that a person closed is expected no more, whatever Urssaf says; it is the state of today that tells.
        """
        whole = Figures(self.env, self.companies, self.environment, self.day)
        return SQL(
            """
            SELECT r.id, %(asked)s AS amount, status.date,
                   CASE WHEN status.code = ANY(%(recovered)s)
                             OR status.code = ANY(%(turned)s) AND paid.request_id IS NOT NULL THEN 'taken_back'
                        WHEN paid.request_id IS NOT NULL THEN 'paid'
                        WHEN status.code = ANY(%(turned)s) THEN 'refused'
                        WHEN r.state = 'closed' AND r.state_date < %(until)s THEN 'closed'
                        WHEN status.code = ANY(%(unpaid)s) THEN 'unpaid'
                        ELSE 'expected'
                   END AS figure
              FROM urssaf_payment_request r
              LEFT JOIN LATERAL (
                    SELECT s.code, s.date
                      FROM urssaf_payment_request_status s
                     WHERE s.request_id = r.id AND s.date < %(until)s
                  ORDER BY s.date DESC, s.id DESC LIMIT 1) AS status ON TRUE
              LEFT JOIN (
                    SELECT s.request_id
                      FROM urssaf_payment_request_status s
                     WHERE s.code = ANY(%(paid)s) AND s.date < %(until)s
                     UNION
                    SELECT p.request_id  -- what nobody saw, and a person recorded
                      FROM urssaf_payout p
                     WHERE (p.state = 'recorded' OR p.undone IS NOT NULL)
                       AND p.create_date < %(until)s) AS paid ON paid.request_id = r.id
             WHERE r.id IN %(requests)s
            """,
            asked=ASKED,
            recovered=_codes(codes.NOT_COLLECTED, "to_settle"),
            turned=_codes(codes.NOT_COLLECTED),
            unpaid=_codes(codes.UNPAID),
            paid=_codes(codes.PAID),
            until=self.until,
            requests=self._among("urssaf.payment.request", whole._requests()),
        )

    def _of_period(self):
        """Return the condition on a status that came within the period, where its figure is of one."""
        flows = [key for key in OF_REQUESTS if FIGURES[key].is_flow]
        return SQL("(NOT figure = ANY(%s) OR date >= %s)", flows, self.first)

    def _query_of_status(self, key):
        return SQL(
            "SELECT id, amount FROM (%s) AS status WHERE figure = %s AND %s", self._statuses(), key, self._of_period()
        )

    def _totals_of_requests(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT figure, count(*), sum(amount) FROM (%s) AS status WHERE %s GROUP BY figure",
                self._statuses(),
                self._of_period(),
            )
        )
        found = {key: (count, float(amount)) for key, count, amount in rows}
        return {key: found.get(key, (0, 0.0)) for key in OF_REQUESTS}

    # === PAYOUTS === #

    def _payouts(self):
        """Return the domain of what Urssaf paid: also to a branch, where it came with the credentials of a company."""
        ours = Domain("company_id", "in", self.companies.ids) | Domain("holder_id", "in", self.companies.ids)
        dismissed = Domain("state", "!=", "dismissed") | Domain("dismissed_at", "!=", False)
        return ours & Domain("environment", "=", self.environment) & dismissed

    def _query_paid(self):
        """Return the payouts that Urssaf had announced: each with the status *paid* that brought it.

        What a person set aside is taken off on that day.
        """
        return SQL(
            """
            SELECT id, sum(amount) AS amount
              FROM (SELECT p.id, p.amount, COALESCE(
                           (SELECT s.date
                              FROM urssaf_payment_request_status s
                             WHERE s.request_id = p.request_id AND s.code = ANY(%(paid)s)
                          ORDER BY s.date, s.id
                            OFFSET p.sequence - 1 LIMIT 1), p.create_date) AS date
                      FROM urssaf_payout p
                     WHERE p.id IN %(payouts)s
                     UNION ALL
                    SELECT p.id, -p.amount, p.dismissed_at
                      FROM urssaf_payout p
                     WHERE p.id IN %(payouts)s AND p.state = 'dismissed') AS announced
             WHERE date >= %(first)s AND date < %(until)s
          GROUP BY id
            HAVING sum(amount) != 0
            """,
            paid=_codes(codes.PAID),
            payouts=self._among("urssaf.payout", self._payouts()),
            first=self.first,
            until=self.until,
        )

    def _query_recorded(self):
        """Return the payouts in the books, by the date of their entry, less what was reversed, by the date of that."""
        return SQL(
            """
              WITH entered AS (
                    SELECT p.id, p.line_id, payment.move_id, p.amount
                      FROM urssaf_payout p
                      JOIN account_payment payment ON payment.id = p.payment_id
                     WHERE p.id IN %(payouts)s AND p.state = 'recorded'
                     UNION ALL
                    SELECT former.urssaf_payout_id, l.id, l.move_id, -l.balance
                      FROM account_move_line_urssaf_payout_rel former
                      JOIN account_move_line l ON l.id = former.account_move_line_id
                     WHERE former.urssaf_payout_id IN %(payouts)s)
            SELECT id, sum(amount) AS amount
              FROM (SELECT entered.id, entered.amount, move.date
                      FROM entered
                      JOIN account_move move ON move.id = entered.move_id AND move.state = 'posted'
                     UNION ALL
                    SELECT entered.id, -partial.amount, reversal.date
                      FROM entered
                      JOIN account_partial_reconcile partial ON partial.credit_move_id = entered.line_id
                      JOIN account_move_line l ON l.id = partial.debit_move_id
                      JOIN account_move reversal ON reversal.id = l.move_id AND reversal.state = 'posted'
                     WHERE reversal.reversed_entry_id = entered.move_id) AS booked
             WHERE date >= %(since)s AND date <= %(day)s
          GROUP BY id
            HAVING sum(amount) != 0
            """,
            payouts=self._among("urssaf.payout", self._payouts()),
            since=self.since or date.min,
            day=self.day,
        )

    # === THE OUTSTANDING ACCOUNT === #

    def _accounts(self):
        """Return the outstanding accounts: those of the transfers, and those that are chosen now."""
        companies = self.companies.sudo()
        users = (companies | companies.urssaf_holder_id).filtered(
            lambda company: self.environment in ("production", company.urssaf_environment)
        )
        holders = companies | companies.urssaf_holder_id | companies.with_context(active_test=False).parent_ids
        of_transfers = holders._urssaf_transfer_accounts(("environment", "=", self.environment))
        return users.urssaf_outstanding_account_id | of_transfers

    def _lines(self):
        return (
            Domain("account_id", "in", self._accounts().ids)
            & Domain("company_id", "in", self.companies.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", self.day)
        )

    def _query_balance(self):
        return SQL(
            "SELECT l.id, l.balance AS amount FROM account_move_line l WHERE l.id IN %s",
            self._among("account.move.line", self._lines()),
        )

    def _query_in_transit(self):
        """Return the lines of Urssaf's payments that were open: less what was matched with them by then."""
        return SQL(
            """
            SELECT id, amount
              FROM (SELECT l.id, l.balance - COALESCE(
                           (SELECT sum(partial.amount)
                              FROM account_partial_reconcile partial
                              JOIN account_move_line other ON other.id = partial.credit_move_id
                             WHERE partial.debit_move_id = l.id AND partial.max_date <= %(day)s
                               AND other.parent_state = 'posted'), 0) AS amount
                      FROM account_move_line l
                      JOIN account_payment payment ON payment.id = l.payment_id
                      JOIN urssaf_transfer transfer ON transfer.id = payment.urssaf_transfer_id
                     WHERE transfer.environment = %(environment)s AND l.balance > 0 AND l.id IN %(lines)s) AS open
             WHERE amount > 0.005
            """,
            day=self.day,
            environment=self.environment,
            lines=self._among("account.move.line", self._lines()),
        )

    def _query_on_bank(self):
        """Return the bank's own lines that are matched with Urssaf's payments, or with what it takes back."""
        return SQL(
            """
            SELECT bank.id, sum(matched.amount) AS amount
              FROM (SELECT partial.credit_move_id AS bank_id, partial.amount, partial.max_date
                      FROM account_partial_reconcile partial
                      JOIN account_move_line l ON l.id = partial.debit_move_id
                      JOIN account_payment payment ON payment.id = l.payment_id
                      JOIN urssaf_transfer transfer ON transfer.id = payment.urssaf_transfer_id
                     WHERE transfer.environment = %(environment)s AND l.id IN %(lines)s
                     UNION ALL
                    SELECT partial.debit_move_id, -partial.amount, partial.max_date
                      FROM account_partial_reconcile partial
                      JOIN account_move_line l ON l.id = partial.credit_move_id
                      JOIN urssaf_recovery recovery ON recovery.move_id = l.move_id
                     WHERE recovery.environment = %(environment)s AND l.id IN %(lines)s) AS matched
              JOIN account_move_line bank ON bank.id = matched.bank_id AND bank.statement_line_id IS NOT NULL
                   AND bank.parent_state = 'posted'
             WHERE matched.max_date >= %(since)s AND matched.max_date <= %(day)s
          GROUP BY bank.id
            """,
            environment=self.environment,
            since=self.since or date.min,
            day=self.day,
            lines=self._among("account.move.line", self._lines()),
        )

    # === WHAT URSSAF TAKES BACK === #

    def _query_recovered(self):
        """Return what was booked as taken back, by the date of its entry, less what was undone, by the date of that."""
        ours = Domain("company_id", "in", self.companies.ids) | Domain("holder_id", "in", self.companies.ids)
        return SQL(
            """
            SELECT booked.id, sum(booked.amount) AS amount
              FROM (SELECT id, amount, move_id FROM urssaf_recovery WHERE id IN %(recoveries)s
                     UNION ALL
                    SELECT id, -amount, reversal_id FROM urssaf_recovery WHERE id IN %(recoveries)s) AS booked
              JOIN account_move entry ON entry.id = booked.move_id AND entry.state = 'posted'
             WHERE entry.date >= %(since)s AND entry.date <= %(day)s
          GROUP BY booked.id
            HAVING sum(booked.amount) != 0
            """,
            recoveries=self._among("urssaf.recovery", ours & Domain("environment", "=", self.environment)),
            since=self.since or date.min,
            day=self.day,
        )

    def _query_to_be_debited(self):
        """Return the lines of what was booked as taken back that were open: less what was matched by then."""
        return SQL(
            """
            SELECT id, amount
              FROM (SELECT l.id, -l.balance - COALESCE(
                           (SELECT sum(partial.amount)
                              FROM account_partial_reconcile partial
                              JOIN account_move_line other ON other.id = partial.debit_move_id
                             WHERE partial.credit_move_id = l.id AND partial.max_date <= %(day)s
                               AND other.parent_state = 'posted'), 0) AS amount
                      FROM account_move_line l
                      JOIN urssaf_recovery recovery ON recovery.move_id = l.move_id
                     WHERE recovery.environment = %(environment)s AND l.balance < 0 AND l.id IN %(lines)s) AS open
             WHERE amount > 0.005
            """,
            day=self.day,
            environment=self.environment,
            lines=self._among("account.move.line", self._lines()),
        )


def _codes(money, state=None):
    """Return the known statuses of a request with this meaning in money, and of this state where one is given."""
    return [
        code
        for code, status in codes.REQUEST_STATUSES.items()
        if status.money == money and state in (None, status.state)
    ]
