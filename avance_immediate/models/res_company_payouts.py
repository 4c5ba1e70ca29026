from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import clean_context

#: How the account and the payment method that the set-up makes are called: French accounts have French names.
NAME = "Urssaf, avance immédiate"
PARTNER_NAME = "Urssaf"
#: In the French chart (PCG): values to be cashed. 5116 is one that it leaves free.
ACCOUNT_PREFIX = "511"
NEW_ACCOUNT = "5116"
#: With "Bank and Cash" (asset_cash), Odoo takes a payment for shown by the bank as soon as it is posted. A receivable
#: or payable account could not be told from those of the clients in one entry.
ACCOUNT_TYPES = ("asset_current", "liability_current")
#: Odoo's own e-reporting of payments to the French administration (l10n_fr_pdp), where it is installed.
E_REPORTING = "l10n_fr_f10_enable_reporting"


class ResCompany(models.Model):
    """Where the payouts of a company go in the books, and how what a chart lacks for them is made."""

    _inherit = "res.company"

    urssaf_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of the payouts",
        groups="base.group_user",
        copy=False,
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', 'parent_of', id)]",
        help="The payouts of Urssaf are recorded as payments in this journal.",
    )
    urssaf_outstanding_account_id = fields.Many2one(
        "account.account",
        string="Account of Urssaf's transfers on their way",
        groups="base.group_user",
        copy=False,
        help="Debited when a payout is recorded, credited when the bank statement shows Urssaf's transfer: its balance "
        "is what Urssaf has announced and the bank has not shown yet.",
    )
    urssaf_partner_id = fields.Many2one(
        "res.partner",
        string="Urssaf as a contact",
        groups="base.group_user",
        copy=False,
        help="Named on the payments that record Urssaf's transfers, which helps to find them on the bank statement. "
        "Empty: the contact “Urssaf” is found, or created, with the first payment.",
    )
    urssaf_payment_mode = fields.Selection(
        [("transfer", "One payment for each transfer"), ("payout", "One payment for each invoice")],
        string="Payments that record Urssaf's transfers",
        default="transfer",
        groups="base.group_user",
        copy=False,
        help="Urssaf pays many invoices with one transfer. One payment for each transfer looks like the bank "
        "statement, and its invoices are matched one by one all the same.",
    )

    # === WHAT HOLDS === #

    def _urssaf_upward(self):
        """Return this company, then those above it: the nearest first, the root last."""
        self.ensure_one()
        return self.browse(reversed(self.sudo().with_context(active_test=False).parent_ids.ids))

    def _urssaf_payout_journal(self):
        """Return where the payouts of this company's invoices are recorded.

        Each of the two is the one that the company has chosen, else the nearest company above it: so that of the holder
        of its credentials, whose bank shows the transfers, where no branch below has one. The books are those of the
        journal's company; an account that these cannot use is passed over.

        :return: (journal, outstanding account), with the rights of the system; either may be empty
        """
        upward = self.sudo()._urssaf_upward()
        journal = upward.urssaf_journal_id[:1]
        accounts = upward.urssaf_outstanding_account_id
        if journal:
            accounts = accounts.filtered(lambda account: journal.company_id._urssaf_may_use(account.company_ids))
        return journal, accounts[:1]

    def _urssaf_payment_method_line(self, journal, account):
        """Return the payment method of a journal that payouts are recorded with: the one made for them, or the first.

        :param account: the outstanding account
        """
        methods = journal.inbound_payment_method_line_ids
        own = methods.filtered(lambda method: method.code == "manual" and method.payment_account_id == account)
        return (own or methods)[:1]

    def _urssaf_partner(self):
        """Return the contact that stands for Urssaf in the books of this company, found or created if need be.

        It is shared by all companies, as Urssaf is: another company finds it again.

        :return: one ``res.partner``, with the rights of the system
        """
        self.ensure_one()
        company = self.sudo()
        if not (partner := company._urssaf_upward().urssaf_partner_id[:1]):
            partner = company.urssaf_partner_id = company._urssaf_find_partner() or company._urssaf_make_partner()
        return partner

    def _urssaf_nameable(self, partner):
        """Return a contact where the books of this company may name it: not one that belongs to a branch alone."""
        owner = partner.sudo().company_id
        return partner if not owner or owner in self._urssaf_upward() else partner.browse()

    def _urssaf_pays_one_by_one(self):
        """Tell whether, in the books of this company, each payout is a payment of its own."""
        self.ensure_one()
        return self.sudo().urssaf_payment_mode == "payout" or self._urssaf_reports_payments()

    def _urssaf_reports_payments(self):
        """Tell whether Odoo reports the payments of this company, or of one above it, to the administration.

        It corrects what it reported of a payment only when that one pays no invoice any more: what Urssaf takes back of
        one invoice among many would never be reported.
        """
        self.ensure_one()
        return E_REPORTING in self._fields and any(company[E_REPORTING] for company in self.sudo()._urssaf_upward())

    # === WHAT IS WRONG WITH IT === #

    def _urssaf_payout_problem(self):
        """Return why payouts of this company's invoices cannot be recorded, and the repair, in words; or None."""
        journal, account = self._urssaf_payout_journal()
        if not journal or not account:
            return self.env._(
                "The journal or the account of Urssaf's transfers is missing. An administrator chooses them in the "
                "settings of the invoicing, section Avance immédiate, or has them made there."
            )
        if not journal.active:
            return self.env._(
                "The journal %(journal)s, of Urssaf's transfers, is archived. Choose another one in the settings of "
                "the invoicing, section Avance immédiate.",
                journal=journal.name,
            )
        if not journal.inbound_payment_method_line_ids:
            return self.env._(
                "The journal %(journal)s has no incoming payment method. In the settings of the invoicing, section "
                "Avance immédiate, “Create what is missing” adds one.",
                journal=journal.name,
            )
        books = journal.company_id
        return books._urssaf_currency_problem(journal) or books._urssaf_account_problem(account)

    def _urssaf_currency_problem(self, journal):
        """Return why the euros of Urssaf cannot go into the books of this company, in a journal; or None."""
        self.ensure_one()
        currency = self.sudo().currency_id
        if currency.name != "EUR":
            return self.env._(
                "%(company)s keeps its books in %(currency)s, and Urssaf pays and takes back euros: an entry of so "
                "many %(currency)s would be wrong. Enter what the bank shows by hand, at the rate of the day.",
                company=self.name,
                currency=currency.name,
            )
        if (currency := journal.sudo().currency_id or currency).name != "EUR":
            return self.env._(
                "The journal %(journal)s is kept in %(currency)s, and Urssaf pays and takes back euros. Choose the "
                "journal of an account in euros in the settings of the invoicing, section Avance immédiate.",
                journal=journal.name,
                currency=currency.name,
            )
        return None

    def _urssaf_account_problem(self, account):
        """Return why payouts in the books of this company cannot go through an account, and the repair; or None."""
        self.ensure_one()
        account = account.sudo().with_company(self)
        if not (reason := self._urssaf_account_fault(account)):
            return None
        return self.env._(
            "%(account)s cannot take Urssaf's transfers: %(reason)s Choose a reconcilable account 511 (current assets) "
            "or 467 in the settings of the invoicing, section Avance immédiate, or empty the field and press “Create "
            "what is missing” there.",
            account=f"{account.code or ''} {account.name}".strip(),  # Odoo hides codes from who is no accountant
            reason=reason,
        )

    def _urssaf_account_fault(self, account):
        if not self._urssaf_may_use(account.company_ids):
            return self.env._("it belongs to other companies.")
        if not account.active:
            return self.env._("it is archived.")
        if account.currency_id.name not in (False, "EUR"):
            return self.env._("it takes entries in %(currency)s only.", currency=account.currency_id.name)
        if account.account_type == "asset_cash":
            return self.env._(
                "its type is Bank and Cash, so that Odoo would take a payment for received as soon as it is posted."
            )
        if account.account_type not in ACCOUNT_TYPES:
            return self.env._("its type is neither Current Assets nor Current Liabilities.")
        if not account.reconcile:
            return self.env._("it does not allow reconciliation, so that the bank's line could not be matched.")
        if account in self._urssaf_suspense_accounts():
            return self.env._("bank statements use it for what is not matched yet, and the two would be mixed up.")
        return None

    def _urssaf_suspense_accounts(self):
        """Return the accounts on which the bank statements of this company's group wait to be matched."""
        companies = self.sudo().root_id
        journals = self.env["account.journal"].sudo().search([("company_id", "child_of", companies.ids)])
        return companies.account_journal_suspense_account_id | journals.suspense_account_id

    def _urssaf_may_use(self, owners):
        """Tell whether the books of this company use what belongs to ``owners``: to it, or to a company above it."""
        return bool(owners & self._urssaf_upward())

    def _urssaf_refuse_unfit(self, name):
        """Refuse what this company has just chosen in the field ``name``, where it cannot serve.

        :raise ValidationError: with the repair
        """
        self.ensure_one()
        if problem := self[name] and self._urssaf_why_unfit(name):
            raise ValidationError(problem)

    def _urssaf_why_unfit(self, name):
        chosen = self[name]
        if name == "urssaf_outstanding_account_id":
            return self._urssaf_account_problem(chosen)
        if chosen.company_id and not self._urssaf_may_use(chosen.company_id):
            return self.env._(
                "%(chosen)s belongs to %(owner)s. Choose one that %(company)s may use: its own, one of a company "
                "above it, or a contact that all companies share.",
                chosen=chosen.display_name,
                owner=chosen.company_id.name,
                company=self.name,
            )
        return None

    # === SET UP BY ITSELF === #

    def _urssaf_set_up_payouts(self):
        """Make what this company lacks to record payouts, and choose it: account, payment method, contact.

        What is there and serves is kept, what was made before is found again. With the rights of the system: who calls
        this checks those of the user.

        :raise UserError: no bank journal can be told to be the one
        """
        self.ensure_one()
        (self | self.root_id).lock_for_update(allow_referencing=True)
        company = self.sudo().with_context(clean_context(self.env.context)).with_company(self)
        journal = company.urssaf_journal_id or company._urssaf_only_bank_journal()
        books = journal.company_id
        account = company._urssaf_upward().urssaf_outstanding_account_id.filtered(
            lambda account: not books._urssaf_account_problem(account)
        )[:1]
        account = account or books._urssaf_find_account() or books._urssaf_make_account(journal)
        company._urssaf_give_payment_method(journal, account)
        chosen = {
            "urssaf_journal_id": journal.id,
            "urssaf_outstanding_account_id": account.id,
            "urssaf_partner_id": company._urssaf_partner().id,
        }
        company.write({name: value for name, value in chosen.items() if company[name].id != value})

    def _urssaf_only_bank_journal(self):
        """Return the bank journal of this company that takes euros.

        :raise UserError: there is none, or a person must choose among several
        """
        euro = self.env.ref("base.EUR")
        journals = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.id)])
        journals = journals.filtered(lambda journal: (journal.currency_id or self.currency_id) == euro)
        if not journals:
            raise UserError(
                self.env._(
                    "%(company)s has no bank journal in euros. Create one in Invoicing, Configuration, Journals. A "
                    "branch may do without: the company above then records its payouts.",
                    company=self.name,
                )
            )
        if len(journals) > 1:
            raise UserError(
                self.env._(
                    "%(company)s has several bank journals. Choose the one of the account that Urssaf pays to, then "
                    "press the button again.",
                    company=self.name,
                )
            )
        return journals

    def _urssaf_find_account(self):
        """Return an account 511 of Urssaf's that these books can use: made before, or by hand."""
        accounts = self.env["account.account"].with_company(self.root_id)
        found = accounts.search(
            [
                *accounts._check_company_domain(self),
                ("code", "=like", f"{ACCOUNT_PREFIX}%"),
                ("name", "ilike", PARTNER_NAME),
            ],
            order="code, id",
        )
        return found.filtered(lambda account: not self._urssaf_account_problem(account))[:1]

    def _urssaf_make_account(self, journal):
        """Make the account for all companies of this group, with as many digits as that of the bank has."""
        root = self.root_id
        accounts = self.env["account.account"].with_company(root).with_context(active_test=False)
        digits = len(journal.default_account_id.with_company(root).code or "") or 6
        code = accounts._search_new_account_code(NEW_ACCOUNT.ljust(digits, "0"), cache=set())
        values = {"name": NAME, "code": code, "account_type": "asset_current", "reconcile": True}
        return self._urssaf_sign(accounts.create({**values, "company_ids": [Command.set(root.ids)]}))

    def _urssaf_give_payment_method(self, journal, account):
        """Give a journal a payment method of its own for payouts: those of the clients' payments keep their account."""
        methods = journal.inbound_payment_method_line_ids.filtered(lambda method: method.code == "manual")
        if methods.filtered(lambda method: method.payment_account_id == account):
            return
        if own := methods.filtered(lambda method: method.name == NAME)[:1]:
            own.payment_account_id = account
            return
        self._urssaf_sign(
            self.env["account.payment.method.line"].create(
                {
                    "name": NAME,
                    "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                    "journal_id": journal.id,
                    "payment_account_id": account.id,
                    "sequence": 100,  # after those that are proposed for other payments
                }
            )
        )

    def _urssaf_find_partner(self):
        owners = [False, *self._urssaf_upward().ids]
        domain = Domain("is_company", "=", True) & Domain("parent_id", "=", False) & Domain("company_id", "in", owners)
        return self.env["res.partner"].search(domain & Domain("name", "=ilike", PARTNER_NAME), order="id", limit=1)

    def _urssaf_make_partner(self):
        partners = self.env["res.partner"].with_context(clean_context(self.env.context))
        country = self.env.ref("base.fr").id
        return self._urssaf_sign(partners.create({"name": PARTNER_NAME, "is_company": True, "country_id": country}))

    @api.model
    def _urssaf_sign(self, record):
        """Note that this addon made ``record``: uninstalling takes it away unless entries use it, updating does not."""
        xml_id = f"avance_immediate.made_{record._table}_{record.id}"
        self.env["ir.model.data"]._update_xmlids([{"xml_id": xml_id, "record": record, "noupdate": True}])
        return record
