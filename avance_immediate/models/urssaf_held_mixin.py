from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class UrssafHeldMixin(models.AbstractModel):
    """Record that went to Urssaf with the credentials of a company: its holder.

    A branch without an environment of its own uses that of the nearest company above it
    (``res.company.urssaf_holder_id``). The *company* is whose invoice or client it is: access rules and checks of
    companies go by it. The *holder* is whose credentials, numbers and clients Urssaf knows: whatever is sent, looked
    up, followed or unique goes by it. It is found once, when the record is made, and stays: a branch that takes or drops
    an environment of its own leaves what is under way where it is.
    """

    _name = "urssaf.held.mixin"
    _inherit = "urssaf.guarded.mixin"
    _description = "Record that goes with the credentials of a company"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    holder_id = fields.Many2one(
        "res.company",
        string="Credentials of",
        compute="_compute_holder_id",
        store=True,
        precompute=True,
        required=True,
        readonly=True,
        index=True,
        copy=False,
        ondelete="restrict",
        help="The company whose Urssaf environment and credentials are used: this one, or one above it.",
    )

    # Depends on nothing: found at the creation, and never again.
    def _compute_holder_id(self):
        for record in self:
            record.holder_id = record.company_id.urssaf_holder_id or record.company_id

    def write(self, vals):
        if "holder_id" in vals and any(record.holder_id.id != vals["holder_id"] for record in self):
            raise UserError(self.env._("What went to Urssaf with the credentials of a company stays with them."))
        return super().write(vals)

    @api.constrains("company_id", "holder_id")
    def _check_holder(self):
        for record in self.sudo():
            if record.holder_id not in record.company_id.with_context(active_test=False).parent_ids:
                raise ValidationError(
                    self.env._("A company uses its own Urssaf credentials, or those of a company above it.")
                )
