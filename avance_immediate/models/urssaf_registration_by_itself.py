from datetime import timedelta

from odoo import api, fields, models

from .. import parameters, wording

#: Each attempt is a question to the tax administration about an identity that somebody typed.
ATTEMPTS_MAX = 3  # of one client
WINDOW = timedelta(hours=24)


class UrssafRegistration(models.Model):
    """Registering, without anybody pressing a button, who asked for it on the portal: where the company wants it.

    Whoever can sign up could otherwise ask about as many people as they like: bounds for each client and company, and
    never where anybody may sign up. Beyond them a person decides.
    """

    _inherit = "urssaf.registration"

    @api.model
    def _register_who_asked(self):
        """Register those who asked on the portal, where the company wants it."""
        asked = self.search(
            [
                ("state", "=", "to_register"),
                ("portal_requested_at", "!=", False),
                ("next_try_at", "<=", fields.Datetime.now()),
                ("holder_id.urssaf_portal_auto_register", "=", True),
            ],
            order="next_try_at, id",
        )
        asked = asked.filtered(lambda registration: not registration.is_other_environment)
        self._run_in_batches(asked, 1, lambda registration: registration._register_from_portal())

    def _register_from_portal(self):
        if not self._claim("to_register"):
            return  # somebody is at it
        if problem := self._must_be_confirmed():
            self.next_try_at = False  # the mark of those that go by themselves
            self._raise_problems([problem])
            return
        self._register_client(by_itself=True)
        if self.state == "to_register":  # it did not leave: later
            self.next_try_at = self._retry_at()
            self._commit()

    def _must_be_confirmed(self):
        """Return why this client is not registered without a person who looks (a problem), or None."""
        self.ensure_one()
        if self.consent_changes:
            return self._consent_problem()
        if self.holder_id._urssaf_is_sign_up_free():
            return wording.note("portal_sign_up_free")
        # What never reached Urssaf, or was turned away at its door, asked nothing about anybody.
        by_itself = [
            ("by_itself", "=", True),
            ("outcome", "!=", "not_sent"),
            ("date", ">", fields.Datetime.now() - WINDOW),
        ]
        attempts = self.env["urssaf.registration.attempt"]
        # Of the client, with whichever company: one that has several asks the same administration.
        own = attempts.search_count([*by_itself, ("registration_id.partner_id", "=", self.partner_id.id)])
        if own >= ATTEMPTS_MAX:
            return wording.note("portal_too_often", count=str(own))
        everybody = attempts.search_count([*by_itself, ("registration_id.holder_id", "=", self.holder_id.id)])
        if everybody >= parameters.PORTAL_LIMIT.of_company(self.holder_id):
            return wording.note("portal_too_many")
        return None
