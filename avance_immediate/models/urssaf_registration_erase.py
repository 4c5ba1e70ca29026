from datetime import datetime

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from .. import parameters
from ..rights import MANAGER, check_user
from ..spreadsheet import may_hold
from .res_partner import CIVIL_STATUS
from .urssaf_payment_request import LIVE_STATES
from .urssaf_registration import GIVEN_FIELDS

#: At Urssaf, or on the way: what is erased could still be needed. "Paid" is followed for years, and needs nothing.
UNDER_WAY = ("sending", "uncertain")
REQUESTS_UNDER_WAY = tuple(state for state in LIVE_STATES if state != "paid")
KEPT_WITH_THE_RECORD = {"partner_id", "company_id", "environment"}
#: What Urssaf said of the person.
ANSWERS = ("id_client", "urssaf_status", "active_since", "absent_since", "refusal_codes", "problems")
#: What people write, as against what Odoo notes.
SPOKEN = ("comment", "email", "email_outgoing", "auto_comment", "user_notification")
#: Models whose uploaded spreadsheet may have the person in it.
IMPORTED = ("urssaf.registration", "res.partner", "res.users")
SUBTYPE = "avance_immediate.mail_subtype_erasure"
ACTIVITY = "avance_immediate.mail_activity_type_urssaf_erase"
#: When a company last had to do with a client, and whether something is under way, by whatever tells.
DEALINGS = """
    WITH registration AS (SELECT * FROM %(registrations)s AS one),
    held (company_id, holder_id) AS (SELECT * FROM unnest(%(companies)s::int[], %(holders)s::int[])),
    dealings (partner_id, holder_id, moment, is_under_way) AS (
        SELECT partner_id, holder_id,
               GREATEST(state_date, sent_at, claimed_at, portal_requested_at), state = ANY(%(busy)s)
        FROM registration
        UNION ALL
        SELECT partner_id, holder_id, consent.date, FALSE
        FROM registration JOIN urssaf_consent AS consent ON consent.registration_id = registration.id
        UNION ALL
        SELECT request.partner_id, request.holder_id,
               GREATEST(request.state_date, request.queued_at, request.sent_at, urssaf_status_date),
               request.state = ANY(%(live)s)
        FROM urssaf_payment_request AS request
        WHERE request.partner_id IN (SELECT partner_id FROM registration)
        UNION ALL
        SELECT commercial_partner_id, held.holder_id, COALESCE(invoice_date, date)::timestamp, FALSE
        FROM account_move JOIN held USING (company_id)
        WHERE state = 'posted' AND commercial_partner_id IN (SELECT partner_id FROM registration)
        UNION ALL
        SELECT partner_id, holder_id, message.date, FALSE
        FROM registration JOIN mail_message AS message
          ON message.model = 'urssaf.registration' AND message.res_id = registration.id
        WHERE message.message_type = ANY(%(spoken)s)
    )
    SELECT partner_id, holder_id, max(moment), bool_or(is_under_way)
    FROM dealings WHERE moment IS NOT NULL
    GROUP BY partner_id, holder_id
"""


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

    # === ERASING: BEFORE === #

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

    # === TRACES === #
    # Erasing what was written, attached, uploaded and called about a person, beside the fields themselves.

    def _erase_traces(self, erased, requests, references, words):
        """Erase the traces of one person.

        :param erased: counts by label, to which this is added
        :param requests: all their payment requests
        :param references: Urssaf's ids of them and of their requests
        :param words: what tells them from others, as it was before
        """
        calls = self.env["urssaf.exchange"]._erase_about(self.holder_id, (self, requests), references)
        self._count(erased, self.env._("Calls to Urssaf: what was sent and received"), calls)
        self._count(erased, self.env._("Messages, activities and files"), self._erase_chatter())
        self._count(erased, self.env._("Notes on the payment requests"), self._erase_notes(requests))
        self._count(erased, self.env._("Open windows"), self._erase_windows())
        self._count(erased, self.env._("Spreadsheets to import"), self._erase_uploads(words))

    # === TRACES: CHATTER === #

    def _erase_chatter(self):
        """Erase what was written and attached to these registrations; the moves from state to state stay.

        E-mails to the client go with their message, also those that are still to leave.

        :return: what was erased
        """
        here = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        activities = self.env["mail.activity"].with_context(active_test=False).search(here)
        of_activities = [("res_model", "=", activities._name), ("res_id", "in", activities.ids)]
        attachments = self.env["ir.attachment"].search(["|", "&", *here, "&", *of_activities])
        messages = self.env["mail.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)])
        messages -= messages.filtered(lambda message: message.subtype_id == self._erasure_subtype())
        moves = messages.filtered("tracking_value_ids")
        said = moves.filtered(lambda message: message.body or message.subject)
        said.write({"body": False, "subject": False})
        scheduled = self.env["mail.scheduled.message"].search([("model", "=", self._name), ("res_id", "in", self.ids)])
        gone = [*activities, *attachments, *(messages - moves), *scheduled, *said]
        for records in (attachments, activities, messages - moves, scheduled):
            records.unlink()
        return gone

    def _erase_notes(self, requests):
        """Erase what people wrote on the payment requests: a client's words, quoted. What Odoo noted there stays."""
        here = [("res_id", "in", requests.ids)]
        messages = self.env["mail.message"].search(
            [("model", "=", requests._name), ("message_type", "in", SPOKEN), *here]
        )
        messages = messages.filtered(lambda message: not message.tracking_value_ids)
        ours = self.env.ref("avance_immediate.mail_activity_type_urssaf")
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities = activities.search([("res_model", "=", requests._name), ("activity_type_id", "!=", ours.id), *here])
        gone = [*messages, *activities]
        messages.unlink()
        activities.unlink()
        return gone

    # === TRACES: WINDOWS AND FILES === #

    def _companies_concerned(self):
        """Return the companies whose users may have met this person: the holder, and who uses its credentials."""
        return self.holder_id._urssaf_sharing() | self.served_company_ids

    def _erase_windows(self):
        """Delete the windows that show this person, whoever has them open, with the fingerprints of what they show."""
        registering = self.env["urssaf.register"].search([("registration_id", "in", self.ids)])
        lines = self.env["urssaf.send.line"].search(
            [
                ("move_id.commercial_partner_id", "in", self.partner_id.ids),
                ("move_id.company_id", "in", self._companies_concerned().ids),
            ]
        )
        composers = self.env["mail.compose.message"].search([("model", "=", self._name)])
        composers = composers.filtered(lambda composer: set(composer._evaluate_res_ids()) & set(self.ids))
        windows = [registering, lines.wizard_id, composers]
        gone = [window for records in windows for window in records]
        for records in windows:
            records.unlink()
        return gone

    def _erase_uploads(self, words):
        """Delete the spreadsheets that wait to be imported by the users concerned, unless the person is not in them.

        :param words: what tells the person from others
        """
        uploads = self.env["base_import.import"].search(
            [
                ("res_model", "in", IMPORTED),
                ("file", "!=", False),
                ("create_uid.company_ids", "in", self._companies_concerned().ids),
            ]
        )
        uploads = uploads.filtered(lambda upload: may_hold(upload.file, words))
        gone = [*uploads]
        uploads.unlink()
        return gone

    # === THE REPORT === #
    # What an erasure says of itself: what was erased, what stays, where and why. Never a value, never another company.
    #
    # It is kept in the chatter, as the proof that the person was erased, and outlives the next erasure.

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

    # === WHOM TO ERASE === #
    # Which clients to erase: those with whom the company has had no dealings for years. Nobody is erased by itself.
    #
    # Three years since the last dealings are what the CNIL holds usual for prospects; it is a recommendation, and the
    # number is a setting. Dealings are counted for the person, in all environments: a trial from before does not make a
    # client of today one to erase.

    last_dealings_at = fields.Datetime(
        string="Last dealings",
        compute="_compute_is_to_erase",
        groups=MANAGER,
        help="The last registration, consent, payment request, invoice or message, in any environment.",
    )
    is_to_erase = fields.Boolean(
        string="To erase", compute="_compute_is_to_erase", search="_search_is_to_erase", groups=MANAGER
    )
    told_to_erase_at = fields.Datetime(
        readonly=True, copy=False, groups=MANAGER, help="When somebody was told that this client could be erased."
    )

    @api.depends("state")
    def _compute_is_to_erase(self):
        dealings = self._last_dealings(self.partner_id)
        limit = self._erasure_limit()
        for registration in self:
            last, is_under_way = dealings.get((registration.partner_id.id, registration.holder_id.id), (None, True))
            registration.last_dealings_at = last
            registration.is_to_erase = registration.state != "erased" and not is_under_way and last < limit

    def _search_is_to_erase(self, operator, value):
        if operator != "in":
            return NotImplemented
        if not self.env.su:  # Odoo does not ask who searches a field that is computed
            check_user(self.env, MANAGER)
        limit = self._erasure_limit()
        dealings = self._last_dealings()
        people = Domain.OR(
            Domain("partner_id", "=", partner_id) & Domain("holder_id", "=", holder_id)
            for (partner_id, holder_id), (last, is_under_way) in dealings.items()
            if not is_under_way and last < limit
        )
        found = people & Domain("state", "!=", "erased")
        return Domain.OR(found if wanted else ~found for wanted in value)

    @api.model
    def _erasure_limit(self):
        return fields.Datetime.now() - relativedelta(years=parameters.ERASE_YEARS.of_database(self.env))

    @api.model
    def _last_dealings(self, partners=None):
        """Return when companies, or their branches, last had to do with their clients, and what is under way.

        An invoice counts for its company and for the one whose credentials this uses today.

        :param partners: only these clients
        :return: ``{(partner id, holder id): (moment, is under way)}``
        """
        self.env.flush_all()
        # All of them: whose client somebody is depends on each company's holder. They are few.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        companies = companies.search([])  # pylint: disable=no-search-all
        held = {(company.id, holder.id) for company in companies for holder in company | company.urssaf_holder_id}
        company_ids, holder_ids = map(list, zip(*held, strict=True))
        registrations = SQL("urssaf_registration")
        if partners is not None:
            registrations = SQL("(SELECT * FROM urssaf_registration WHERE partner_id = ANY(%s))", list(partners.ids))
        self.env.cr.execute(
            SQL(
                DEALINGS,
                registrations=registrations,
                companies=company_ids,
                holders=holder_ids,
                busy=list(UNDER_WAY),
                live=list(REQUESTS_UNDER_WAY),
                spoken=list(SPOKEN),
            )
        )
        rows = self.env.cr.fetchall()
        return {(partner_id, holder_id): (moment, busy) for partner_id, holder_id, moment, busy in rows}

    # === WHOM TO ERASE: TELLING === #

    @api.model
    def _cron_to_erase(self):
        """Tell the person in charge of each company that clients have come up to be erased: once, in one activity."""
        for company in self.env["res.company"].search([("urssaf_environment", "!=", False)]):
            self._follow_erasable(company, tell=True)

    @api.model
    def _follow_erasable(self, companies, *, tell=False):
        """Bring the activity of each company about the clients to erase up to date; close it where there are none.

        :param tell: make one, where clients have come up since the last one
        """
        for company in companies.sudo():
            found = self.sudo().search([("holder_id", "=", company.id), ("is_to_erase", "=", True)])
            activity = company._urssaf_erase_activities()
            if activity and not found:
                activity.action_feedback(feedback=self.env._("Done."))
            news = found.filtered(lambda r: (r.told_to_erase_at or datetime.min) < r.last_dealings_at)
            if found and (activity or (tell and news)):
                company._urssaf_tell_to_erase(activity, len(found.partner_id))
                news.told_to_erase_at = fields.Datetime.now()


class ResCompany(models.Model):
    _inherit = "res.company"

    def _urssaf_tell_to_erase(self, activity, count):
        user = self._urssaf_eraser()
        partner = self.partner_id.with_context(lang=user.lang, mail_activity_quick_update=True)
        values = {
            "summary": partner.env._("Personal data to erase: %(count)s clients", count=count),
            "note": Markup("<p>%s</p><p><a href='/odoo/urssaf-to-erase'>%s</a></p>")
            % (
                partner.env._(
                    "No dealings with these clients for %(years)s years. Look at each of them, and erase those whom "
                    "you do not expect back. Nothing is erased by itself.",
                    years=parameters.ERASE_YEARS.of_database(self.env),
                ),
                partner.env._("Clients to erase"),
            ),
        }
        if not activity:
            partner.activity_schedule(ACTIVITY, user_id=user.id, **values)
        elif activity[0].summary != values["summary"]:
            activity[0].write(values)

    def _urssaf_eraser(self):
        """Return who is told: the person in charge if they may erase, else the first who may."""
        managers = (
            self.env.ref(MANAGER)
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and not user.share and user.company_ids & self)
        )
        return (self.urssaf_user_id & managers) or managers[:1] or self.env.ref("base.user_root")

    def _urssaf_erase_activities(self):
        return self._urssaf_activities(ACTIVITY)
