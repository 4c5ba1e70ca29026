import hashlib
import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import paris, wording
from ..rights import MANAGER, check_user
from ..urssaf.tiers_prestation import codes


class UrssafPayout(models.Model):
    """One payout that Urssaf announced for a payment request: the mark that its money was recorded, once.

    The status of the request is committed first; the money follows in a transaction of its own, where the
    payment, its matching and ``state`` change together. So a locked period or a missing journal never loses the
    news, and a payout that is "recorded" always has its payment.
    """

    _name = "urssaf.payout"
    _description = "Payout of Urssaf"
    _inherit = ["urssaf.guarded.mixin", "urssaf.held.mixin", "urssaf.batch.mixin"]
    _order = "date desc, id desc"

    request_id = fields.Many2one(
        "urssaf.payment.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True, precompute=True)
    environment = fields.Selection(related="request_id.environment", store=True)
    move_id = fields.Many2one(related="request_id.move_id", string="Invoice")
    partner_id = fields.Many2one(related="request_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="request_id.currency_id")
    date = fields.Date(string="Transfer date", readonly=True)
    booking_date = fields.Date(
        string="Date in the books",
        compute="_compute_booking_date",
        compute_sudo=True,
        help="Of its payment, or of the one that is made today: the transfer date, unless the period is locked or that "
        "date cannot be.",
    )
    amount = fields.Monetary(readonly=True)
    state = fields.Selection(
        [
            ("to_record", "To record"),
            ("to_confirm", "To confirm"),
            ("recorded", "Recorded"),
            ("not_booked", "Outside the books"),
            ("dismissed", "Set aside"),
        ],
        required=True,
        readonly=True,
        default="to_record",
        index=True,
    )
    announced_amount = fields.Monetary(string="Announced", readonly=True, help="What Urssaf says of it now.")
    # What is said of it. What decides is in other fields.
    problem = fields.Json(readonly=True, help="Why a person must look at it.")
    doubts = fields.Json(readonly=True, help="All that a person confirms who records it, and nothing else.")
    shown_key = fields.Char(compute="_compute_shown_key", export_string_translation=False)
    # The problem in full, where it is in the books of the company above: names accounts and journals, maybe, for who
    # works there, while the problem is for all.
    books_problem = fields.Json(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    problem_html = fields.Html(string="To handle", compute="_compute_problem_html")
    fault_code = fields.Char(readonly=True, help="Why nobody may book what Urssaf announces of it now.")
    # Said with the amount as Urssaf announced it, which no column may hold.
    fault = fields.Json(readonly=True, export_string_translation=False)
    is_unbookable = fields.Boolean(compute="_compute_is_unbookable", export_string_translation=False)
    is_another = fields.Boolean(readonly=True, help="Urssaf had paid before, or had cancelled the request meanwhile.")
    next_try_at = fields.Datetime(readonly=True)
    confirmed_by_id = fields.Many2one("res.users", string="Confirmed by", readonly=True)
    # Not shown as it is: a branch may not see a payment in the books of its holder, and not its name either.
    payment_id = fields.Many2one(
        "account.payment",
        string="Payment in the books",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    visible_payment_id = fields.Many2one(
        "account.payment", string="Payment", compute="_compute_visible_payment_id", compute_sudo=True
    )
    # Its own line of the payment, on the client's account. Odoo deletes the lines when a draft payment is cancelled.
    line_id = fields.Many2one(
        "account.move.line",
        string="Journal item",
        readonly=True,
        ondelete="set null",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    # Those of its payments that were reversed: what the books said of it until then.
    former_line_ids = fields.Many2many(
        "account.move.line", readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )
    dismissed_at = fields.Datetime(string="Set aside on", readonly=True)
    transfer_id = fields.Many2one("urssaf.transfer", readonly=True, index="btree_not_null", ondelete="restrict")

    _request_sequence_unique = models.Constraint(
        "UNIQUE(request_id, sequence)", "This payout of the payment request exists already."
    )
    _line_unique = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL", "This journal item records another payout already."
    )
    _recorded_has_payment = models.Constraint(
        "CHECK((state = 'recorded') = (payment_id IS NOT NULL))", "A recorded payout has its payment, another has none."
    )
    _recorded_is_positive = models.Constraint(
        "CHECK(state != 'recorded' OR amount > 0)", "Only a payout above zero can be recorded."
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{"announced_amount": vals.get("amount"), **vals} for vals in vals_list])

    @api.model
    def _holder_for(self, vals):
        # EXTENDS urssaf.held.mixin
        return self.env["urssaf.payment.request"].browse(vals["request_id"]).holder_id

    @api.depends("payment_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_visible_payment_id(self):
        """Show the payment where the user works in the company in whose books it is."""
        for payout in self:
            payment = payout.payment_id
            payout.visible_payment_id = payment if payment.company_id in self.env.companies else False

    @api.depends("problem", "doubts", "books_problem")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_problem_html(self):
        for payout in self:
            problems, in_books = payout._problems(), payout.sudo().books_problem
            if in_books and payout.sudo()._booking()[0] in self.env.companies:
                problems = [in_books]
            payout.problem_html = wording.as_html(self.env, problems)

    @api.depends("problem", "doubts", "announced_amount", "date", "state")
    def _compute_shown_key(self):
        """Tell one thing that is shown from another: the button says which of them was read."""
        for payout in self:
            shown = [payout.problem, payout.doubts, payout.announced_amount, f"{payout.date}", payout.state]
            payout.shown_key = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    @api.depends("date", "state", "payment_id.date")
    def _compute_booking_date(self):
        for payout in self:
            company, journal, _account = payout._booking()
            is_open = journal and payout.state in ("to_record", "to_confirm")
            day = is_open and company._urssaf_first_open_day(payout._day_to_book(), journal)
            payout.booking_date = payout.payment_id.date or day

    @api.depends("fault_code")
    def _compute_is_unbookable(self):
        for payout in self:
            payout.is_unbookable = bool(payout.fault_code)

    @api.depends("request_id.number", "sequence")
    def _compute_display_name(self):
        for payout in self:
            # Sudo: who books it does not read the request, which is the branch's.
            payout.display_name = f"{payout.sudo().request_id.number} / {payout.sequence}"

    # === CHANGES === #

    def _announced(self, amount, date, anew=False):
        """Take what Urssaf now says of this payout; return whether it is news.

        What awaits follows Urssaf, and is looked at anew. What is in the books, or was set aside, stays as it is,
        and a person is told.

        :param amount: ``Decimal`` in euros, ``None`` where it is no number
        :param anew: look at what awaits again, although Urssaf says the same of it
        """
        self.ensure_one()
        date = date or self.date  # an answer that leaves the date out does not take it back
        code = self.request_id._payout_fault(amount)
        stored = wording.storable_amount(amount)
        awaits = self.state in ("to_record", "to_confirm")
        # What is done with is not news because a former version had not judged it.
        former = self.fault_code if awaits else self._why_never(self.announced_amount)
        is_same = code == former and not self.currency_id.compare_amounts(stored, self.announced_amount)
        if is_same and (not awaits or (date == self.date and not anew)):
            return False
        fault = code and self.request_id._fault_note(code, amount)
        self.write({"announced_amount": stored, "fault_code": code, "fault": fault, "next_try_at": False})
        if awaits:
            self._take_announced(amount, date)
        elif self.state != "not_booked":
            is_back = not code and not self.currency_id.compare_amounts(stored, self.amount)
            self._write_with_problem(
                False if is_back else wording.note("payout_changed", number=self.request_id.number)
            )
        return not is_same

    def _take_announced(self, amount, date):
        """Make this payout, which is in no books, what Urssaf announces; say whether it awaits its date or a person."""
        code = self.request_id._payout_fault(amount)
        fault = code and self.request_id._fault_note(code, amount)
        stored = wording.storable_amount(amount)
        self.write({"date": date, "amount": stored, "announced_amount": stored})
        doubts = [] if fault else self._doubts_when_announced(amount)
        self._write_with_problem(
            fault,
            doubts=doubts,
            state="to_confirm" if code or doubts else "to_record",
            fault_code=code,
            fault=fault,
            confirmed_by_id=False,
        )
        self._assign_transfer()

    def _doubts_when_announced(self, amount):
        """Return why a person must look at this payout as Urssaf announces it (problems): all at once, or none.

        What the books say of it alone holds nothing yet: they may be others by the day of the transfer.

        :param amount: ``Decimal`` in euros
        """
        doubts = [self._doubt_about_coming(amount), self.request_id._doubt_about_date(self.date)]
        return wording.distinct([*filter(None, doubts), *self._doubts()]) if any(doubts) else []

    def _doubt_about_coming(self, amount):
        """Return why this may be no payout of its own, or none at all (a problem), or None.

        :param amount: ``Decimal`` in euros
        """
        date = self.date
        request = self.request_id
        params = {"number": request.number, "amount": wording.announced(self.env, amount, self.currency_id)}
        if request.urssaf_status and codes.may_follow_payment(request.urssaf_status):
            status = wording.request_status(self.env, request.urssaf_status)
            if not date:
                return wording.note("payout_unseen_undated", status=status, **params)
            return wording.note("payout_unseen", status=status, date=format_date(self.env, date), **params)
        if self.is_another:
            former = self._former_day()
            if not date or not former or request._has_left_paid():
                return wording.note("paid_again", number=request.number)
            days = {"date": format_date(self.env, date), "former": format_date(self.env, former)}
            return wording.note("payout_of_another_day", **days, **params)
        if not date:
            return wording.note("payout_without_date", number=request.number)
        if self.undone:  # in the books before, and out of them by somebody's hand: not back by itself
            return wording.note(self.undone, number=request.number)
        return None

    def _day_to_book(self):
        """Return the day for the payment of these payouts of one transfer: its date, or today where that cannot be.

        A manager has seen the money on the bank; the transfer keeps the date of Urssaf. Where a former payment was
        reversed, it is no day before: until then the books have that one.
        """
        date = self[:1].date
        is_odd = all(payout.request_id._doubt_about_date(date) for payout in self)
        return max(filter(None, [date if date and not is_odd else paris.today(), self._reversed_on()]))

    def _reversed_on(self):
        """Return the day on which a former payment of these payouts was last reversed, or None."""
        reversals = self.former_line_ids.move_id.reversal_move_ids.filtered(lambda move: move.state == "posted")
        return max(reversals.mapped("date"), default=None)

    def _paid_on(self):
        """Return the day of the transfer, or of its payment where that which Urssaf announced cannot be."""
        self.ensure_one()
        booked = self.payment_id.date
        is_odd = self.request_id._doubt_about_date(self.date) or (self.date and booked and self.date > booked)
        return booked if is_odd or not self.date else self.date

    def _former_day(self):
        """Return the day of the payout before this one, or False."""
        others = self.request_id.payout_ids.filtered(lambda payout: payout.sequence < self.sequence)
        former = others.sorted("sequence")[-1:]
        return former.date or former.transfer_id.date

    def _is_of_another_day(self, date):
        """Tell whether a transfer of ``date`` is not this payout, which is done with: the books have another day.

        Whether Urssaf paid twice, or corrected the date, a person finds out. What awaits follows Urssaf.
        """
        known = self.date or self.transfer_id.date
        return self.state in ("recorded", "dismissed") and bool(date and known) and date != known

    def _assign_transfer(self):
        """Put these payouts, which are in no books, into the transfers that the bank will show."""
        former = self.transfer_id
        known = {}
        for payout in self:
            _company, _journal, account = payout._booking()
            is_test = payout.environment != "production" and not payout.holder_id.urssaf_book_test_payouts
            date = payout.date or (payout.state == "to_record" and paris.today())
            transfer = former.browse()
            if account and date and not is_test and not payout.fault_code:
                key = payout.holder_id, payout.environment, date, account
                transfer = known[key] = known.get(key) or former._find_or_create(*key)
            if payout.transfer_id != transfer:
                payout.transfer_id = transfer
        (former - self.transfer_id)._forget_empty()

    def _why_never(self, amount):
        """Return why nobody may book this payout with ``amount``, one of its own (a ``fault_code``), or False.

        Judged again, although it was when Urssaf announced it: former versions kept what they did not judge.
        """
        return self.fault_code or self.request_id._payout_fault(Decimal(str(amount)))

    def _why_never_said(self, code, amount):
        """Return the problem that says what ``_why_never`` found."""
        return self.fault or self.request_id._fault_note(code, Decimal(str(amount)))

    def _write_with_problem(self, problem, *, doubts=(), in_books=False, **values):
        """Keep what is the matter with these payouts, with ``values`` in the same write.

        :param problem: for everybody who may read them; none where nothing is the matter
        :param doubts: problems that a person may confirm, for everybody too
        :param in_books: the problem for whoever works in the company in whose books they go, where that is another one
        """
        said = {"problem": problem or False, "doubts": list(doubts) or False, "books_problem": in_books}
        self.write({**said, **values})

    def _problems(self):
        """Return all that is the matter with this payout, as everybody may read it."""
        return [*([self.problem] if self.problem else []), *(self.doubts or [])]

    def _is_to_settle(self):
        """Tell whether this payout keeps its request from simply being paid."""
        if self.state in ("to_record", "to_confirm"):
            return self.is_another
        changed = self.currency_id.compare_amounts(self.announced_amount, self.amount)
        return (bool(changed) and self.state in ("recorded", "dismissed")) or (
            self.is_unbookable and self.state == "recorded"
        )

    # === ACTIONS === #

    def _check_manager(self):
        self.ensure_one()
        check_user(self.env, MANAGER)
        self.check_access("read")

    def _refuse_in_other_books(self):
        """Refuse to decide an entry in the books of a company that the user does not work in.

        :raise UserError: with who can
        """
        company, _journal, _account = self._booking()
        if company not in self.env.companies:
            raise UserError(
                self.env._(
                    "This payout goes into the books of %(company)s: it is recorded by somebody who works there.",
                    company=company.name,
                )
            )

    def action_record(self):
        """Record this payout now: a manager has checked what was in doubt, or fixed what failed.

        Without waiting for the rest of its transfer. What was recorded and undone goes the way it went. Only what was
        shown is confirmed: where there is another doubt, nothing is booked, and all of them are shown.

        :return: nothing, or the action that shows the doubts
        """
        self._check_manager()
        payout = self.sudo()
        payout._refuse_elsewhere()
        payout._refuse_in_other_books()
        payout._refuse_unread(self.env.context.get("urssaf_shown"))
        if payout.state == "recorded" and payout._record_again():
            return None
        if code := payout._why_never(payout.announced_amount):
            raise UserError(wording.as_text(self.env, [payout._why_never_said(code, payout.announced_amount)]))
        values = {"amount": payout.announced_amount, "state": "to_record", "dismissed_at": False}
        if payout.state != "to_record":
            values["confirmed_by_id"] = self.env.user.id
        payout.write(values)
        payout._record()
        if payout.state == "not_booked":
            raise UserError(self.env._("Payouts outside production stay out of the books: see the settings."))
        if payout.state == "to_confirm":
            return payout._show_doubts()
        if payout.state != "recorded":
            raise UserError(
                self.env._("Not recorded: somebody else works on this invoice, or something is to be confirmed first.")
            )
        return None

    def _refuse_unread(self, shown):
        """Refuse to decide about these payouts where they are no longer what the user was shown. Locks them.

        Urssaf may have said something else meanwhile.

        :param shown: ``shown_key`` of what was on the screen; nothing where a program asks
        :raise UserError: with what to do
        """
        if not shown:
            return
        self._lock_with_invoice()
        if shown != self._shown():
            raise UserError(
                self.env._(
                    "Nothing was booked: what is known of it has changed since it was shown to you. Reload the page, "
                    "read it again, then decide."
                )
            )

    def _shown(self):
        """Return the key of what is shown of these payouts together."""
        keys = [payout.shown_key for payout in self.sorted("id")]
        return keys[0] if len(keys) == 1 else hashlib.sha256("".join(keys).encode()).hexdigest()

    def _show_doubts(self):
        """Return the action that tells whoever wanted to record these payouts what they have not confirmed yet."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Not recorded yet"),
                "message": wording.as_text(self.env, [problem for payout in self for problem in payout._problems()]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_dismiss(self):
        """Set this payout aside: a manager has checked that the money did not come, or is recorded otherwise."""
        self._check_manager()
        payout = self.sudo()
        if payout.state not in ("to_confirm", "to_record"):
            raise UserError(self.env._("This payout is recorded already: only one that awaits can be set aside."))
        payout._write_with_problem(False, state="dismissed", undone=False, dismissed_at=fields.Datetime.now())
        payout.request_id._log(self.env._("Payout set aside by %(user)s.", user=self.env.user.name))
        payout.request_id._paid_as_before()
        payout.request_id._sync_problems()
