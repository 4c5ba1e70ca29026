from odoo import models

from ..models.account_move_send import EDI


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    def _compute_extra_edi_checkboxes(self):
        # EXTENDS account, which shows the default ways only: ours is offered unticked too
        result = super()._compute_extra_edi_checkboxes()
        for wizard in self.filtered(lambda wizard: EDI not in (wizard.extra_edi_checkboxes or {})):
            if self._is_urssaf_applicable(wizard.move_id):
                edi = self._get_all_extra_edis()[EDI]
                wizard.extra_edi_checkboxes = {
                    **(wizard.extra_edi_checkboxes or {}),
                    EDI: {"checked": False, "label": edi["label"], "help": edi["help"]},
                }
        return result
