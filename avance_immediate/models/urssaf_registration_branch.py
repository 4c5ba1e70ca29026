from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .urssaf_registration import CIVIL_STATUS_FIELDS, GIVEN_FIELDS

#: What a registration is made for; and whom it serves, for the holder to say.
OF_THE_HOLDER = {"partner_id", "company_id", "environment", "asked_by_id", "served_company_ids"}
#: What a branch writes, with the rights of the system, of the registration that it asked for. No lists: their commands
#: reach any record.
OF_THE_BRANCH = (GIVEN_FIELDS - OF_THE_HOLDER) | CIVIL_STATUS_FIELDS
OF_THE_BRANCH |= {"address_commune_id", "birth_commune_id", "birth_part_id", "birth_codes_shown"}


class UrssafRegistration(models.Model):
    """Clients of branches, registered by the holder of the credentials: once, for all the branches that it serves.

    The registration is the holder's: its company is the holder, whose people alone write it, by the access rules. A
    branch reads those that *serve* it: that it asked for, whose client it has sent an invoice to, or that it was given
    by the holder. What it asked for, its people complete with the rights of the system, once theirs are checked.
    """

    _inherit = "urssaf.registration"
    _mail_post_access = "read"  # a branch, too, writes to the clients that it asked for

    asked_by_id = fields.Many2one(
        "res.company",
        string="Asked for by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The branch whose people or client asked for this registration, and complete it.",
    )
    served_company_ids = fields.Many2many(
        "res.company",
        "urssaf_registration_served_company_rel",
        "registration_id",
        "company_id",
        string="Branches served",
        copy=False,
        domain="[('id', 'child_of', company_id), ('id', '!=', company_id)]",
        help="Branches whose users read this registration: they asked for it, have invoiced the client, or were added "
        "here. The bank account is read as well.",
    )

    # === CONSTRAINTS === #

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        """A contact is registered by its company, one below it, or the holder of its company's credentials."""
        for registration in self.sudo():
            owner, holder = registration.partner_id.company_id, registration.holder_id
            if owner and owner not in holder.parent_ids and owner.urssaf_holder_id != holder:
                raise ValidationError(
                    self.env._(
                        "%(client)s is a contact of another company: a company registers its own contacts, and those "
                        "of the branches that use its Urssaf credentials.",
                        client=registration.partner_id.name,
                    )
                )

    @api.constrains("served_company_ids", "asked_by_id")
    def _check_served_companies(self):
        for registration in self.sudo():
            served = (registration.served_company_ids | registration.asked_by_id).with_context(active_test=False)
            if any(registration.holder_id not in company.parent_ids for company in served):
                raise ValidationError(self.env._("A registration serves branches of its own company only."))

    def _in_charge(self):
        # EXTENDS urssaf.remote.mixin: the branch that asked comes first
        return self.sudo().asked_by_id.urssaf_user_id | super()._in_charge()

    # === RIGHTS OF A BRANCH === #

    @api.model
    def _at_holder(self, vals):
        """Return values of a creation as they are kept: with the holder of the company, for the company."""
        companies = self.env["res.company"].sudo()
        company = companies.browse(vals.get("company_id") or self.default_get(["company_id"]).get("company_id"))
        holder = company.urssaf_holder_id or company
        kept = {**vals, "company_id": holder.id, "environment": vals.get("environment") or holder.urssaf_environment}
        if holder != company:
            kept |= {"asked_by_id": company.id, "served_company_ids": [Command.link(company.id)]}
        return kept

    @api.model
    def _refuse_other_companies(self, vals_list):
        """Refuse to register for companies that the user does not work in, before anything is said of their clients.

        :param vals_list: from ``_at_holder``
        """
        asked = {vals.get("asked_by_id") or vals["company_id"] for vals in vals_list}
        if not asked <= {*self.env.companies.ids}:
            raise AccessError(self.env._("Clients are registered for the companies that you work in."))

    def _creator(self, vals):
        """Return this model with the rights to create ``vals`` (of ``_at_holder``): the system's where a branch asks.

        :raise AccessError: they may not write the contact, or no registration
        """
        if self.env.su or not vals.get("asked_by_id") or vals.keys() - OF_THE_BRANCH - OF_THE_HOLDER:
            return self
        self.check_access("create")
        if CIVIL_STATUS_FIELDS & vals.keys():
            self.env["res.partner"].browse(vals.get("partner_id")).check_access("write")
        return self.sudo()

    def _writer(self, vals):
        """Return these registrations with the rights to write ``vals``: the system's where a branch asked for them.

        What only the system or the holder writes stays refused, and so is the contact that the user may not write.
        """
        if self.env.su or vals.keys() - OF_THE_BRANCH or self.has_access("write"):
            return self
        if not self.sudo().asked_by_id or not all(r.asked_by_id in self.env.companies for r in self.sudo()):
            return self
        self.browse().check_access("write")
        self.check_access("read")
        if CIVIL_STATUS_FIELDS & vals.keys():
            self.partner_id.check_access("write")
        return self.sudo()

    def _serve(self, company):
        """Let the users of ``company`` read these registrations, of its holder: it asked for them, or has invoiced.

        Written past the registrations: these may be locked for the time of a call, and an invoice does not wait for it.
        """
        new = self.sudo().filtered(lambda r: company != r.company_id and company not in r.served_company_ids)
        if new:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO urssaf_registration_served_company_rel (registration_id, company_id)
                    SELECT unnest(%s), %s ON CONFLICT DO NOTHING
                    """,
                    new.ids,
                    company.id,
                )
            )
            self.invalidate_model(["served_company_ids"])
