import psycopg2

from odoo import api, models, modules

from .. import races
from .urssaf_credentials import UnusableKey
from .urssaf_credentials_place import OtherDatabase


class UrssafBatchMixin(models.AbstractModel):
    """Scheduled actions that work in batches: commit after each, and none stops the others."""

    _name = "urssaf.batch.mixin"
    _description = "Scheduled action in batches"

    @api.model
    def _trigger(self, name, at=None):
        """Run a scheduled action soon, or at ``at`` (UTC)."""
        self.env.ref(f"avance_immediate.ir_cron_urssaf_{name}").sudo()._trigger(at=at)

    @api.model
    def _run_in_batches(self, records, size, step, key=None):
        """Run ``step`` on ``records`` in batches, from a scheduled action: commit after each, none stops the others.

        :param records: what is to be done; read anew by ``step``, under its lock. In a copy of the database, nothing
        :param size: number of records a batch
        :param step: function of one batch; its error is logged, the batch counts as done
        :param key: function of one record: a batch has records of one key
        """
        cron = self.env["ir.cron"]
        records -= records._elsewhere()
        batches = []
        for group in (records.grouped(key).values() if key else [records]) if records else []:
            batches += [group[start : start + size] for start in range(0, len(group), size)]
        cron._commit_progress(remaining=len(records))
        for batch in batches:
            try:
                with races.expected():
                    step(batch.with_context(lang=batch._working_lang()))
            except psycopg2.extensions.TransactionRollbackError:
                # Somebody else works on these records: the next run sees what they became.
                self.env.cr.rollback()
                self.env.invalidate_all()
            except UnusableKey as error:
                # Not a matter of these records: they wait as they are, and the company is told once.
                self.env.cr.rollback()
                self.env.invalidate_all()
                batch._step_waits(error.problem)
            except OtherDatabase:
                # The administrators are told (`_watch_place`); the records wait as they are.
                self.env.cr.rollback()
                self.env.invalidate_all()
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                batch._step_failed(error)
            if not cron._commit_progress(len(batch)):
                break

    def _elsewhere(self):
        """Return those of these records that a copy of their database leaves alone."""
        return self.browse()

    def _step_failed(self, error):
        """Say of each record that a step on it failed for a reason of our own."""
        raise NotImplementedError

    def _step_waits(self, problem):
        """Say once for all of these records, of one holder, that nothing can be asked of Urssaf."""
        self.holder_id._urssaf_key_fails(problem)

    def _working_lang(self):
        """Return the language of what is written when nobody is there to read it: that of the person in charge."""
        record = next(iter(self.sudo()), self)  # a branch's users do not read the company above
        company = record.company_id
        user = company.urssaf_user_id or company.urssaf_holder_id.urssaf_user_id
        return user.lang or company.partner_id.lang or self.env.lang

    def _commit(self):
        """Make what was done so far last. Tests run in one transaction, where a commit has no meaning."""
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit  # Urssaf has seen it: it cannot be undone
        self.env.invalidate_all()
