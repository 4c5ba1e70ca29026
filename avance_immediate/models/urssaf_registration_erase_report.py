from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize

from .. import parameters

SUBTYPE = "avance_immediate.mail_subtype_erasure"


class UrssafRegistration(models.Model):
    """What an erasure says of itself: what was erased, what stays, where and why. Never a value, never another company.

    It is kept in the chatter, as the proof that the person was erased, and outlives the next erasure.
    """

    _inherit = "urssaf.registration"

    def _what_stays(self, requests, is_civil_status_needed, namesakes):
        """Return what stays of one person who is erased, as pairs of what and where, and why.

        :param requests: all their payment requests
        :param is_civil_status_needed: by another company
        :param namesakes: other contacts with the same e-mail address that the user may see
        """
        return [
            *self._what_stays_of_contact(is_civil_status_needed, namesakes),
            *self._what_stays_as_proof(requests),
            (
                self.env._("Backups of the database, and e-mails that have left."),
                self.env._("Odoo does not reach them: let the backups expire."),
            ),
            (self.env._("The client's account at Urssaf."), self.env._("It is the client's own, who asks Urssaf.")),
        ]

    def _what_stays_of_contact(self, is_civil_status_needed, namesakes):
        if is_civil_status_needed:
            yield (
                self.env._("The civil status, on the contact."),
                self.env._("Another company of this database still needs the civil status."),
            )
        yield (
            self.env._("The contact: name, e-mail, telephone, address, bank accounts, notes, portal access."),
            self.env._(
                "It is Odoo's, for everything else that you do with this person. Erase or archive it by hand, once "
                "nothing needs it any more."
            ),
        )
        if namesakes:
            yield (
                self.env._(
                    "Other contacts with the same e-mail address (ID %(ids)s).",
                    ids=", ".join(str(partner.id) for partner in namesakes),
                ),
                self.env._("They may be somebody else: look at them, and erase them by hand."),
            )

    def _what_stays_as_proof(self, requests):
        yield (
            self.env._("Invoices and payments, with what was written on them or attached."),
            self.env._("The books are kept for ten years (Code de commerce, art. L123-22)."),
        )
        if requests:
            yield (
                self.env._(
                    "Payment requests: numbers, amounts, dates, codes, attached files, and Urssaf's references of the "
                    "client and of the request."
                ),
                self.env._("The proof of what was asked of Urssaf and paid, for ten years like the invoices."),
            )
        yield (
            self.env._("Consents: who recorded them, when and how, and the version of the text."),
            self.env._("The proof that the client agreed (GDPR, art. 7)."),
        )
        yield (
            self.env._("The registration: its dates and its states. The calls to Urssaf: a line without contents."),
            self.env._(
                "To show what was done and when. The calls are deleted after %(days)s days.",
                days=parameters.EXCHANGE_DAYS.of_database(self.env),
            ),
        )

    def _namesakes(self, words):
        """Return the other contacts with one of these e-mail addresses, as far as the user may see them."""
        addresses = [address for address in map(email_normalize, words) if address]
        contacts = self.sudo(False).env["res.partner"]
        return contacts.search([("email_normalized", "in", addresses), ("id", "not in", self.partner_id.ids)])

    @api.model
    def _erasure_html(self, erased, stays):
        """Return the report as HTML.

        :param erased: counts by label
        :param stays: pairs of what and where, and why
        """
        lines = [f"{label} ({count})" if count > 1 else label for label, count in erased.items()]
        return Markup("<p><b>%s</b></p><ul>%s</ul><p><b>%s</b></p><ul>%s</ul>") % (
            self.env._("Erased"),
            Markup().join(Markup("<li>%s</li>") % line for line in lines or [self.env._("Nothing was left.")]),
            self.env._("What stays, where and why"),
            Markup().join(Markup("<li>%s <span class='text-muted'>%s</span></li>") % pair for pair in stays),
        )

    def _log_erasure(self, erased, stays):
        """Write the report in the chatter of each registration."""
        body = Markup("<p>%s</p>%s") % (
            self.env._("Personal data erased by %(user)s.", user=self.env.user.name),
            self._erasure_html(erased, stays),
        )
        for registration in self:
            registration._message_log(body=body).subtype_id = self._erasure_subtype()

    @api.model
    def _erasure_subtype(self):
        return self.env.ref(SUBTYPE)
