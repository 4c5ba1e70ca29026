from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from .. import wording
from ..urssaf.intake.fields import BY_NAME, GIVEN, OF_PERSON
from ..urssaf.tiers_prestation import lists
from .urssaf_lifecycle_mixin import Lifecycle, Patience

PARIS = ZoneInfo("Europe/Paris")
STATES = [
    ("to_complete", "To complete"),
    ("to_register", "To register"),
    ("sending", "Being sent"),
    ("uncertain", "To look up"),
    ("refused", "Refused"),
    ("waiting", "Waiting for activation"),
    ("active", "Active"),
    ("blocked", "Blocked"),
    ("ended", "Ended"),
    ("erased", "Erased"),
]
#: What somebody types of a registration: what it is made for, and what its provider was given.
GIVEN_FIELDS = {"partner_id", "company_id", "environment", "claimed_id_client"} | GIVEN
CIVIL_STATUS_FIELDS = OF_PERSON
#: What the rules look at: everything that is sent, and the client whose address may be read again.
ASSESSED_FIELDS = ["partner_id", *BY_NAME]
#: Read with the user's own rights: a client whom they may not see is not seen here either.
OF_THE_CLIENT = {"readonly": False, "related_sudo": False}
OPEN_STATES = ("to_complete", "to_register", "refused", "ended")  # nothing under way: what is typed can change
PREPARING_STATES = ("to_complete", "to_register", "sending")
LIFECYCLE = Lifecycle(
    transitions={
        # Straight to "waiting" and beyond: registered with another software, and verified at Urssaf.
        "to_complete": {"to_register", "waiting", "erased"},
        "to_register": {"to_complete", "sending", "waiting", "erased"},
        "sending": {"to_register", "refused", "uncertain", "waiting"},
        "uncertain": {"to_register", "waiting", "active", "blocked"},
        "refused": {"to_register", "sending", "waiting", "active", "erased"},
        "waiting": {"active", "blocked", "ended", "erased"},
        "active": {"waiting", "blocked", "ended", "erased"},
        "blocked": {"waiting", "active", "ended", "erased"},
        "ended": {"to_register", "sending", "waiting", "active", "blocked", "erased"},
        "erased": {"to_complete"},
    },
    follow_up={
        "waiting": [(8, 4), (90, 24), (365, 7 * 24)],
        "active": [(3650, 7 * 24)],
        "blocked": [(365, 24)],
    },
    look_up_cron="registration",
    patience={"refresh": Patience(48, ["last_check_at", "sent_at"])},
)
UNSENT_STATES = ("to_complete", "to_register")
#: System fields that a registration may have where nothing was ever agreed, sent or claimed.
PREPARED_FIELDS = {"state", "state_date", "problems", "told_to_erase_at", "holder_id", "asked_by_id"}


