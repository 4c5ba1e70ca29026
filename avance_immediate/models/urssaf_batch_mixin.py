import logging
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg2

from odoo import api, models, modules
from odoo.tools import SQL

from .. import races, redaction
from .urssaf_credentials import UnusableKey
from .urssaf_credentials_place import OtherDatabase

_logger = logging.getLogger(__name__)

SHARE = 200  # records of one company that a run of a scheduled action takes up; the next run has the next ones


@dataclass
class Share:
    """What is due of one company, or of whatever has its turn beside others.

    :ivar count: of records
    :ivar make: makes the batches, once their turn has come: what is read before is not held. Fewer records than there
        are, where some have to wait
    :ivar batches: those that are left
    :ivar langs: of what is written meanwhile, by company
    :ivar rest: how many records are for the next run
    """

    count: int
    make: Callable[[], list]
    batches: deque | None = None
    langs: dict = field(default_factory=dict, init=False)
    rest: int = field(default=0, init=False)


class UrssafBatchMixin(models.AbstractModel):
    """Scheduled actions that work in batches: commit after each, and none stops the others.

    Odoo's scheduler gives a job about ten seconds, then calls it again as long as something remains. So a run reads a
    share of what is due, however much that is, and companies take turns.
    """

    _name = "urssaf.batch.mixin"
    _description = "Scheduled action in batches"

    @api.model
    def _trigger(self, name, at=None):
        """Run a scheduled action soon, or at ``at`` (UTC)."""
        self.env.ref(f"avance_immediate.ir_cron_urssaf_{name}").sudo()._trigger(at=at)

    # === SHARES === #

    @api.model
    def _run_due(self, domain, step, *, batches=None, order="id", by=("holder_id", "environment")):
        """Run ``step`` on a share of what is due of each company, from a scheduled action.

        :param domain: of what is due; the step, or what follows from its failure, takes a record out of it
        :param step: function of one batch; reads it anew, under its lock
        :param batches: function of records of one company: their batches, without what has to wait; one by one if none
        :param order: what comes first of a company
        :param by: fields that those of one company have in common
        """
        batches = batches or list
        rows = self.env.execute_query(self._first_of_each(domain, order, by))
        self._run_by_turns(
            [Share(count, lambda ids=ids: batches(self.browse(ids))) for ids, count in rows],
            step,
        )

    @api.model
    def _first_of_each(self, domain, order, by):
        """Return the query of the ids of the first due records, and of the number of all, by company."""
        query = self._search(domain)
        company = SQL(", ").join(self._field_to_sql(self._table, name, query) for name in by)
        place = SQL("row_number() OVER (PARTITION BY %s ORDER BY %s)", company, self._order_to_sql(order, query))
        due = query.select(
            SQL("%s AS id", SQL.identifier(self._table, "id")),
            SQL("%s AS place", place),
            SQL("dense_rank() OVER (ORDER BY %s) AS company", company),
            SQL("count(*) OVER (PARTITION BY %s) AS total", company),
        )
        return SQL(
            "SELECT array_agg(id ORDER BY place), max(total) FROM (%s) AS due WHERE place <= %s GROUP BY company",
            due,
            SHARE,
        )

    @api.model
    def _run_in_batches(self, records, size, step, key=None):
        """Run ``step`` on ``records``, which are few, in batches, from a scheduled action.

        :param step: function of one batch; reads it anew, under its lock
        :param key: function of one record: a batch has records of one key
        """
        groups = records.grouped(key).values() if key else [records]
        self._run_by_turns(
            [Share(len(group), lambda group=group: group._in_batches(size)) for group in groups if group], step
        )

    def _in_batches(self, size):
        """Return these records by so many."""
        return [self[start : start + size] for start in range(0, len(self), size)]

    # === TURNS === #

    @api.model
    def _run_by_turns(self, shares, step):
        """Run ``step`` on a batch of each share by turns: commit after each, none stops the others.

        Stops when the scheduler's time is up, and says what remains, beside what a former call has left: it is called
        again. Whose turn comes first is left to chance, as Odoo does with its vacuum: else the last would starve.
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._remaining() + sum(share.count for share in shares))
        random.shuffle(shares)
        turns = deque(shares)
        while turns:
            share = turns.popleft()
            if share.batches is None:
                self._open_share(share)
            if not share.batches:
                continue
            batch = share.batches.popleft()
            if not self._run_step(batch, step, share.langs):
                self._let_wait(share.rest)
                share.rest = 0
            turns.append(share)
            if not cron._commit_progress(len(batch)):
                break

    @api.model
    def _open_share(self, share):
        """Make the batches of a share. Where some of its records have to wait, so do those of the next run."""
        try:
            share.batches = deque(self._but_elsewhere(share.make()))
        except Exception as error:
            self._roll_back()
            share.batches = deque()
            _logger.error("%s: what is due could not be read", self._name, exc_info=redaction.redact_traceback(error))
        share.rest = share.count - sum(map(len, share.batches))
        if share.rest > max(share.count - SHARE, 0):
            self._let_wait(share.rest)
            share.rest = 0

    @api.model
    def _but_elsewhere(self, batches):
        """Return these batches without the records that a copy of their database leaves alone."""
        elsewhere = batches[0].union(*batches)._elsewhere() if batches else None
        return [batch - elsewhere for batch in batches if batch - elsewhere]

    def _elsewhere(self):
        """Return those of these records that a copy of their database leaves alone."""
        return self.browse()

    @api.model
    def _remaining(self):
        """Return what a former call of this run of the scheduled action has left."""
        progress_id = self.env.context.get("ir_cron_progress_id")
        return self.env["ir.cron.progress"].sudo().browse(progress_id).remaining if progress_id else 0

    @api.model
    def _let_wait(self, count):
        """Have the scheduler not come back for so many records, which nothing can be done about now."""
        if count > 0:
            self.env["ir.cron"]._commit_progress(remaining=max(self._remaining() - count, 0))

    @api.model
    def _run_step(self, batch, step, langs):
        """Run ``step`` on one batch; its error is logged, the batch counts as done.

        :param langs: the languages that are known, by company
        :return: whether anything can be asked of Urssaf for this company
        """
        try:
            with races.expected():
                company = batch._working_company()
                langs[company] = langs.get(company) or batch._working_lang()
                step(batch.with_context(lang=langs[company]))
        except psycopg2.extensions.TransactionRollbackError:
            # Somebody else works on these records: the next run sees what they became.
            self._roll_back()
        except UnusableKey as error:
            # Not a matter of these records: they wait as they are, and the company is told once.
            self._roll_back()
            batch._step_waits(error.problem)
            return False
        except OtherDatabase:
            # The administrators are told (`_watch_place`); the records wait as they are.
            self._roll_back()
            return False
        except Exception as error:
            self._roll_back()
            batch._step_failed(error)
        return True

    @api.model
    def _roll_back(self):
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _step_failed(self, error):
        """Say of each record that a step on it failed for a reason of our own."""
        raise NotImplementedError

    def _step_waits(self, problem):
        """Say once for all of these records, of one holder, that nothing can be asked of Urssaf."""
        self.holder_id._urssaf_key_fails(problem)

    def _working_company(self):
        """Return the company of the first of these records, with all rights: a branch's users do not read all above."""
        return next(iter(self.sudo()), self).company_id

    def _working_lang(self):
        """Return the language of what is written when nobody is there to read it: that of the person in charge."""
        company = self._working_company()
        user = company.urssaf_user_id or company.urssaf_holder_id.urssaf_user_id
        return user.lang or company.partner_id.lang or self.env.lang

    def _commit(self):
        """Make what was done so far last. Tests run in one transaction, where a commit has no meaning."""
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit  # Urssaf has seen it: it cannot be undone
        self.env.invalidate_all()
