from odoo import api, fields, models


class UrssafErasure(models.TransientModel):
    """The report of an erasure, shown to whoever erased: what is gone, what stays, where and why."""

    _name = "urssaf.erasure"
    _inherit = "urssaf.guarded.mixin"
    _description = "Report of an erasure"

    partner_ids = fields.Many2many("res.partner", string="Clients", readonly=True)
    report_html = fields.Html(string="Report", readonly=True)

    @api.model
    def _show(self, partners, erasures):
        """Return the action that shows one report of several erasures.

        :param partners: whose
        :param erasures: of each, what was erased, as counts by label, and what stays, as pairs
        """
        erased, stays = {}, {}
        for counts, pairs in erasures:
            for label, count in counts.items():
                erased[label] = erased.get(label, 0) + count
            stays |= dict.fromkeys(pairs)
        report = self.env["urssaf.registration"]._erasure_html(erased, stays)
        window = self.sudo().create({"partner_ids": partners.ids, "report_html": report})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal data erased"),
            "res_model": self._name,
            "res_id": window.id,
            "view_mode": "form",
            "target": "new",
        }
