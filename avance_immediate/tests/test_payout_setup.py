from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.orm.model_classes import add_field, pop_field
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..models.res_company_payouts import E_REPORTING, NAME
from .common import UrssafCommon

CHOSEN = ["urssaf_journal_id", "urssaf_outstanding_account_id", "urssaf_partner_id"]


class PayoutSetupCommon(UrssafCommon):
    """A French chart as Odoo makes it, in which another account has the code 511600 already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(dict.fromkeys(CHOSEN, False))
        cls.outstanding_account.name = "Effets divers"
        cls.bank = cls.company_data["default_journal_bank"]
        # May set up Odoo, and has no right of the accounting.
        cls.admin = new_test_user(cls.env, "administrateur", "base.group_system", company_id=cls.company.id)
        cls.branch = cls.env["res.company"].create({"name": "Agence de Lyon", "parent_id": cls.company.id})

    def setUp(self):
        super(UrssafCommon, self).setUp()  # nothing here asks Urssaf: no client, no simulator

    def settings(self, company=None, user=None, **values):
        user = user or self.admin
        user.sudo().company_ids |= company or self.company
        settings = self.env["res.config.settings"].with_user(user).with_company(company or self.company)
        return settings.with_context(allowed_company_ids=(company or self.company).ids).create(values)

    def press(self, company=None, **values):
        action = self.settings(company, **values).action_urssaf_set_up_payouts()
        self.env.invalidate_all()
        return action

    def account(self, code, name="Compte", **values):
        company = values.pop("company", self.company)
        values = {"account_type": "asset_current", "reconcile": True, **values}
        return self.env["account.account"].with_company(company).create({"code": code, "name": name, **values})

    def bank_journal(self, code, company=None, **values):
        company = company or self.company
        return self.env["account.journal"].create(
            {"name": f"Banque {code}", "code": code, "type": "bank", "company_id": company.id, **values}
        )

    def urssaf_methods(self, journal=None):
        return (journal or self.bank).inbound_payment_method_line_ids.filtered(lambda method: method.name == NAME)

    def assertRefused(self, words, company=None, **values):
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            (company or self.company).write(values)


@tagged("post_install", "-at_install")
class TestPayoutSetup(PayoutSetupCommon):
    """One button makes what is missing, and nothing twice."""

    def test_made(self):
        methods = self.bank.inbound_payment_method_line_ids
        kept = [(method.name, method.payment_account_id) for method in methods]
        self.assertEqual(self.press()["tag"], "reload")
        account = self.company.urssaf_outstanding_account_id
        self.assertRecordValues(
            account,
            [
                {
                    "name": NAME,
                    "code": "511601",  # six digits as the chart, and 511600 is another account
                    "account_type": "asset_current",
                    "reconcile": True,
                    "company_ids": self.company.ids,
                }
            ],
        )
        self.assertEqual(self.company.urssaf_journal_id, self.bank)
        self.assertRecordValues(
            self.company.urssaf_partner_id, [{"name": "Urssaf", "is_company": True, "company_id": False}]
        )
        self.assertRecordValues(
            self.bank.inbound_payment_method_line_ids - methods,
            [{"name": NAME, "code": "manual", "payment_account_id": account.id}],
        )
        self.assertEqual([(method.name, method.payment_account_id) for method in methods], kept)
        self.assertIn(self.bank.inbound_payment_method_line_ids[0], methods, "what is proposed for others stays first")
        self.assertFalse(self.company._urssaf_payout_problem())

    def test_first_code(self):
        self.outstanding_account.unlink()
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id.code, "511600")

    def test_digits_of_the_chart(self):
        self.bank.default_account_id.code = "51200100"
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id.code, "51160000")

    def test_code_of_an_archived_account_is_not_taken_again(self):
        self.account("511601", active=False)
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id.code, "511602")

    def made(self):
        return [
            self.env[name].with_context(active_test=False).search_count([])
            for name in ("account.account", "account.payment.method.line", "res.partner", "account.journal")
        ]

    def test_twice(self):
        self.press()
        made = self.made()
        chosen = self.company.read(CHOSEN)
        self.press()
        self.assertEqual((self.made(), self.company.read(CHOSEN)), (made, chosen))

    def test_found_again(self):
        """Who empties the fields, or enters others, has nothing made twice by the button."""
        self.press()
        made, chosen = self.made(), self.company.read(CHOSEN)
        self.company.write(dict.fromkeys(CHOSEN, False))
        self.press()
        self.assertEqual((self.made(), self.company.read(CHOSEN)), (made, chosen))

    def test_what_was_chosen_is_kept(self):
        other = self.env["account.account"].search([("code", "=", "467000")])
        partner = self.env["res.partner"].create({"name": "Urssaf Rhône-Alpes"})
        journal = self.bank_journal("BQ2")
        chosen = {"urssaf_journal_id": journal.id, "urssaf_outstanding_account_id": other.id}
        self.press(**chosen, urssaf_partner_id=partner.id)
        self.assertRecordValues(self.company, [{**chosen, "urssaf_partner_id": partner.id}])
        self.assertEqual(self.urssaf_methods(journal).payment_account_id, other)
        self.assertFalse(self.urssaf_methods())

    def test_other_account_afterwards(self):
        """The payment method follows, where the button is pressed again."""
        self.press()
        other = self.env["account.account"].search([("code", "=", "467000")])
        self.press(urssaf_outstanding_account_id=other.id)
        self.assertEqual(self.company.urssaf_outstanding_account_id, other)
        self.assertEqual(self.urssaf_methods().payment_account_id, other)

    def test_made_by_hand(self):
        """What the administrator made, as former texts said, and a contact in capitals."""
        account = self.account("511900", "Urssaf – avance immédiate à encaisser")
        partner = self.env["res.partner"].create({"name": "URSSAF", "is_company": True})
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id, account)
        self.assertEqual(self.company.urssaf_partner_id, partner)

    def test_not_everything_called_urssaf(self):
        self.account("431500", "Urssaf", account_type="liability_current")
        self.account("511900", "Urssaf", reconcile=False)
        other = self.env["res.company"].create({"name": "Autre"})
        people = self.env["res.partner"].create(
            [
                {"name": "Urssaf"},
                {"name": "Urssaf", "is_company": True, "company_id": other.id},
                {"name": "Urssaf Paris", "is_company": True},
            ]
        )
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id.code, "511601")
        self.assertNotIn(self.company.urssaf_partner_id, people)

    def test_unfit_account_is_replaced(self):
        self.press()
        account = self.company.urssaf_outstanding_account_id
        account.reconcile = False
        self.assertIn("reconciliation", self.settings().urssaf_payout_problem)
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id.code, "511602")
        self.assertFalse(self.settings().urssaf_payout_problem)

    def test_no_incoming_method(self):
        self.bank.inbound_payment_method_line_ids.unlink()
        self.company.write(
            {"urssaf_journal_id": self.bank.id, "urssaf_outstanding_account_id": self.account("511900").id}
        )
        self.assertIn("no incoming payment method", self.company._urssaf_payout_problem())
        self.press()
        self.assertEqual(self.bank.inbound_payment_method_line_ids, self.urssaf_methods())
        self.assertFalse(self.company._urssaf_payout_problem())

    def test_which_journal(self):
        with self.assertRaisesRegex(UserError, "no bank journal"), self.cr.savepoint():
            self.bank.currency_id = self.env.ref("base.USD")
            self.press()
        journal = self.bank_journal("BQ2")
        with self.assertRaisesRegex(UserError, "several bank journals"), self.cr.savepoint():
            self.press()
        self.assertFalse(self.company.urssaf_outstanding_account_id, "all or nothing")
        self.press(urssaf_journal_id=journal.id)
        self.assertEqual(self.company.urssaf_journal_id, journal)

    def test_elsewhere(self):
        belgian = self.env["res.company"].create({"name": "Bruxelles", "country_id": self.env.ref("base.be").id})
        settings = self.settings(belgian)
        with self.assertRaisesRegex(UserError, "Belgium"):
            settings.action_urssaf_set_up_payouts()

    def test_who_may(self):
        """Neither an accountant, nor a manager of the avance immédiate."""
        settings = self.settings()
        for groups in ("account.group_account_manager", "avance_immediate.group_urssaf_manager"):
            user = new_test_user(self.env, groups, groups, company_id=self.company.id)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                settings.with_user(user).action_urssaf_set_up_payouts()
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self.company.with_user(user).urssaf_payment_mode = "payout"
        self.assertFalse(self.company.urssaf_outstanding_account_id)

    def test_defaults_of_the_context_change_nothing(self):
        """The booking asks for the contact as well, with whatever context it has."""
        self.company.with_context(default_company_id=self.company.id, default_parent_id=1)._urssaf_partner()
        self.assertRecordValues(self.company.urssaf_partner_id, [{"company_id": False, "parent_id": False}])

    def test_updating_keeps_what_was_made(self):
        self.press()
        own = self.env["ir.model.data"].search([("module", "=", "avance_immediate"), ("name", "=like", "made\\_%")])
        self.assertEqual(
            {(known.model, known.res_id) for known in own},
            {
                ("account.account", self.company.urssaf_outstanding_account_id.id),
                ("account.payment.method.line", self.urssaf_methods().id),
                ("res.partner", self.company.urssaf_partner_id.id),
            },
        )
        self.assertTrue(all(own.mapped("noupdate")))


@tagged("post_install", "-at_install")
class TestPayoutAccount(PayoutSetupCommon):
    """An account that cannot serve is refused, with the repair."""

    def test_unfit(self):
        other = self.env["res.company"].create({"name": "Autre"})
        suspense = self.bank.suspense_account_id
        self.assertEqual((suspense.code, suspense.reconcile), ("471000", True), "it looks as if it were made for this")
        for words, account in (
            ("Bank and Cash", self.account("511301", account_type="asset_cash")),
            ("Bank and Cash", self.bank.default_account_id),
            ("does not allow reconciliation", self.account("511901", reconcile=False)),
            ("neither Current Assets", self.account("411901", account_type="asset_receivable")),
            ("archived", self.account("511902", active=False)),
            ("other companies", self.account("511903", company=other)),
            ("bank statements use it", suspense),
        ):
            with self.subTest(words):
                self.assertRefused(f"{words}.*“Create what is missing”", urssaf_outstanding_account_id=account.id)
        for code, kind in (("511904", "asset_current"), ("467100", "liability_current")):
            self.company.urssaf_outstanding_account_id = self.account(code, account_type=kind)

    def test_refused_in_the_settings(self):
        account = self.account("511301", account_type="asset_cash")
        with self.assertRaisesRegex(ValidationError, "Bank and Cash"):
            self.settings(urssaf_outstanding_account_id=account.id)

    def test_other_settings_are_saved_all_the_same(self):
        """What was chosen before the rule, and is shown with a warning, stops no administrator of something else."""
        account = self.account("511900")
        self.company.write({"urssaf_journal_id": self.bank.id, "urssaf_outstanding_account_id": account.id})
        account.reconcile = False
        self.settings(urssaf_outstanding_account_id=account.id, urssaf_journal_id=self.bank.id).execute()
        self.assertEqual(self.company.urssaf_outstanding_account_id, account)

    def test_foreign_contact_and_journal(self):
        other = self.env["res.company"].create({"name": "Autre"})
        partner = self.env["res.partner"].create({"name": "Urssaf", "company_id": other.id})
        self.assertRefused("contact that all companies share", urssaf_partner_id=partner.id)
        self.assertRefused("belongs to Agence", urssaf_journal_id=self.bank_journal("BQL", self.branch).id)
        self.branch.urssaf_journal_id = self.bank

    def test_offered(self):
        """Of a hundred accounts of the type, those that make sense: not "Compte d'attente", not what one owes."""
        self.press()
        self.account("431500", "Urssaf", account_type="liability_current")
        own = self.account("438700", "Divers")
        named = self.account("478900", "URSSAF en attente")
        offered = self.offered(self.company)
        chosen = self.company.urssaf_outstanding_account_id
        self.assertLessEqual({"467000", "511200", "478900", chosen.code}, set(offered.mapped("code")))
        self.assertFalse({"471000", "472000", "473000", "431500"} & set(offered.mapped("code")))
        self.assertNotIn(own, offered)
        self.assertIn(named, self.offered(self.branch), "a branch has the accounts of its root")

    def offered(self, company):
        """Return the accounts that the settings of a company propose."""
        view = self.env["res.config.settings"].get_view(
            self.env.ref("account.res_config_settings_view_form").id, "form"
        )
        [field] = etree.fromstring(view["arch"]).xpath("//field[@name='urssaf_outstanding_account_id']")
        domain = safe_eval(field.get("domain"), {"company_id": company.id})
        return self.env["account.account"].with_company(company).search(domain)


@tagged("post_install", "-at_install")
class TestPayoutBranch(PayoutSetupCommon):
    """Which journal and account hold: the nearest upward."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.env["res.company"].create({"name": "Guichet", "parent_id": cls.branch.id})

    def test_nearest_upward(self):
        self.assertEqual([len(part) for part in self.desk._urssaf_payout_journal()], [0, 0])
        self.assertIn("missing", self.desk._urssaf_payout_problem())
        self.press()
        account = self.company.urssaf_outstanding_account_id
        self.assertEqual(self.desk._urssaf_payout_journal(), (self.bank, account))
        journal, own = self.bank_journal("BQL", self.branch), self.account("511900")
        self.branch.urssaf_journal_id = journal
        self.assertEqual(self.desk._urssaf_payout_journal(), (journal, account))
        self.assertEqual(self.company._urssaf_payout_journal(), (self.bank, account))
        self.branch.urssaf_outstanding_account_id = own
        self.assertEqual(self.desk._urssaf_payout_journal(), (journal, own))
        self.desk.urssaf_journal_id = self.bank
        self.assertEqual(self.desk._urssaf_payout_journal(), (self.bank, own))
        self.assertFalse(self.desk._urssaf_payout_problem())

    def test_account_that_the_books_cannot_use(self):
        """An account of the branch alone does not go into the books of its company."""
        self.press()
        own = self.account("511900", company=self.branch, company_ids=[Command.set(self.branch.ids)])
        self.branch.urssaf_outstanding_account_id = own
        self.assertEqual(self.branch._urssaf_payout_journal(), (self.bank, self.company.urssaf_outstanding_account_id))

    def test_button_of_a_branch(self):
        """The account is that of all branches of the root; journal and payment method are the branch's."""
        with self.assertRaisesRegex(UserError, "A branch may do without"), self.cr.savepoint():
            self.press(self.branch)
        journal = self.bank_journal("BQL", self.branch)
        self.press(self.branch)
        account = self.branch.urssaf_outstanding_account_id
        self.assertEqual((self.branch.urssaf_journal_id, account.company_ids), (journal, self.company))
        self.assertEqual(self.urssaf_methods(journal).payment_account_id, account)
        self.press()
        self.assertEqual(self.company.urssaf_outstanding_account_id, account)
        self.assertEqual(self.company.urssaf_partner_id, self.branch.urssaf_partner_id)

    def test_partner(self):
        partner = self.desk._urssaf_partner()
        self.assertEqual(self.desk.urssaf_partner_id, partner)
        self.assertEqual(self.company._urssaf_partner(), partner, "found again")
        own = self.env["res.partner"].create({"name": "Urssaf Rhône-Alpes"})
        self.company.urssaf_partner_id = own
        self.assertEqual(self.branch._urssaf_partner(), own)
        own.active = False
        self.assertEqual(self.branch._urssaf_partner(), own)

    def test_payment_method(self):
        self.press()
        account = self.company.urssaf_outstanding_account_id
        self.assertEqual(self.company._urssaf_payment_method_line(self.bank, account), self.urssaf_methods())
        first = self.bank.inbound_payment_method_line_ids[0]
        self.assertEqual(self.company._urssaf_payment_method_line(self.bank, self.account("511900")), first)

    def test_what_waits_below_is_tried_again(self):
        """A branch of a branch waited for the journal of the company above them all."""
        tried = []
        with patch.object(type(self.env["urssaf.payout"]), "_retry_waiting", lambda model, found: tried.append(found)):
            self.company.urssaf_journal_id = self.bank
        self.assertEqual(tried, [self.company | self.branch | self.desk])