class UrssafRegistration(models.Model):
    """One client registered with Urssaf by one company in one environment, for its branches too.

    ::

        to_complete ◄► to_register ► sending ─┬─► waiting ◄► active ◄► blocked
                            ▲                 ├─► refused (register again)      └─► ended (the client left)
                            └─── not sent ────┤
                                              └─► uncertain ► looked up by e-mail ► waiting, or to_register

    The client is a person. What is true of the person everywhere is on the partner; what this provider was given
    is here: contact, bank account, address as sent, consent, Urssaf's id, activation. ``state``, the id and the
    activation are written by the system alone.
    """

    _name = "urssaf.registration"
    _inherit = "urssaf.remote.mixin"
    _description = "Registration of a client with Urssaf"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True
    _lifecycle = LIFECYCLE

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is checked by _check_partner_company.
        domain="[('is_company', '=', False), '|', ('company_id', '=', False), '|', "
        "('company_id', 'parent_of', company_id), ('company_id', 'child_of', company_id)]",
    )
    # Given at creation, and fixed from then on. Given a branch, the registration is kept with its holder.
    company_id = fields.Many2one(default=lambda self: self.env.company, readonly=False)
    environment = fields.Selection(
        default=lambda self: self.env.company.sudo().urssaf_holder_id.urssaf_environment, readonly=False, copy=False
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="to_complete",
        index=True,
        tracking=True,
        copy=False,
        group_expand="_group_expand_state",
    )
    # In a new form, the client of whom it has what Odoo knows.
    filled_from_id = fields.Many2one(
        "res.partner", store=False, readonly=True, exportable=False, export_string_translation=False
    )
    is_open = fields.Boolean(
        compute="_compute_is_open",
        help="Nothing is under way: what is given can change.",
        export_string_translation=False,
    )
    next_step = fields.Char(compute="_compute_next_step")
    missing_html = fields.Html(string="Before registering", compute="_compute_missing_html")

    # === Civil status, of the partner === #
    title = fields.Selection(related="partner_id.urssaf_title", **OF_THE_CLIENT)
    birth_name = fields.Char(related="partner_id.urssaf_birth_name", **OF_THE_CLIENT)
    usage_name = fields.Char(related="partner_id.urssaf_usage_name", **OF_THE_CLIENT)
    first_names = fields.Char(related="partner_id.urssaf_first_names", **OF_THE_CLIENT)
    birth_date = fields.Date(related="partner_id.urssaf_birth_date", **OF_THE_CLIENT)
    birth_country_id = fields.Many2one(related="partner_id.urssaf_birth_country_id", **OF_THE_CLIENT)
    birth_department = fields.Char(related="partner_id.urssaf_birth_department", **OF_THE_CLIENT)
    birth_commune_code = fields.Char(related="partner_id.urssaf_birth_commune_code", **OF_THE_CLIENT)
    birth_commune_name = fields.Char(related="partner_id.urssaf_birth_commune_name", **OF_THE_CLIENT)
    birth_in_france = fields.Boolean(
        related="birth_country_id.in_france", related_sudo=False, export_string_translation=False
    )

    # === What this provider was given === #
    email = fields.Char(help="Urssaf writes to this address: the activation, and each payment request.", copy=False)
    mobile = fields.Char(help="A French mobile number: Urssaf sends messages to it.", copy=False)
    iban = fields.Char(string="IBAN", help="The account that Urssaf debits, held in France.", copy=False)
    bic = fields.Char(string="BIC", copy=False)
    bank_holder = fields.Char(string="Account holder", help="Title, name and first name of the holder.", copy=False)
    address_number = fields.Char(string="Number", size=BY_NAME["address_number"].limit, copy=False)
    address_letter = fields.Selection(
        [("B", "bis"), ("T", "ter"), ("Q", "quater"), ("C", "quinquies")], string="Number suffix", copy=False
    )
    address_street_type = fields.Selection(selection="_selection_street_type", string="Street type", copy=False)
    address_street_name = fields.Char(
        string="Street name",
        size=BY_NAME["address_street_name"].limit,
        help="Without the type of the street.",
        copy=False,
    )
    address_complement = fields.Char(string="Address complement", size=BY_NAME["address_complement"].limit, copy=False)
    address_locality = fields.Char(string="Lieu-dit", size=BY_NAME["address_locality"].limit, copy=False)
    address_zip = fields.Char(string="ZIP", size=BY_NAME["address_zip"].limit, copy=False)
    address_city = fields.Char(string="City", size=BY_NAME["address_city"].limit, copy=False)
    address_city_code = fields.Char(
        string="INSEE code of the city",
        size=BY_NAME["address_city_code"].limit,
        help="Five characters, not the ZIP: 75115 for Paris 15e, 69383 for Lyon 3e.",
        copy=False,
    )

    # === What Urssaf says === #
    id_client = fields.Char(string="Urssaf's reference", readonly=True, copy=False, index="btree_not_null")
    urssaf_status = fields.Char(string="Code at Urssaf", readonly=True, copy=False)
    urssaf_status_label = fields.Char(string="Status at Urssaf", compute="_compute_next_step")
    refusal_codes = fields.Json(
        readonly=True, copy=False, export_string_translation=False, help="Why Urssaf refused the registration last."
    )
    active_since = fields.Datetime(readonly=True, copy=False, help="Services may be sent from this moment on.")
    sent_at = fields.Datetime(string="Registered on", readonly=True, copy=False)

    _partner_holder_environment_unique = models.Constraint(
        "UNIQUE(partner_id, holder_id, environment)", "This client has a registration with this company already."
    )
    _id_client_unique = models.UniqueIndex(
        "(holder_id, environment, id_client) WHERE id_client IS NOT NULL",
        "Urssaf's reference belongs to another client.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _group_expand_state(self, states, _domain):
        """Order the columns of the kanban as a registration goes; without those that are empty."""
        return [state for state, _label in STATES if state in states]

    @api.model
    def _selection_street_type(self):
        return [(code, f"{label} ({code})") for code, label in lists.WRITTEN_STREET_TYPES.items()]

    @api.depends("state")
    def _compute_is_open(self):
        for registration in self:
            registration.is_open = registration.state in OPEN_STATES

    @api.depends("state", "urssaf_status", "active_since")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for registration in self:
            registration.urssaf_status_label = wording.client_status(self.env, registration.urssaf_status)
            registration.next_step = wording.registration_step(self.env, registration.state)

    @api.depends("state", *ASSESSED_FIELDS)
    @api.depends_context("lang")
    def _compute_missing_html(self):
        for registration in self:
            problems = registration._problems_before() if registration.is_open else []
            registration.missing_html = wording.as_html(self.env, problems)

    # === CONSTRAINTS AND ORM === #

    @api.constrains("partner_id")
    def _check_partner_is_person(self):
        for registration in self:
            partner = registration.partner_id
            if partner.is_company or partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is not a person by itself: only people are registered.", partner=partner.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unsent(self):
        if any(registration.sent_at or registration.id_client for registration in self):
            raise UserError(self.env._("A registration that was sent to Urssaf is kept."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_system_fields(vals)
        if not self.env.su:
            return self._create_by_user(vals_list)
        registrations = super().create([self._at_holder(vals) for vals in vals_list])
        registrations._update_readiness()
        return registrations

    def write(self, vals):
        if not self.env.su:
            self._refuse_to_move(vals)
            self._refuse_strangers([vals])
            if GIVEN_FIELDS & vals.keys():
                self._refuse_if_under_way()
        is_of_system = self._system_fields() >= vals.keys()
        before = {} if is_of_system else self._changed_since_consent()
        result = super(UrssafRegistration, self._writer(vals)).write(vals)
        if not is_of_system:
            self._update_readiness()
        self._log_changes_since_consent(before)
        return result

    @api.model
    def _system_fields_message(self):
        # EXTENDS urssaf.guarded.mixin
        return self.env._("The state of a registration comes from Urssaf: nobody writes it by hand.")

    def _refuse_if_under_way(self):
        if not all(registration.is_open for registration in self):
            raise UserError(
                self.env._(
                    "This client is registered: Urssaf keeps what it was given. The client changes it in their own "
                    "Urssaf account."
                )
            )

    # === FINDING === #

    @api.model
    def _for(self, partners, company):
        """Return the registrations of ``partners`` with the holder of ``company``, in the environment that it uses."""
        holder = company.sudo().urssaf_holder_id
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("holder_id", "=", holder.id),
                ("environment", "=", holder.urssaf_environment),
            ]
        )

    # === STATE AND TIME === #

    def _set_state(self, state, **values):
        # EXTENDS urssaf.lifecycle.mixin: who has left, or was erased, consents anew
        leaving = self.filtered(lambda registration: state in ("ended", "erased") and registration.state != state)
        result = super()._set_state(state, **values)
        leaving.sudo().consent_ids._end()
        return result

    @api.model
    def _moved_values(self, state):
        # EXTENDS urssaf.lifecycle.mixin: once; whoever asks again may be registered automatically again
        left = {} if state in PREPARING_STATES else {"auto_register": False}
        return super()._moved_values(state) | left

    def _active_since_in_france(self):
        """Return the moment from which services may be sent, as a naive wall clock of Europe/Paris, or None."""
        if not self.active_since:
            return None
        return self.active_since.replace(tzinfo=ZoneInfo("UTC")).astimezone(PARIS).replace(tzinfo=None)

    @api.model
    def _from_wall_clock(self, moment: datetime):
        """Turn a naive wall clock of Europe/Paris into a naive UTC moment, as Odoo stores it."""
        return moment.replace(tzinfo=PARIS).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    # === WHAT IT WAS MADE FOR === #
    # What a registration was made for, and stays with: its company, its environment, its client.
    #
    # The superuser alone does otherwise.

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
            # A part of `create`, in a method of its own.
            created = super(UrssafRegistration, model._creator(vals)).create([vals])  # pylint: disable=super-method-mismatch
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
        # The holder is written from name and title, which may have changed since: alone, it says nothing.
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
