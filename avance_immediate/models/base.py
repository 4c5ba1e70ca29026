import psycopg2

from odoo import api, models

from .. import redaction


class Base(models.AbstractModel):
    """Errors of the database about our tables or columns carry no values, wherever they come from.

    Every model, since any addon writes contacts, and PostgreSQL quotes the whole row, our columns too. Nothing is done,
    and nothing asked of the database, where nothing fails.
    """

    _inherit = "base"

    def _create(self, data_list):
        try:
            return super()._create(data_list)
        except (psycopg2.Error, UnicodeError) as error:
            redaction.redact(error, self._urssaf_names(data["stored"] for data in data_list))
            raise

    def _write_multi(self, vals_list):
        try:
            return super()._write_multi(vals_list)
        except (psycopg2.Error, UnicodeError) as error:
            redaction.redact(error, self._urssaf_names(vals_list))
            raise

    def _urssaf_names(self, vals_list):
        """Return what a failed statement was about: its table and its columns, in one text."""
        return " ".join({self._table}.union(*vals_list))

    @api.model
    def _sql_error_to_message_generic(self, exc):
        # EXTENDS base, which quotes the values that exist already
        message = super()._sql_error_to_message_generic(redaction.redact(exc))
        detail = exc.diag.message_detail
        return message.replace(detail, redaction.HIDDEN) if detail and redaction.is_ours(exc) else message
