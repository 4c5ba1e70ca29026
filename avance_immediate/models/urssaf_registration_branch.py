from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, clean_context

from .urssaf_registration import CIVIL_STATUS_FIELDS, GIVEN_FIELDS

#: What a registration is made for; and whom it serves, for the holder to say.
HOLDER_FIELDS = {"partner_id", "company_id", "environment", "asked_by_id", "served_company_ids"}
#: What a branch writes, with the rights of the system, of the registration that it asked for. No lists: their commands
#: reach any record.
BRANCH_FIELDS = (GIVEN_FIELDS - HOLDER_FIELDS) | CIVIL_STATUS_FIELDS
BRANCH_FIELDS |= {"address_commune_id", "birth_commune_id", "birth_part_id", "birth_codes_shown"}
#: Of these, what is kept on the contact.
CONTACT_FIELDS = CIVIL_STATUS_FIELDS | {"birth_commune_id", "birth_part_id", "birth_codes_shown"}
#: What is said of these.
ABOUT_CONTACT = {"birth_in_france", "birth_choice_ids", "birth_question", "advice", "missing_html"}
#: In the context while a form that a branch may complete is typed in. An object: no caller from outside can give it.
TYPING = object()


class UrssafRegistration(models.Model):
    """Clients of branches, registered by the holder of the credentials: once, for all the branches that it serves.

    The registration is the holder's: its company is the holder, whose people alone write it, by the access rules. A
    branch reads those that *serve* it: that it asked for, whose client it has sent an invoice to, or that it was given
    by the holder. What it asked for, its people complete with the rights of the system, once theirs are checked.
    """

    _inherit = "urssaf.registration"

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
        tracking=True,
        domain="[('id', 'child_of', company_id), ('id', '!=', company_id)]",
        help="Branches whose users read this registration: they asked for it, have invoiced the client, or were added "
        "here. The bank account is read as well.",
    )

    can_write = fields.Boolean(compute="_compute_can_write", export_string_translation=False)
    can_complete = fields.Boolean(
        compute="_compute_can_write",
        help="The user gives what Urssaf is sent, and registers the client.",
        export_string_translation=False,
    )
    is_client_hidden = fields.Boolean(
        compute="_compute_can_write",
        help="The client is a contact of a branch alone, in which the user does not work.",
        export_string_translation=False,
    )

    @api.depends("company_id", "asked_by_id", "partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_write(self):
        own = self._filtered_access("write")
        asked = self._asked_here()
        for registration in self:
            hidden = not registration.partner_id._origin.has_access("read")
            registration.is_client_hidden = hidden
            registration.can_write = registration in own
            registration.can_complete = registration in own | asked and not hidden

    # === CONSTRAINTS === #

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        """A contact is registered by its company, one below it, or the holder of its company's credentials."""
        for registration in self.sudo():
            owner, holder = registration.partner_id.company_id, registration.holder_id
            upward = holder.with_context(active_test=False).parent_ids
            if owner and owner not in upward and owner.urssaf_holder_id != holder:
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

    def web_read(self, specification):
        # EXTENDS web: the holder's people open the registration of a contact that is not theirs, without what the
        # contact holds; asked for alone, that is refused
        names = (CONTACT_FIELDS | ABOUT_CONTACT) & specification.keys()
        hidden = self.filtered("is_client_hidden") if names else self.browse()
        if not hidden:
            return super().web_read(specification)
        empty = {name: [] if self._fields[name].type in ("one2many", "many2many") else False for name in names}
        rest = {name: fields for name, fields in specification.items() if name not in names}
        rows = super(UrssafRegistration, self - hidden).web_read(specification)
        rows += [row | empty for row in super(UrssafRegistration, hidden).web_read(rest)]
        order = {key: place for place, key in enumerate(self.ids)}
        return sorted(rows, key=lambda row: order[row["id"]])

    def onchange(self, values, field_names, fields_spec):
        # EXTENDS web: the branch that asked types in the form, with its own rights to read; nothing is written
        typing = self.with_context(urssaf_typing=TYPING) if self and self == self._asked_here() else self
        return super(UrssafRegistration, typing).onchange(values, field_names, fields_spec)

    def _check_access(self, operation):
        # EXTENDS base: what `onchange` asks before it computes
        result = super()._check_access(operation)
        if result and operation == "write" and self.env.context.get("urssaf_typing") is TYPING:
            return super()._check_access("read")
        return result

    # === RIGHTS OF A BRANCH === #

    @api.model
    def _at_holder(self, vals):
        """Return values of a creation as they are kept: with the holder of the company, for the company."""
        company, holder = self._company_for(vals), self._holder_for(vals)
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
        if self.env.su or not vals.get("asked_by_id") or vals.keys() - BRANCH_FIELDS - HOLDER_FIELDS:
            return self
        self.check_access("create")
        if vals.keys() & CONTACT_FIELDS:
            self.env["res.partner"].browse(vals["partner_id"]).check_access("write")
        return self.sudo()

    def _writer(self, vals):
        """Return these registrations with the rights to write ``vals``: the system's where a branch asked for them.

        Whatever else than a branch gives stays refused, and so is the contact that the user may not write.
        """
        if self.env.su or vals.keys() - BRANCH_FIELDS or self.has_access("write") or self - self._asked_here():
            return self
        self.browse().check_access("write")
        self.check_access("read")
        if vals.keys() & CONTACT_FIELDS:
            self.partner_id.check_access("write")
        return self.sudo().with_context(clean_context(self.env.context))

    def _asked_here(self):
        """Return those of these registrations that a branch in use asked for, of the holder that it has today."""
        asked = self.sudo().filtered(
            lambda r: r.asked_by_id in self.env.companies and r.asked_by_id.urssaf_holder_id == r.holder_id
        )
        return asked.with_env(self.env)

    def _check_may_act(self):
        """Refuse who may but read these registrations: who decides is their company, and the branch that asked.

        :raise AccessError: with whom to ask
        """
        self._check_user()
        if others := self - self._filtered_access("write") - self._asked_here():
            raise AccessError(
                self.env._(
                    "Your company reads this registration. Ask %(company)s, or the branch that asked for it, to do "
                    "this.",
                    company=others[0].sudo().company_id.name,
                )
            )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # EXTENDS mail: the branch that asked for the client writes to them; one that is merely served reads
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "create":
            operations |= dict.fromkeys(self._asked_here(), "read")
        return operations

    # === SERVING A BRANCH === #

    def _ask(self, company):
        """Let ``company`` read this registration of its holder; and complete it, where nobody has begun to."""
        self._serve(company, asked=True)
        registration = self.sudo()
        if company != registration.company_id and not registration.asked_by_id and not registration._holds_anything():
            registration.asked_by_id = company

    def _serve(self, company, *, asked=False):
        """Let the users of ``company`` read these registrations, of its holder, and say so in the chatter.

        Written past the registrations: these may be locked for the time of a call, and an invoice does not wait for it.

        :param asked: it asked for them; else it has invoiced
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
            params = {"branch": company.sudo().name, "user": self.env.user.name}
            told = new.with_context(lang=new._working_lang())
            if asked:
                told._log(told.env._("Read by %(branch)s from now on: asked for by %(user)s.", **params))
            else:
                told._log(told.env._("Read by %(branch)s from now on: invoiced by %(user)s.", **params))
