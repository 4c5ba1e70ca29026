from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fingerprint import changed, fingerprints, new_salt
from ..urssaf.intake.fields import FIELDS

#: Raise it when the words of ``urssaf.registration._consent_text`` change: the proof tells which ones were read.
TEXT_VERSION = "2026-06"
#: What a consent is about, by field of the registration: how it is compared.
AGREED_FIELDS = {field.name: field.agreed for field in FIELDS if field.agreed}


class UrssafConsent(models.Model):
    """A client's consent to be registered: who, when, how, to which words, and to which values. Never changed.

    Of the values it keeps no more than keyed fingerprints: enough to tell that they are no longer those that the client
    agreed to. Erasing deletes key and text; who, when, how and the version of the text stay, as the proof
    (GDPR, art. 7 and 17). Consents from before the fingerprints have none.
    """

    _name = "urssaf.consent"
    _inherit = "urssaf.guarded.mixin"
    _description = "Consent to the registration with Urssaf"
    _order = "id desc"
    _rec_name = "date"

    registration_id = fields.Many2one(
        "urssaf.registration", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Given on", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    origin = fields.Selection(
        [("client", "By the client, on the portal"), ("employee", "Told to an employee, who recorded it")],
        string="How",
        required=True,
        readonly=True,
    )
    text = fields.Text(string="What the client agreed to", readonly=True)
    text_version = fields.Char(
        readonly=True, help="Which words the client agreed to. Empty: from before they were numbered."
    )
    is_over = fields.Boolean(string="Over", readonly=True, help="The client has left, or was erased, since.")
    salt = fields.Char(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    fingerprints = fields.Json(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    is_bound = fields.Boolean(
        string="Bound to the values",
        compute="_compute_is_bound",
        help="Names, e-mail address and account are compared with those that the client agreed to. A consent from "
        "before this was done, or whose data were erased, is not compared.",
    )

    @api.depends("salt")
    def _compute_is_bound(self):
        for consent in self:
            consent.is_bound = bool(consent.sudo().salt)

    @api.model_create_multi
    def create(self, vals_list):
        """Record consents to the values that the registrations have at this moment."""
        self.check_access("create")
        registrations = self.env["urssaf.registration"].browse([vals["registration_id"] for vals in vals_list])
        bound = []
        for vals, registration in zip(vals_list, registrations, strict=True):
            salt = new_salt()
            agreed = fingerprints(_agreed_values(registration), salt)
            bound.append({**vals, "text_version": TEXT_VERSION, "salt": salt, "fingerprints": agreed})
        return super().create(bound)

    def write(self, vals):
        # EXTENDS base: a consent ends, or is forgotten with the person; it never changes
        self.check_access("write")
        forgets = vals.keys() <= {"salt", "fingerprints", "text"} and not any(vals.values())
        if not forgets and vals != {"is_over": True}:
            raise UserError(self.env._("A consent is never changed: record another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A consent is kept: it proves that the client agreed."))

    def _changed_fields(self):
        """Return the names of the fields of the registration that are no longer what the client agreed to.

        :return: none where the consent is not bound to values
        """
        self.ensure_one()
        consent = self.sudo()
        if not consent.salt:
            return []
        return changed(_agreed_values(consent.registration_id), consent.salt, consent.fingerprints)

    def _end(self):
        """The client has left, or is erased: another consent is needed to register them again."""
        if current := self.filtered(lambda consent: not consent.is_over):
            current.write({"is_over": True})

    def _erase(self):
        """Forget the values: nothing can be compared with them any more. The proof itself stays."""
        self.write({"salt": False, "fingerprints": False, "text": False})


def _agreed_values(registration):
    return {name: plain(registration[name]) for name, plain in AGREED_FIELDS.items()}
