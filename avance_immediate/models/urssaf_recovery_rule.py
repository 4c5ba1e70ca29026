from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import wording

#: Urssaf takes back the whole: with any other code it may be a part, and the API says no amount (docs/api.md §4).
OF_THE_WHOLE = ("110", "111", "113")


class UrssafRecoveryRule(models.Model):
    """What follows, in the books, from what Urssaf says of a request that it had paid: a row a code.

    Common to all companies, but for what is booked by itself.
    """

    _name = "urssaf.recovery.rule"
    _inherit = "urssaf.guarded.mixin"
    _description = "What Urssaf takes back, by status"
    _order = "sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(readonly=True, default=10, aggregator=None)
    code = fields.Char(string="Code at Urssaf", required=True, readonly=True)
    meaning = fields.Char(string="Status at Urssaf", compute="_compute_meaning")
    proposal = fields.Selection(
        [("whole", "The whole"), ("share", "The client's share"), ("nothing", "No amount")],
        string="Amount proposed",
        required=True,
        default="nothing",
        help="What the window proposes to book. The API gives no amount: a person decides.",
    )
    asks = fields.Boolean(
        string="Asks for a decision", readonly=True, help="Somebody decides what is booked. Otherwise it is only told."
    )
    alert = fields.Selection(
        [
            ("decided", "Until it is decided"),
            ("stays", "Until Urssaf says more, or somebody closes the request"),
            ("closes", "Closed by it"),
        ],
        required=True,
        readonly=True,
        default="decided",
    )
    can_be_automatic = fields.Boolean(compute="_compute_can_be_automatic", export_string_translation=False)
    automatic_company_ids = fields.Many2many(
        "res.company", readonly=True, groups=fields.NO_ACCESS, export_string_translation=False
    )
    is_automatic = fields.Boolean(
        string="Booked by itself",
        compute="_compute_is_automatic",
        inverse="_inverse_is_automatic",
        help="In the books of this company, what Urssaf takes back is booked without asking.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "There is a row for this code already.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_meaning(self):
        for rule in self:
            rule.meaning = wording.request_status(self.env, rule.code)

    @api.depends("code", "proposal")
    def _compute_can_be_automatic(self):
        for rule in self:
            rule.can_be_automatic = rule.code in OF_THE_WHOLE and rule.proposal == "whole"

    @api.depends("automatic_company_ids", "can_be_automatic")
    @api.depends_context("company")
    def _compute_is_automatic(self):
        for rule in self:
            rule.is_automatic = rule._is_automatic_in(self.env.company)

    def _inverse_is_automatic(self):
        for rule in self.sudo():
            if rule.is_automatic and not rule.can_be_automatic:
                raise ValidationError(
                    self.env._(
                        "%(code)s: only the whole of a payout is booked by itself, after 110, 111 or 113. Anything "
                        "else is decided by a person.",
                        code=rule.code,
                    )
                )
            companies = rule.automatic_company_ids
            company = self.env.company
            rule.automatic_company_ids = companies | company if rule.is_automatic else companies - company

    def _is_automatic_in(self, company):
        """Tell whether what this status takes back is booked by itself in the books of ``company``."""
        return self.can_be_automatic and company in self.sudo().automatic_company_ids

    @api.model
    def _for_code(self, code):
        """Return the row of a code of Urssaf, or none: nothing is proposed for it."""
        rules = self.sudo()
        return rules.search([("code", "=", code)], limit=1) if code else rules.browse()

    def _proposed(self, payout):
        """Return the amount to propose of a recorded payout, of what is not taken back yet; 0 where none is proposed.

        :param payout: its amounts are in euros
        """
        self.ensure_one()
        if self.proposal == "share":
            return payout._share_left_to_take()
        return payout._left_to_take() if self.proposal == "whole" else 0
