from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class UrssafHeldMixin(models.AbstractModel):
    """Record that went to Urssaf with the credentials of a company: its holder.

    A branch without an environment of its own uses that of the nearest company above it
    (``res.company.urssaf_holder_id``). The *company* is whose invoice or client it is: access rules and checks of
    companies go by it. The *holder* is whose credentials, numbers and clients Urssaf knows: whatever is sent, looked
    up, followed or unique goes by it. It is found once, when the record is made, and stays: a branch that takes or
    drops an environment of its own leaves what is under way where it is.

    Comes after ``urssaf.guarded.mixin`` among the parents: what a person gives is refused before this fills it in.
    """

    _name = "urssaf.held.mixin"
    _description = "Record that goes with the credentials of a company"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    holder_id = fields.Many2one(
        "res.company",
        string="Credentials of",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        ondelete="restrict",
        help="The company whose Urssaf environment and credentials are used: this one, or one above it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [vals if vals.get("holder_id") else {**vals, "holder_id": self._holder_for(vals).id} for vals in vals_list]
        )

    def write(self, vals):
        # EXTENDS base: the holder never changes
        if "holder_id" in vals and any(record.holder_id.id != vals["holder_id"] for record in self):
            raise UserError(self.env._("What went to Urssaf with the credentials of a company stays with them."))
        return super().write(vals)

    def _elsewhere(self):
        # OVERRIDE urssaf.batch.mixin: those that go with credentials of another database
        return self.env["urssaf.credentials"]._held_elsewhere(self)

    def _refuse_elsewhere(self):
        """Refuse to record or book anything of what goes with credentials of another database.

        :raise OtherDatabase: this is a copy, or was moved
        """
        for (holder, environment), _records in self.grouped(lambda r: (r.holder_id, r.environment)).items():
            self.env["urssaf.credentials"]._for(holder, environment)._refuse_elsewhere()

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS base: the menu is there in all companies, what the help says to do is not
        companies = self.env.companies.sudo()
        if not companies._urssaf_is_offered():
            title = self.env._("Not for this company")
            text = self.env._(
                "The avance immédiate is for providers in France and its overseas departments: %(companies)s cannot "
                "use it.",
                companies=", ".join(companies.mapped("name")),
            )
        elif not any(company.urssaf_holder_id.urssaf_environment for company in companies):
            title = self.env._("Not set up in this company yet")
            text = self.env._(
                "An administrator chooses the environment and enters the credentials that Urssaf gave, under "
                "Invoicing › Configuration › Settings, “Avance immédiate (Urssaf)”."
            )
        else:
            return super().get_empty_list_help(help_message)
        return Markup("<p class='o_view_nocontent_empty_folder'>%s</p><p>%s</p>") % (title, text)

    @api.model
    def _company_for(self, vals):
        """Return the company for which a record is created with ``vals``."""
        company_id = vals.get("company_id") or self.default_get(["company_id"]).get("company_id")
        return self.env["res.company"].sudo().browse(company_id)

    @api.model
    def _holder_for(self, vals):
        """Return the company whose credentials a record goes with that is created with ``vals``."""
        company = self._company_for(vals)
        return company.urssaf_holder_id or company

    @api.constrains("company_id", "holder_id")
    def _check_holder(self):
        for record in self.sudo():
            if record.holder_id not in record.company_id.with_context(active_test=False).parent_ids:
                raise ValidationError(
                    self.env._("A company uses its own Urssaf credentials, or those of a company above it.")
                )
