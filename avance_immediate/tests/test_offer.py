from lxml import etree

from odoo.tests import Form, new_test_user, tagged

from .common import UrssafCommon

GROUPS = "avance_immediate.group_urssaf_manager,base.group_system,product.group_product_manager"


@tagged("post_install", "-at_install")
class TestOffer(UrssafCommon):
    """Where no company in use can use the avance immédiate, nothing of it is shown; the settings say why."""

    VIEWS = {
        "account.move": (
            "account.view_move_form",
            "account.view_out_invoice_tree",
            "account.view_account_invoice_filter",
        ),
        "res.partner": ("base.view_partner_form", "base.view_partner_tree", "base.view_res_partner_filter"),
        "product.template": ("product.product_template_only_form_view", "product.product_template_tree_view"),
        "product.product": ("product.product_normal_form_view",),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.american = cls.company_of("us", "USD")
        cls.env["account.chart.template"].try_loading("generic_coa", cls.american, install_demo=False)
        companies = cls.company | cls.american
        cls.both = new_test_user(
            cls.env, "both", GROUPS, company_id=cls.american.id, company_ids=[(6, 0, companies.ids)]
        )

    @classmethod
    def company_of(cls, country, currency="EUR", **values):
        currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", currency)])
        currency.active = True
        country = cls.env.ref(f"base.{country}")
        return cls.env["res.company"].create(
            {
                "name": f"{country.name} ({currency.name})",
                "country_id": country.id,
                "currency_id": currency.id,
                **values,
            }
        )

    def shown(self, companies):
        """Return what of ours a user of these companies is shown, by view."""
        found = {}
        for model, views in self.VIEWS.items():
            for xml_id in views:
                view = self.env.ref(xml_id)
                model_in_use = self.env[model].with_user(self.both).with_context(allowed_company_ids=companies.ids)
                arch = etree.fromstring(model_in_use.get_view(view.id, view.type)["arch"])
                found[xml_id] = {
                    node.get("name")
                    for node in arch.xpath("//*[contains(@name, 'urssaf')]")
                    if node.get("invisible") not in ("1", "True") and node.get("column_invisible") not in ("1", "True")
                }
        return found

    def test_not_shown_to_a_company_elsewhere(self):
        self.assertFalse({view: names for view, names in self.shown(self.american).items() if names})

    def test_shown_where_one_of_the_companies_can(self):
        for companies in (self.company, self.company | self.american, self.american | self.company):
            shown = self.shown(companies)
            self.assertIn("action_urssaf_send", shown["account.view_move_form"])
            self.assertIn("urssaf_to_send", shown["account.view_account_invoice_filter"])
            self.assertIn("urssaf", shown["base.view_partner_form"])
            self.assertIn("urssaf_nature_id", shown["product.product_template_only_form_view"])

    def test_invoice_of_a_company_elsewhere(self):
        """Odoo's own form works without what was taken out of it, and its button to pay is there."""
        partner = self.env["res.partner"].create({"name": "Client"})
        moves = self.env["account.move"].with_user(self.both).with_context(allowed_company_ids=self.american.ids)
        with Form(moves.with_context(default_move_type="out_invoice")) as form:
            form.partner_id = partner
            with form.invoice_line_ids.new() as line:
                line.name = "Cleaning"
                line.price_unit = 60
        move = form.save()
        move.action_post()
        self.assertEqual((move.state, move.currency_id.name), ("posted", "USD"))
        self.assertFalse(move.urssaf_is_concerned or move.urssaf_can_send or move.urssaf_worker)
        product = self.env["product.template"].with_user(self.both).with_context(allowed_company_ids=self.american.ids)
        with Form(product) as form:
            form.name = "Cleaning"

    def test_countries(self):
        for country, is_offered in {
            **dict.fromkeys(("fr", "gp", "mq", "gf", "re", "yt"), True),
            **dict.fromkeys(("pf", "nc", "mc", "be"), False),
        }.items():
            with self.subTest(country):
                company = self.company_of(country)
                self.assertEqual(company._urssaf_is_offered(), is_offered)
        # What is in use is never hidden.
        company.urssaf_environment = "simulator"
        self.assertTrue(company._urssaf_is_offered())

    def test_branch_follows_its_root(self):
        branch = self.company_of("be", parent_id=self.company.id)
        self.assertTrue(branch._urssaf_is_offered())

    def settings(self, company):
        settings = self.env["res.config.settings"].with_user(self.both)
        return settings.with_context(allowed_company_ids=company.ids).create({})

    def test_settings_say_why(self):
        settings = self.settings(self.american)
        self.assertFalse(settings.urssaf_is_offered)
        self.assertIn(self.american.country_id.name, settings.urssaf_limits)
        settings.execute()
        self.assertFalse(self.american.urssaf_environment)
        settings = self.settings(self.company)
        self.assertTrue(settings.urssaf_is_offered)
        self.assertFalse(settings.urssaf_limits)

    def test_empty_lists_say_why(self):
        def told(name, companies):
            action = self.env.ref(f"avance_immediate.action_urssaf_{name}").with_context(
                allowed_company_ids=companies.ids
            )
            return action.read(["help", "res_model", "context"])[0]["help"]

        for name in ("payment_request", "registration", "payout"):
            with self.subTest(name):
                self.company.urssaf_environment = "sandbox"
                usual = told(name, self.company)
                self.assertEqual(told(name, self.american | self.company), usual)
                self.assertIn(self.american.name, told(name, self.american))
                self.company.urssaf_environment = False
                self.assertNotIn("Not set up", usual)
                self.assertIn("Not set up", told(name, self.company))

    def test_books_in_another_currency(self):
        french = self.company_of("fr", "CHF")
        self.both.company_ids |= french
        settings = self.settings(french)
        self.assertTrue(settings.urssaf_is_offered)
        self.assertIn("CHF", settings.urssaf_limits)

    def chart_to_load(self, company):
        """Return what Odoo would load for ``company``, in use while our addon and the French chart are installed."""
        modules = self.env["ir.module.module"].with_context(allowed_company_ids=company.ids)
        for name in ("l10n_fr_account", "avance_immediate"):
            module = modules.search([("name", "=", name)])
            module.state = "uninstalled"
            module.state = "installed"
        return vars(self.registry).pop("_auto_install_template", None)

    def test_the_chart_of_others_is_left_alone(self):
        """Installed beside a chart of another country, the French one that comes along is loaded for nobody."""
        self.assertTrue(self.chart_to_load(self.company_of("fr")), "else nothing is tried")
        self.assertFalse(self.chart_to_load(self.american))
        books = ("account.account", "account.journal", "account.tax", "account.fiscal.position", "res.company")
        ours = [("module", "=", "avance_immediate"), ("model", "in", books)]
        self.assertFalse(self.env["ir.model.data"].search(ours), "nothing of ours is added to anybody's books")
