from odoo import models

from .. import discreet


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        # EXTENDS base, which answers with the whole traceback
        return super()._handle_error(discreet.hush_traceback(exception))