@tagged("post_install", "-at_install")
class TestPaymentMode(PayoutSetupCommon):
    """One payment a transfer, unless somebody chose otherwise or Odoo's e-reporting is active."""

    def stub_e_reporting(self):
        """Add the field of Odoo's e-reporting, which is not installed here; return the companies that report."""
        reporting = set()

        class Reports(fields.Boolean):
            def __get__(self, record, owner=None):
                return self if record is None else record.id in reporting

        companies = self.registry["res.company"]
        field = Reports(store=False)
        setattr(companies, E_REPORTING, field)
        add_field(companies, E_REPORTING, field)
        self.addCleanup(pop_field, companies, E_REPORTING)
        return reporting

    def test_chosen(self):
        self.assertEqual((self.company.urssaf_payment_mode, self.branch.urssaf_payment_mode), ("transfer",) * 2)
        self.assertFalse(self.company._urssaf_pays_one_by_one())
        self.settings(urssaf_payment_mode="payout").execute()
        self.assertTrue(self.company._urssaf_pays_one_by_one())
        self.assertFalse(self.branch._urssaf_pays_one_by_one(), "in the books of each company")

    def test_e_reporting(self):
        self.assertNotIn(E_REPORTING, self.company._fields, "Odoo's addon is here: test with it")
        reporting = self.stub_e_reporting()
        self.assertFalse(self.company._urssaf_pays_one_by_one())
        reporting.add(self.branch.id)
        self.assertTrue(self.branch._urssaf_pays_one_by_one())
        self.assertFalse(self.company._urssaf_pays_one_by_one())
        reporting.clear()
        reporting.add(self.company.id)
        self.assertTrue(self.branch._urssaf_pays_one_by_one(), "reported by the root")
        self.assertTrue(self.settings().urssaf_reports_payments)
        self.assertEqual(self.company.urssaf_payment_mode, "transfer", "what was chosen comes back with its end")
        reporting.clear()
        self.assertFalse(self.settings().urssaf_reports_payments)
