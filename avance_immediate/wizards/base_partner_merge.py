from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..models.res_partner import CIVIL_STATUS

#: In the context of an automatic run: the id of the window that reports what was left out.
REPORT = "urssaf_merge_report"
#: In the context of a merge: the fields of the destination that no source may fill.
KEPT = "urssaf_merge_kept"


class Kept(frozenset):
    """Names of fields; of a type that no RPC call can put in a context, since it makes writes disappear."""


class BasePartnerMerge(models.TransientModel):
    """Merging contacts, which Odoo does by SQL: past our access rights, past our checks, for every company at once.

    - Nobody becomes the client of somebody else's registration: a contact that has one with anything in it stays.
    - Nobody gets half of somebody else's civil status: it comes whole, where there was none, or not at all.
    - Whoever is a registered person stays one: neither a company, nor a contact of one.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    urssaf_left_out_ids = fields.Many2many(
        "res.partner",
        # Odoo's merge leaves the tables of this name alone.
        "base_partner_merge_urssaf_left_out_rel",
        string="Contacts left out",
        readonly=True,
        context={"active_test": False},
    )
    urssaf_left_out_count = fields.Integer(string="Groups of contacts left out", readonly=True)

    # === MERGING === #

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # EXTENDS base
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        if not dst_partner or dst_partner not in partners:
            dst_partner = self._get_ordered_partner(partners.ids)[-1]
        # What follows says something of these contacts: not to those who may not see them.
        partners.check_access("read")
        sources = partners - dst_partner
        refusal = self._urssaf_held_refusal(sources, dst_partner) or self._urssaf_company_refusal(sources, dst_partner)
        report = self.browse(self.env.context.get(REPORT))
        if refusal and report:
            report.urssaf_left_out_ids += partners
            report.urssaf_left_out_count += 1
            return None
        if refusal:
            raise UserError(refusal)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS base. A registration that was prepared and holds nothing has copies of what the other contact said:
        # wrong for the one that stays, for whom a click prepares another. Odoo would move it, or delete it by SQL.
        prepared = self.env["urssaf.registration"].sudo().search([("partner_id", "in", src_partners.ids)])
        prepared.filtered(lambda registration: not registration._holds_anything()).unlink()
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        # EXTENDS base, which fills each empty field from whichever contact has it, and only with what the user sees
        registrations = self.env["urssaf.registration"].sudo().search([("partner_id", "=", dst_partner.id)])
        # A contact that all companies share stays so: one of them may have registered it.
        kept = Kept(CIVIL_STATUS | ({"company_id"} if registrations else set()))
        civil_status = self._urssaf_civil_status(src_partners, dst_partner, registrations)
        result = super()._update_values(src_partners, dst_partner.with_context(**{KEPT: kept}))
        if civil_status:
            dst_partner.sudo().write(civil_status)
        return result

    @api.model
    def _urssaf_civil_status(self, sources, destination, registrations):
        """Return the civil status to write on ``destination``: that of one source, whole, or nothing.

        :param registrations: those of ``destination``
        """
        # The country is filled in beforehand for everybody: alone, it says nothing of a person.
        own = [name for name in CIVIL_STATUS - {"urssaf_birth_country_id"} if destination.sudo()[name]]
        if own or any(registration._holds_anything() for registration in registrations):
            return {}
        for source in reversed(sources.sudo()):  # the last one comes first, as in Odoo
            values = {name: source._fields[name].convert_to_write(source[name], source) for name in CIVIL_STATUS}
            if any(values[name] for name in CIVIL_STATUS - {"urssaf_birth_country_id"}):
                return values
        return {}

    # === REFUSALS === #

    @api.model
    def _urssaf_held_refusal(self, sources, destination):
        """Return why ``sources`` cannot become ``destination``: one has what cannot be given away. Empty if none has.

        Contacts are named by the numbers that the window shows: it is duplicates that are merged, and refusals are
        logged. Whoever has no part in the company concerned is not told that somebody is a client of Urssaf there.
        """
        partners = sources | destination
        registrations = self.env["urssaf.registration"].sudo().search([("partner_id", "in", partners.ids)])
        registrations = registrations.filtered(lambda registration: registration._holds_anything())
        requests = self._urssaf_requests(sources, destination)
        holders = (registrations.partner_id | requests.partner_id | requests.move_id.partner_id) & partners
        if not holders & sources:
            return ""
        companies = registrations.company_id | requests.company_id
        is_concerned = self.env.uid == SUPERUSER_ID or companies <= self.env.user.company_ids
        ids = ", ".join(str(partner.id) for partner in holders)
        if len(holders) > 1 and is_concerned:
            return self.env._(
                "The contacts with the IDs %(ids)s each have a registration with Urssaf, or requests to it: these "
                "cannot be put together. End or erase the one that is too many and archive its contact, or leave it "
                "out of the merge.",
                ids=ids,
            )
        if len(holders) > 1:
            return self.env._(
                "The contacts with the IDs %(ids)s each have records that cannot be given to another contact. Leave "
                "all of them but one out of the merge, and choose that one as the destination.",
                ids=ids,
            )
        if is_concerned:
            return self.env._(
                "The contact with the ID %(ids)s has a registration with Urssaf, or requests to it, which cannot be "
                "given to somebody else. Choose this contact as the destination: the others are merged into it.",
                ids=ids,
            )
        return self.env._(
            "The contact with the ID %(ids)s has records that cannot be given to another contact. Choose it as the "
            "destination, or leave it out of the merge.",
            ids=ids,
        )

    @api.model
    def _urssaf_requests(self, sources, destination):
        """Return the payment requests that would name another client, or whose invoice would, with ``destination``."""
        return (
            self.env["urssaf.payment.request"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "in", sources.ids),
                    ("move_id.partner_id", "in", sources.ids),
                    ("partner_id", "!=", destination.commercial_partner_id.id),
                ]
            )
        )

    @api.model
    def _urssaf_company_refusal(self, sources, destination):
        """Return why ``destination``, a person with a registration, cannot absorb a company or its contact."""
        companies = sources.filtered(lambda source: source.is_company or source.parent_id)
        registrations = self.env["urssaf.registration"].sudo()
        if not companies or not registrations.search_count([("partner_id", "=", destination.id)], limit=1):
            return ""
        return self.env._(
            "The contact with the ID %(destination)s has to stay a person, without a company: what is a company, or "
            "belongs to one, is not merged into it (ID %(ids)s). If they are the same person, first make the other "
            "contact a person without a company.",
            destination=destination.id,
            ids=", ".join(str(source.id) for source in companies),
        )

    # === AUTOMATIC RUNS === #

    def action_start_automatic_process(self):
        # EXTENDS base
        self = self._urssaf_reporting()
        return super().action_start_automatic_process()

    def parent_migration_process_cb(self):
        # EXTENDS base
        self = self._urssaf_reporting()
        return super().parent_migration_process_cb()

    def action_update_all_process(self):
        # EXTENDS base, which goes on in a second window that nobody sees
        self = self._urssaf_reporting()
        return super().action_update_all_process()

    def _urssaf_reporting(self):
        """Return this window, so that its merges leave out what they would refuse, and tell the window on screen."""
        return self if self.env.context.get(REPORT) else self.with_context(**{REPORT: self.id})

    def action_urssaf_open_left_out(self):
        """Open the contacts that an automatic run left out."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts left out of the merge"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", self.urssaf_left_out_ids.ids)],
            "context": {"active_test": False},
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _urssaf_unkept(self, vals):
        """Return what a merge may write of ``vals``: without what it keeps."""
        kept = self.env.context.get(KEPT)
        if not isinstance(kept, Kept):
            return vals
        return {name: value for name, value in vals.items() if name not in kept}
