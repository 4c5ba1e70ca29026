import io
from datetime import date, datetime

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .branch import BranchCommon
from .month import MonthCommon

NOTHING = (0, 0.0)


class PageCommon(MonthCommon):
    def page(self, user=None, **values):
        """Return the page as its user opens it."""
        user = user or self.accountant
        pages = (
            self.env["urssaf.month"]
            .with_user(user)
            .with_context(allowed_company_ids=(user.company_id + user.company_ids).ids)
        )
        month = pages.browse(pages._open()["res_id"])
        month.write({"environment": "simulator", **values})
        return month

    def figures(self, month):
        return {line.key: (line.count, line.amount) for line in month.line_ids}

    def as_at(self, day, **values):
        return self.figures(self.page(date=day, **values))

    def assertFigures(self, figures, **expected):
        self.assertEqual(figures, {**dict.fromkeys(figures, NOTHING), **expected})


@tagged("post_install", "-at_install")
class TestMonth(PageCommon):
    """The page says how things stood at the end of any day, and opens the records of each figure."""

    def test_from_sent_to_the_bank(self):
        """Each day says what was known then, also when everything is over."""
        _move, first = self.sent_invoice()
        _move, second = self.sent_invoice()
        self.wait(days=3)  # 20 June
        payment = self.record(first, date="2026-06-20T00:00:00Z")
        self.wait(days=12)  # 2 July
        self.show_on_bank(payment, "2026-07-02")
        self.simulator.step(second, "refuse", force=True, code="CONTEST_AUTRE")
        second._refresh_batch()
        self.wait(days=30)
        self.assertFigures(self.as_at("2026-06-16"))
        self.assertFigures(self.as_at("2026-06-19"), sent=(2, 120), expected=(2, 120))
        june = {"sent": (2, 120), "paid": (1, 60), "recorded": (1, 60)}
        self.assertFigures(self.as_at("2026-06-30"), **june, expected=(1, 60), in_transit=(1, 60), balance=(1, 60))
        july = {"refused": (1, 60), "on_bank": (1, 60), "balance": (2, 0)}
        self.assertFigures(self.as_at("2026-07-31"), **june, **july)
        self.assertFigures(self.as_at("2026-07-31", date_from="2026-07-01"), **july)
        self.check_opens(self.page(date="2026-07-31"))
        self.check_opens(self.page(date="2026-06-30"))

    def check_opens(self, month):
        """Each figure opens as many records as it says."""
        for line in month.line_ids:
            action = line.action_open()
            records = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
            self.assertEqual(len(records), line.count, line.key)

    def test_day_of_paris(self):
        """Half past ten in the evening by UTC is tomorrow in Paris."""
        self.travel_to(datetime(2026, 6, 30, 22, 30))
        self.sent_invoice(invoice_date="2026-06-30")
        self.assertFigures(self.as_at("2026-06-30"))
        self.assertFigures(self.as_at("2026-07-01"), sent=(1, 60), expected=(1, 60))

    def test_deposit(self):
        """Urssaf is asked for the invoice less the deposit, whatever becomes of it."""
        move = self.create_service_invoice(price=50)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"amount": 40}
        )._create_payments()
        request = self.send(move)
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        request._refresh_batch()
        self.assertFigures(self.as_at("2026-06-17"), sent=(1, 60), refused=(1, 60))

    def test_turned_after_paid(self):
        """What Urssaf takes back stands among what it paid, and beside it."""
        _move, request = self.sent_invoice()
        self.record(request)
        self.wait(days=1)
        self.simulator.step(request, "refuse_debit", force=True)
        request._refresh_batch()
        figures = self.as_at("2026-06-18")
        self.assertEqual((figures["paid"], figures["refused"], figures["expected"]), ((1, 60), NOTHING, NOTHING))

    def test_taken_back(self):
        """What was booked as taken back, and what the bank has not shown of it, the day before and after."""
        _move, request = self.sent_invoice()
        self.show_on_bank(self.record(request), "2026-06-18")
        self.wait(days=10)
        recovery = self.take_back(request.payout_ids, choice="other", amount=25)
        self.wait(days=5)
        (self.bank_line(-25, "2026-07-02") + recovery._credit_line()).reconcile()
        before, after, end = (self.as_at(day) for day in ("2026-06-26", "2026-06-27", "2026-07-02"))
        names = ("recovered", "to_be_debited", "on_bank", "in_transit", "balance")
        self.assertEqual([before[key] for key in names], [NOTHING, NOTHING, (1, 60), NOTHING, (2, 0)])
        self.assertEqual([after[key] for key in names], [(1, 25), (1, 25), (1, 60), NOTHING, (3, -25)])
        self.assertEqual([end[key] for key in names], [(1, 25), NOTHING, (2, 35), NOTHING, (4, 0)])
        self.check_opens(self.page(date="2026-06-27"))

    def test_set_aside(self):
        """A payout that a person set aside was not paid."""
        _move, request = self.sent_invoice()
        self.announce(request, amount=30).with_user(self.manager).action_dismiss()
        self.assertEqual(self.as_at("2026-06-17")["paid"], NOTHING)

    def test_part_on_the_bank(self):
        _move, request = self.sent_invoice()
        self.show_on_bank(self.record(request), "2026-06-18", amount=50)
        figures = self.as_at("2026-06-18")
        self.assertEqual(figures["in_transit"], (1, 10))
        self.assertEqual(figures["on_bank"], (1, 50))
        self.assertEqual(figures["balance"], (2, 10))

    def test_environment(self):
        """One environment at a time; production unless another one is chosen."""
        self.sent_invoice()
        pages = self.env["urssaf.month"].with_user(self.accountant)
        month = pages.browse(pages._open()["res_id"])
        self.assertEqual((month.environment, month.date), ("production", date(2026, 6, 17)))
        self.assertFigures(self.figures(month))
        with Form(month) as form:
            form.environment = "simulator"
            self.assertEqual([line["count"] for line in form.line_ids._records][:2], [1, 1])
            form.date = "2026-06-16"
            self.assertEqual([line["count"] for line in form.line_ids._records][:2], [0, 0])
        self.assertFigures(self.figures(month))

    def test_queries(self):
        """Their number does not grow with the requests."""
        _move, request = self.sent_invoice()
        self.record(request)
        month = self.page()
        self.figures(month)
        counts = []
        for copies in (1, 500):
            values = {"state": "refused", "sent_at": datetime.now(), "amount": 60}
            own = ("move_id", "partner_id", "currency_id", "company_id", "environment")
            values |= {name: request[name].id if name != "environment" else request[name] for name in own}
            status = {"code": "40", "date": datetime.now()}
            copied = self.env["urssaf.payment.request"].create(
                [{**values, "number": f"C{copies}-{place}"} for place in range(copies)]
            )
            self.env["urssaf.payment.request.status"].create([{**status, "request_id": one.id} for one in copied])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            figures = self.figures(month)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(figures["refused"], (501, 501 * 60))
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[1], 20)

    def test_nobody_without_the_books(self):
        employee = new_test_user(self.env, "salarie", "base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.page(employee).line_ids.mapped("amount")
        month = self.page()
        colleague = new_test_user(self.env, "autre_comptable", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            month.with_user(colleague).read(["date"])
        with self.assertRaises(AccessError):
            month.write({"line_ids": [Command.clear()]})


@tagged("post_install", "-at_install")
class TestMonthBranch(PageCommon, BranchCommon):
    def test_own_requests(self):
        """A branch's people see their own requests; those of both see both, or one at a time."""
        branch = self.send_from_branch(self.branch_invoice())
        self.sent_invoice()
        self.record(branch)
        agent = self.page(self.agent)
        self.assertFigures(self.figures(agent), sent=(1, 60), paid=(1, 60), recorded=(1, 60))
        both = self.user_of(self.company, "les_deux", "account.group_account_readonly")
        both.company_ids |= self.branch
        money = {"paid": (1, 60), "recorded": (1, 60), "in_transit": (1, 60), "balance": (1, 60)}
        self.assertFigures(self.figures(self.page(both)), sent=(2, 120), expected=(1, 60), **money)
        theirs = self.page(both, company_id=self.branch.id)
        self.assertFigures(self.figures(theirs), sent=(1, 60), paid=(1, 60), recorded=(1, 60))
        agent.company_id = self.company
        self.assertFigures(self.figures(agent), sent=(1, 60), paid=(1, 60), recorded=(1, 60))
        with self.assertRaises(UserError):
            self.figures(self.page(self.agent, company_id=self.env["res.company"].create({"name": "Autre"}).id))

    def test_own_journal(self):
        """Where a branch has a journal of its own, its money in transit is its own."""
        journal = self.env["account.journal"].create(
            {"name": "Banque de l'agence", "code": "BQA", "type": "bank", "company_id": self.branch.id}
        )
        self.branch.urssaf_journal_id = journal
        self.record(self.send_from_branch(self.branch_invoice()))
        self.assertEqual(self.figures(self.page(self.agent))["in_transit"], (1, 60))


@tagged("post_install", "-at_install")
class TestMonthExport(PageCommon, HttpCase):
    def test_spreadsheet(self):
        _move, request = self.sent_invoice()
        self.show_on_bank(self.record(request), "2026-06-17")
        self.check_spreadsheet(self.page())

    def check_spreadsheet(self, month):
        """It has the figures of the page, and a sheet with the records of each, for what they count."""
        self.authenticate("comptable", "comptable")
        answer = self.url_open(month.action_export()["url"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        book = load_workbook(io.BytesIO(answer.content), read_only=True)
        self.assertEqual(len(book.worksheets), 1 + len(month.line_ids))
        rows = list(book.worksheets[0].iter_rows(min_row=7, values_only=True))
        self.assertEqual([row[1:3] for row in rows], [(line.count, line.amount) for line in month.line_ids])
        for sheet, line in zip(book.worksheets[1:], month.line_ids, strict=True):
            rows = list(sheet.iter_rows(min_row=2, values_only=True))
            self.assertEqual((len(rows), sum(row[-1] for row in rows)), (line.count, line.amount), line.key)

    def test_refused(self):
        new_test_user(self.env, "salarie", "base.group_user", company_id=self.company.id)
        self.authenticate("salarie", "salarie")
        self.assertEqual(self.url_open("/avance_immediate/month").status_code, 403)
        self.authenticate("comptable", "comptable")
        self.assertEqual(self.url_open("/avance_immediate/month?date=x&environment=x&company_id=x").status_code, 200)
