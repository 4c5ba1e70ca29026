from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from .urssaf_registration import CIVIL_STATUS_FIELDS, GIVEN_FIELDS

UNSENT_STATES = ("to_complete", "to_register")
#: System fields that a registration may have where nothing was ever agreed, sent or claimed.
PREPARED_FIELDS = {"state", "state_date", "problems", "told_to_erase_at", "holder_id", "asked_by_id"}


class UrssafRegistration(models.Model):
    """What a registration was made for, and stays with: its company, its environment, its client.

    The superuser alone does otherwise.
    """

    _inherit = "urssaf.registration"

    @api.model
    def _create_by_user(self, vals_list):
        """Create registrations with the rights of a user, once all that is wrong for them was refused."""
        # What the context gives is checked like what is typed, and no default value is added past the checks.
        given = self.default_get(sorted(GIVEN_FIELDS - {"company_id", "environment"} | CIVIL_STATUS_FIELDS))
        vals_list = [self._at_holder({**given, **vals}) for vals in vals_list]
        model = self.with_context(clean_context(self.env.context))
        self._refuse_other_companies(vals_list)
        self._refuse_strangers(vals_list)
        self._refuse_invalid(vals_list)
        registrations = self.browse()
        for vals in vals_list:
            created = super(UrssafRegistration, model._creator(vals)).create([vals])
            created._update_readiness()
            registrations += created.with_env(self.env)
        if any(registration.is_other_environment for registration in registrations):
            raise UserError(
                self.env._(
                    "A client is registered in the environment that the company uses. An administrator chooses it in "
                    "the settings."
                )
            )
        return registrations

    @api.model
    def _refuse_strangers(self, vals_list):
        """Refuse clients whom the user may not see: reading the registration would tell what they are.

        :raise AccessError: as for reading the contact
        """
        partners = self.env["res.partner"].browse([vals["partner_id"] for vals in vals_list if vals.get("partner_id")])
        partners.check_access("read")

    @api.model
    def _refuse_invalid(self, vals_list):
        """Refuse what the database would: its own message goes to the log with the whole row, account and all."""
        for vals in vals_list:
            if not vals.get("partner_id"):
                raise ValidationError(self.env._("Choose the client first."))
            if not vals["environment"]:
                raise UserError(
                    self.env._("No environment of Urssaf is in use yet. An administrator chooses it in the settings.")
                )
            same = [(name, "=", vals.get(name)) for name in ("partner_id", "company_id", "environment")]
            if self.sudo().search_count(same, limit=1):
                raise ValidationError(self.env._("This client has a registration with this company already."))

    def _refuse_to_move(self, vals):
        for registration in self:
            changed = {
                name
                for name in ("company_id", "environment", "partner_id")
                if name in vals and vals[name] != self._fields[name].convert_to_write(registration[name], registration)
            }
            if changed & {"company_id", "environment"}:
                raise UserError(
                    self.env._("A registration stays with the company and the environment it was made for.")
                )
            if changed and (registration.sent_at or registration.id_client or registration.consent_date):
                raise UserError(
                    self.env._(
                        "This is the registration of %(client)s, who consented or is known to Urssaf. Another client "
                        "gets a registration of their own.",
                        client=registration.partner_id.name,
                    )
                )

    # === WHAT IT HOLDS === #

    def _holds_anything(self):
        """Tell whether this registration has what cannot be given to another client, nor go with its contact.

        A consent, an account, an id, what was typed, sent, claimed or erased, what people wrote or attached, records
        that name it. One that was prepared has only what Odoo copied from the contact, and holds nothing.
        """
        self.ensure_one()
        registration = self.sudo()
        return bool(
            registration.state not in UNSENT_STATES
            or any(
                registration[name]
                for name in registration._system_fields() - PREPARED_FIELDS
                if self._fields[name].store
            )
            or registration._is_typed()
            or registration._has_documents()
            or registration._is_named()
        )

    def _is_typed(self):
        """Tell whether anything was given that Odoo does not know of the contact anyway."""
        known = self._known_values(self.partner_id)
        # The holder is written from name and civility, which may have changed since: alone, it says nothing.
        names = GIVEN_FIELDS - {"partner_id", "company_id", "environment", "bank_holder"}
        return any(self[name] and self[name] != known.get(name) for name in names)

    def _has_documents(self):
        """Tell whether somebody wrote in the chatter, or attached a file."""
        files = self.env["ir.attachment"].search_count(
            [("res_model", "=", self._name), ("res_id", "=", self.id)], limit=1
        )
        return files or any(message.message_type in ("comment", "email") for message in self.message_ids)

    def _is_named(self):
        """Tell whether a lasting record of any model names this registration."""
        for model in self.env.values():
            if model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.type == "many2one" and field.comodel_name == self._name and field.store:
                    records = model.sudo().with_context(active_test=False)
                    if records.search_count([(field.name, "=", self.id)], limit=1):
                        return True
        return False
