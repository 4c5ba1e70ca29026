from datetime import datetime

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import parameters
from ..rights import MANAGER, check_user
from .urssaf_registration_erase import REQUESTS_UNDER_WAY, UNDER_WAY
from .urssaf_registration_traces import SPOKEN

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
    """Which clients to erase: those with whom the company has had no dealings for years. Nobody is erased by itself.

    Three years since the last dealings are what the CNIL holds usual for prospects; it is a recommendation, and the
    number is a setting. Dealings are counted for the person, in all environments: a trial from before does not make a
    client of today one to erase.
    """

    _inherit = "urssaf.registration"

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

    # === TELLING === #

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
