from datetime import date
from urllib.parse import urlencode

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import export, paris, wording
from ..catalogue.month import FIGURES as WORDS
from ..models.urssaf_credentials import ENVIRONMENTS
from ..models.urssaf_month_figures import FIGURES, Figures

#: In the spreadsheet, of the records of a figure.
COLUMNS = {
    "urssaf.payment.request": (
        *("company_id", "number", "partner_id", "invoice_date", "sent_at", "state", "urssaf_status_label"),
        *("urssaf_status_date", "amount", "deposit"),
    ),
    "urssaf.payout": (
        *("company_id", "request_id.number", "partner_id", "date", "amount", "state"),
        *("transfer_id", "visible_payment_id"),
    ),
    "urssaf.recovery": ("company_id", "request_id.number", "partner_id", "date", "meaning", "amount", "state"),
    "account.move.line": (
        *("company_id", "date", "move_id.name", "journal_id", "account_id", "name", "partner_id"),
        *("debit", "credit", "matching_number"),
    ),
}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
#: What a spreadsheet refuses in the title of a sheet, some of it at the end alone.
NOT_IN_TITLES = str.maketrans({**dict.fromkeys("[]:*?/\\", " "), "'": "’"})


class UrssafMonth(models.TransientModel):
    """The accountant's page: where the money of the avance immédiate stood at the end of a day, with its records."""

    _name = "urssaf.month"
    _inherit = "urssaf.guarded.mixin"
    _description = "Month of the avance immédiate"

    date = fields.Date(string="As at", required=True, default=lambda self: paris.today())
    date_from = fields.Date(
        string="Movements since",
        help="What was sent, paid, refused or seen on the bank counts from this day. Empty: from the beginning.",
    )
    environment = fields.Selection(ENVIRONMENTS, required=True, default="production")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
        help="With its branches, as far as you work in them.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("urssaf.month.line", "month_id", string="Figures", readonly=True)
    disagreement_count = fields.Integer(compute="_compute_disagreement_count")

    @api.model
    def _open(self):
        """Return the action that opens the page, as at today."""
        # Sudo: nobody makes its lines by hand. The page is whose it is by its creator.
        month = self.sudo().create({"line_ids": [Command.create({"key": key}) for key in FIGURES]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Closing the month"),
            "res_model": self._name,
            "res_id": month.id,
            "view_mode": "form",
        }

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Closing the month")

    def _companies(self):
        """Return the companies that the page is about: the chosen one and its branches where the user is at work."""
        self.ensure_one()
        below = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.ids)])
        return self.env.companies & below.sudo(False)

    def _figures(self):
        """Return the figures of this page (``Figures``).

        :raise UserError: no day, or a company that the user does not work in
        """
        companies = self._companies()
        if not (self.date and self.environment and companies):
            raise UserError(self.env._("Choose a day, an environment and a company that you work in."))
        return Figures(self.env, companies, self.environment, self.date, self.date_from)

    @api.depends("environment", "company_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_disagreement_count(self):
        for month in self:
            month.disagreement_count = self.env["urssaf.disagreement"].search_count(month._disagreements())

    def _disagreements(self):
        return [
            ("company_id", "in", self._companies().ids),
            ("environment", "in", [self.environment, False]),
            ("solved_at", "=", False),
        ]

    # === SPREADSHEET === #

    @api.model
    def _from_url(self, values):
        """Return a page that is not kept, with ``values`` given as text; those that are none of its own by default.

        :raise AccessError: this user may not open the page
        """
        self.check_access("read")
        environment = values.get("environment")
        own = {str(company.id): company.id for company in self.env.companies}
        return self.new(
            {
                "date": _as_date(values.get("date")) or paris.today(),
                "date_from": _as_date(values.get("date_from")),
                "environment": environment if environment in dict(ENVIRONMENTS) else "production",
                "company_id": own.get(values.get("company_id"), self.env.company.id),
            }
        )

    def _workbook(self):
        """Return the page as a spreadsheet (XLSX, bytes): the figures, then a sheet with the records of each."""
        figures = self._figures()
        totals = figures.totals()
        with export.spreadsheet() as (output, book, formats):
            sheet = book.add_worksheet(self.env._("Figures")[: export.TITLE_SIZE])
            self._write_figures(sheet, totals, formats)
            for place, (key, figure) in enumerate(FIGURES.items(), start=1):
                name = f"{place}. {wording.say(self.env, WORDS[key].name)}".translate(NOT_IN_TITLES)
                amounts = figures.amounts(key)
                export.fill(
                    book.add_worksheet(name[: export.TITLE_SIZE]),
                    # A branch's payment may be shown by a bank of the company above.
                    self.env[figure.model].browse(amounts)._filtered_access("read"),
                    COLUMNS[figure.model],
                    formats,
                    (self.env._("Counted"), amounts),
                )
        return output.getvalue()

    def _write_figures(self, sheet, totals, formats):
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 2, export.COLUMN_WIDTH)
        environments = dict(self._fields["environment"]._description_selection(self.env))
        companies = ", ".join(self._companies().sudo().mapped("name"))
        for line, (title, value) in enumerate(
            [
                (self._fields["date"]._description_string(self.env), self.date),
                (self._fields["date_from"]._description_string(self.env), self.date_from),
                (self._fields["environment"]._description_string(self.env), environments[self.environment]),
                (self._fields["company_id"]._description_string(self.env), companies),
            ]
        ):
            sheet.write_string(line, 0, title, formats["title"])
            if value:
                export.write_cell(sheet, line, 1, value, formats["date"])
        lines = self.env["urssaf.month.line"]
        for place, name in enumerate(("name", "count", "amount", "meaning")):
            sheet.write_string(5, place, lines._fields[name]._description_string(self.env), formats["title"])
        for line, key in enumerate(FIGURES, start=6):
            count, amount = totals[key]
            sheet.write_string(line, 0, wording.say(self.env, WORDS[key].name))
            sheet.write_number(line, 1, count)
            sheet.write_number(line, 2, amount, formats["amount"])
            sheet.write_string(line, 3, wording.say(self.env, WORDS[key].meaning))

    # === ACTIONS === #

    def action_check(self):
        """Look for disagreements now, in the companies of the page; show those there are."""
        self.ensure_one()
        self.check_access("read")
        self.env["urssaf.disagreement"]._check_now(self._companies())
        return self.action_open_disagreements()

    def action_open_disagreements(self):
        """Open what is to be worked through."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("avance_immediate.action_urssaf_disagreement")
        return {**action, "domain": self._disagreements()}

    def action_export(self):
        """Download the page and its records as a spreadsheet."""
        self.ensure_one()
        self.check_access("read")
        values = {"date": self.date, "environment": self.environment, "company_id": self.company_id.id}
        if self.date_from:
            values["date_from"] = self.date_from
        values["company_ids"] = ",".join(map(str, self.env.companies.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/avance_immediate/month?{urlencode(values)}",
            "target": "download",
        }


class UrssafMonthLine(models.TransientModel):
    """One figure of the page. Made with the page; what it says is worked out whenever the page changes."""

    _name = "urssaf.month.line"
    _inherit = "urssaf.guarded.mixin"
    _description = "Figure of the month of the avance immédiate"
    _order = "id"

    month_id = fields.Many2one("urssaf.month", required=True, readonly=True, ondelete="cascade", index=True)
    key = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(string="Figure", compute="_compute_name")
    meaning = fields.Char(string="What it counts", compute="_compute_name")
    count = fields.Integer(string="How many", compute="_compute_amount")
    amount = fields.Monetary(compute="_compute_amount")
    currency_id = fields.Many2one(related="month_id.currency_id")

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            words = WORDS[line.key]
            line.name = wording.say(self.env, words.name)
            line.meaning = wording.say(self.env, words.meaning)

    @api.depends("month_id.date", "month_id.date_from", "month_id.environment", "month_id.company_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_amount(self):
        for month, lines in self.grouped("month_id").items():
            is_complete = month.date and month.environment and month.company_id
            totals = month._figures().totals() if is_complete else {}
            for line in lines:
                line.count, line.amount = totals.get(line.key, (0, 0.0))

    def action_open(self):
        """Open the records of this figure."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": FIGURES[self.key].model,
            "view_mode": "list,form",
            "domain": list(self.month_id._figures().domain(self.key)),
        }


def _as_date(text):
    """Return a day that is written as YYYY-MM-DD, and that a spreadsheet knows; None for anything else."""
    try:
        day = fields.Date.to_date(text) or None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None
