from odoo import models

from .. import redaction


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        # EXTENDS base, which answers with the whole traceback
        return super()._handle_error(redaction.redact_traceback(exception))
