from odoo import fields, models
from odoo.exceptions import UserError

from ..rights import MANAGER
from .res_partner import CIVIL_STATUS
from .urssaf_payment_request import LIVE_STATES
from .urssaf_registration import GIVEN_FIELDS

#: At Urssaf, or on the way: what is erased could still be needed. "Paid" is followed for years, and needs nothing.
UNDER_WAY = ("sending", "uncertain")
REQUESTS_UNDER_WAY = tuple(state for state in LIVE_STATES if state != "paid")
KEPT_WITH_THE_RECORD = {"partner_id", "company_id", "environment"}
#: What Urssaf said of the person.
ANSWERS = ("id_client", "urssaf_status", "active_since", "absent_since", "refusal_codes", "problems")


class UrssafRegistration(models.Model):
    """Erasing personal data when the relation ends (GDPR, art. 17). What the law makes one keep, stays.

    A *person* here is one client of one holder, in all environments and branches: they are erased together, or not at
    all.
    ``_what_stays`` says what is kept, where and why. What was written and called about the person: ``_erase_traces``.
    """

    _inherit = "urssaf.registration"

    erased_at = fields.Datetime(string="Erased on", readonly=True, copy=False)

    def action_erase(self):
        """Erase the personal data of these clients, in every environment: of all of them, or of none.

        :return: the action that opens the report; each registration has its own in the chatter
        :raise UserError: something is under way for one of them; nothing was erased
        """
        self._check_user(MANAGER)
        self.check_access("write")  # not a branch that it serves
        people = self.sudo()._people()
        for records in (record for person in people for record in person):
            records._lock_to_erase()
        if hindrances := [line for registrations, requests in people for line in registrations._what_hinders(requests)]:
            refusal = self.env._(
                "Nothing was erased: something is still under way at Urssaf. Erase the data when it is over."
            )
            raise UserError("\n".join([refusal, *hindrances]))
        erasures = [registrations._erase_person(requests) for registrations, requests in people]
        self._follow_erasable(self.holder_id)
        return self.env["urssaf.erasure"]._show(self.partner_id, erasures)

    # === BEFORE === #

    def _people(self):
        """Return, for each client of one holder among these, all their registrations and payment requests."""
        asked = self.grouped(lambda registration: (registration.partner_id, registration.holder_id))
        people = []
        for partner, holder in asked:
            same = [("partner_id", "=", partner.id), ("holder_id", "=", holder.id)]
            registrations = self.search(same)
            requests = self.env["urssaf.payment.request"].search(
                ["|", ("registration_id", "in", registrations.ids), "&", *same]
            )
            people.append((registrations, requests))
        return people

    def _is_forgotten(self):
        # EXTENDS urssaf.remote.mixin
        return any(registration.state == "erased" for registration in self)

    def _what_hinders(self, requests):
        """Return, one a line, what keeps this person from being erased: registration, environment, invoice numbers.

        No name of a client: refusals are logged.
        """
        environments = dict(self._fields["environment"]._description_selection(self.env))
        lines = []
        for registration in self:
            live = requests.filtered(
                lambda request, environment=registration.environment: (
                    request.environment == environment and request.state in REQUESTS_UNDER_WAY
                )
            )
            what = [name or self.env._("a payment request") for name in live.mapped("number")]
            if registration.state in UNDER_WAY:
                what.append(self.env._("the registration itself"))
            if what:
                lines.append(
                    self.env._(
                        "Registration %(id)s, %(environment)s: %(what)s",
                        id=registration.id,
                        environment=environments[registration.environment],
                        what=", ".join(what),
                    )
                )
        return lines

    # === ERASING === #

    def _erase_person(self, requests):
        """Erase one person; report it in the chatter of each registration.

        :param requests: all their payment requests
        :return: what was erased, as counts by label, and what stays, as pairs of what and where, and why
        """
        before = self._personal_words()
        references = [*self.mapped("id_client"), *self.mapped("claimed_id_client"), *requests.mapped("id_request")]
        namesakes = self._namesakes(before)
        erased = {}
        self._count(erased, self.env._("Consents: text and fingerprints"), self.consent_ids.filtered("text"))
        self.consent_ids._erase()
        self._set_state("erased", erased_at=fields.Datetime.now(), next_try_at=False)
        self._erase_fields(erased, self, sorted(GIVEN_FIELDS - KEPT_WITH_THE_RECORD))
        is_needed = self._is_civil_status_needed()
        if not is_needed:
            partner = self.partner_id.with_context(urssaf_skip_readiness=True)
            self._erase_fields(erased, partner, sorted(CIVIL_STATUS))
        self._erase_answers(erased)
        self._count(erased, self.env._("Payment requests: birth date, comment, labels"), requests._erase_client())
        self._erase_traces(erased, requests, references, before)
        stays = self._what_stays(requests, is_needed, namesakes)
        self._log_erasure(erased, stays)
        return erased, stays

    def _erase_fields(self, erased, records, names):
        for name in names:
            filled = records.filtered(name)
            filled[name] = False
            self._count(erased, records._fields[name]._description_string(self.env), filled)

    def _erase_answers(self, erased):
        answered = self.filtered(lambda registration: any(registration[name] for name in ANSWERS))
        answered.write(dict.fromkeys(ANSWERS, False))
        attempts = self.attempt_ids.filtered("problems")
        attempts.problems = False
        self._count(erased, self.env._("Urssaf's answers and reference"), [*answered, *attempts])

    def _count(self, erased, label, records):
        """Add to what was erased; nothing is said of what was not there."""
        if records:
            erased[label] = erased.get(label, 0) + len(records)

    def _is_civil_status_needed(self):
        """Tell whether another holder still needs the civil status, which all of them share.

        A trial beside the environment that it uses is no need, and who has left it is no client.
        """
        others = self.search([("partner_id", "=", self.partner_id.id), ("holder_id", "!=", self.holder_id.id)])
        return any(
            other.state not in ("ended", "erased")
            and (other.environment == "production" or not other.is_other_environment)
            for other in others
        )

    def _personal_words(self):
        """Return what tells this person from others in a file: e-mail addresses, accounts, names."""
        partner = self.partner_id
        words = [*self.mapped("email"), *self.mapped("iban"), partner.email, partner.name]
        return {word for word in (*words, partner.urssaf_birth_name, partner.urssaf_usage_name) if word}
