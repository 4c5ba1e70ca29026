"""Branches use the environment, the credentials and the SAP number of the nearest company above them."""

from psycopg2.extras import Json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .branch import BranchCommon, BranchRpcCommon
from .common import CONTACT

FOLDER = "avance_immediate/migrations/19.0.1.3.0"
HELD = ("urssaf_registration", "urssaf_payment_request", "urssaf_payout", "urssaf_exchange")
UNIQUE = {
    "urssaf_registration": {"partner_id, holder_id, environment", "holder_id, environment, id_client"},
    "urssaf_payment_request": {"holder_id, environment, number", "holder_id, environment, id_request"},
}


@tagged("post_install", "-at_install")
class TestHolder(BranchCommon):
    """Whose credentials a record goes with: found once, from then on kept."""

    def test_nearest_company_above(self):
        small = self.env["res.company"].create({"name": "Bureau", "parent_id": self.branch.id})
        other = self.env["res.company"].create({"name": "Autre"})
        self.assertEqual((small | self.branch | self.company).urssaf_holder_id, self.company)
        self.assertFalse(other.urssaf_holder_id)
        self.branch.urssaf_environment = "sandbox"
        self.assertEqual(small.urssaf_holder_id, self.branch)
        self.assertEqual(self.company.urssaf_holder_id, self.company)
        self.branch.urssaf_environment = False
        self.assertEqual(small.urssaf_holder_id, self.company)

    def test_settings_say_whose(self):
        admin = self.user_of(self.branch, "agence_admin", "base.group_system")
        settings = self.as_agent(self.env["res.config.settings"], admin).create({})
        [shown] = settings.read(["urssaf_upper_holder_id", "urssaf_is_branch", "urssaf_client_id"])
        self.assertEqual(shown["urssaf_upper_holder_id"], (self.company.id, self.company.name))
        self.assertTrue(shown["urssaf_is_branch"])
        self.assertFalse(shown["urssaf_client_id"], "the credentials themselves stay with the company above")
        settings.urssaf_environment = "sandbox"
        self.assertFalse(settings.urssaf_is_branch)
        with self.assertRaises(UserError, msg="nothing is asked with the credentials of another company"):
            settings.action_urssaf_test_connection()

    def test_never_changed(self):
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request.with_user(self.user).action_refresh()
        exchange = self.env["urssaf.exchange"].search([], limit=1)
        for record in (self.registration, request, request.payout_ids, exchange):
            with self.subTest(model=record._name), self.assertRaises(UserError):
                record.holder_id = self.branch

    def test_itself_or_above(self):
        values = {"company_id": self.branch.id, "environment": "simulator", "operation": "status"}
        other = self.env["res.company"].create({"name": "Autre"})
        for holder in (other, self.env["res.company"].create({"name": "Dessous", "parent_id": self.branch.id})):
            with self.assertRaises(ValidationError):
                self.env["urssaf.exchange"].create({**values, "holder_id": holder.id})

    def test_taken_and_dropped(self):
        """What is under way stays with the credentials it went with."""
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        queued = self.as_agent(self.branch_invoice())._urssaf_queue(trigger=False).with_env(self.env)
        self.assertEqual((request | queued).holder_id, self.company)
        self.own_credentials(self.branch)
        self.assertFalse(queued.is_other_environment)
        self.run_cron("send")
        self.assertEqual(queued.state, "sent", queued.problems)
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        self.as_agent(request).action_refresh()
        self.assertEqual(request.state, "refused")
        self.assertEqual((request | queued).holder_id, self.company)
        self.assertEqual(self.env["urssaf.exchange"].search([]).holder_id, self.company)
        # The branch's own client, then without the environment again.
        client = self.create_client(name="Paul Durand", email="paul@example.com")
        registration = self.asked_by_branch(client, bank_holder="M Paul Durand")
        self.assertEqual((registration.holder_id, registration.company_id), (self.branch, self.branch))
        self.branch.urssaf_environment = False
        self.assertTrue(registration.is_other_environment)
        self.assertEqual(registration.holder_id, self.branch)
        self.assertEqual(self.branch_invoice().urssaf_registration_id, self.registration)

    def test_rejected_under_former_credentials(self):
        move, withdrawn = self.branch_invoice(), self.branch_invoice()
        for each in (move, withdrawn):
            self.as_agent(each)._urssaf_queue(trigger=False)
        self.as_agent(withdrawn).action_urssaf_withdraw()
        move.urssaf_request_id._rejected([])
        self.own_credentials(self.branch)
        client = self.asked_by_branch(self.client)
        client._set_state("to_register")
        client._set_state("waiting", id_client="a" * 36)
        client._set_state("active", active_since="2026-05-01 00:00:00")
        self.assertIn("former_holder", [problem["code"] for problem in move._urssaf_problems()])
        self.assertEqual(withdrawn._urssaf_problems(), [])
        request = self.as_agent(withdrawn)._urssaf_queue(trigger=False).with_env(self.env)
        self.assertEqual((request.holder_id, withdrawn.urssaf_request_ids), (self.branch, request))


@tagged("post_install", "-at_install")
class TestHolderMigration(BranchCommon):
    def unique_indexes(self, table):
        self.cr.execute(
            "SELECT substring(indexdef FROM '[(]([^)]*)[)]') FROM pg_indexes"
            " WHERE tablename = %s AND indexdef LIKE 'CREATE UNIQUE%%'",
            [table],
        )
        return {columns for (columns,) in self.cr.fetchall()}

    def migrate(self, step, name="holder"):
        load_script(file_path(f"{FOLDER}/{step}-{name}.py"), f"migration_{step}").migrate(self.cr, "19.0.1.2.0")

    def test_unique_indexes(self):
        for table, expected in UNIQUE.items():
            with self.subTest(table=table):
                found = self.unique_indexes(table)
                self.assertLessEqual(expected, found)
                self.assertFalse([columns for columns in found if "company_id" in columns])

    def test_every_row_has_its_holder(self):
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request.with_user(self.user).action_refresh()
        self.env.flush_all()
        for table in HELD:
            self.cr.execute(f"ALTER TABLE {table} DROP COLUMN holder_id")
        self.cr.execute(
            """
            ALTER TABLE urssaf_registration ADD CONSTRAINT urssaf_registration_partner_company_environment_unique
                UNIQUE (partner_id, company_id, environment);
            CREATE UNIQUE INDEX urssaf_payment_request_number_unique
                ON urssaf_payment_request (company_id, environment, number) WHERE number IS NOT NULL
            """
        )
        for _again in range(2):
            self.migrate("pre")
            for table in HELD:
                self.cr.execute(f"SELECT count(*), count(*) FILTER (WHERE holder_id = company_id) FROM {table}")
                rows, right = self.cr.fetchone()
                self.assertTrue(rows)
                self.assertEqual(rows, right, table)
        for table in UNIQUE:
            self.assertFalse([columns for columns in self.unique_indexes(table) if "company_id" in columns])

    def test_rules(self):
        names = ("urssaf_registration", "urssaf_registration_attempt", "urssaf_consent")
        rules = [self.env.ref(f"avance_immediate.{name}_company_rule") for name in names]
        for rule in rules:
            rule.perm_read = True
        for _again in range(2):
            self.migrate("post")
        for name, rule in zip(names, rules, strict=True):
            self.assertEqual((rule.perm_read, rule.perm_write, rule.perm_create), (False, True, True))
            reading = self.env.ref(f"avance_immediate.{name}_read_rule")
            self.assertEqual((reading.perm_read, reading.perm_write, reading.perm_create), (True, False, False))

    def test_ready_mails(self):
        """They keep what people made of them, in each language, and read the company as a branch may."""
        former = {
            lang: f'<p>{hello} <t t-out="object.company_id.name">nous</t></p>'
            for lang, hello in (("en_US", "Hello from"), ("fr_FR", "Bonjour de"))
        }
        template = self.env.ref("avance_immediate.mail_template_activation")
        other = self.env["mail.template"].create({"name": "À nous", "model_id": template.model_id.id})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE mail_template SET body_html = %s, email_from = '{{ object.company_id.email_formatted }}'"
            " WHERE id = ANY(%s)",
            [Json(former), (template | other).ids],
        )
        for _again in range(2):
            self.migrate("post", "holder_mails")
            self.cr.execute(
                "SELECT id, body_html, email_from FROM mail_template WHERE id = ANY(%s)", [(template | other).ids]
            )
            found = {key: (body, sender) for key, body, sender in self.cr.fetchall()}
            self.assertEqual(found[other.id], (former, "{{ object.company_id.email_formatted }}"))
            kept = {lang: body.replace("object.", "object.sudo().") for lang, body in former.items()}
            self.assertEqual(found[template.id], (kept, "{{ object.sudo().company_id.email_formatted }}"))


@tagged("post_install", "-at_install")
class TestBranchClients(BranchCommon):
    """Whose clients a company registers, and who reads and writes the registration."""

    def test_contacts_of_the_tree_only(self):
        mine = self.branch_client(name="Léa", email="lea@example.com")
        registration = self.asked_by_branch(mine)
        self.assertEqual((registration.company_id, registration.partner_id), (self.company, mine))
        other = self.env["res.company"].create({"name": "Autre", "urssaf_environment": "simulator"})
        apart = self.env["res.company"].create({"name": "Indépendante", "parent_id": self.company.id})
        self.own_credentials(apart)
        registrations = self.env["urssaf.registration"]
        for owner, company in (
            (other, self.company),
            (self.branch, other),
            (apart, self.company),
            (apart, self.branch),
        ):
            partner = self.env["res.partner"].create({"name": "Zoé", "company_id": owner.id})
            with self.subTest(owner=owner.name, company=company.name), self.assertRaises(ValidationError):
                registrations.create({"partner_id": partner.id, "company_id": company.id})
        above = self.env["res.partner"].create({"name": "Zoé", "company_id": self.company.id})
        self.assertEqual(registrations.create({"partner_id": above.id, "company_id": apart.id}).holder_id, apart)

    def test_asked_for_again(self):
        """The one registration of the client serves the branch from the moment when it asks for it."""
        seen = self.as_agent(self.registration)
        self.assertFalse(seen.search([("id", "=", self.registration.id)]))
        self.assertEqual(self.as_agent(self.client).urssaf_registration_state, "active")
        self.assertFalse(self.as_agent(self.client).urssaf_next_step)
        action = self.as_agent(self.client).action_urssaf_open_registration()
        self.assertEqual(action["res_id"], self.registration.id)
        self.assertEqual(seen.iban, self.registration.iban)
        self.assertFalse(self.registration.asked_by_id)
        prepared = self.prepare(self.create_client(name="Paul", email="paul@example.com"))
        self.as_agent(prepared.partner_id).action_urssaf_open_registration()
        for values in ({"email": "x@example.com"}, {"iban": "FR76"}, {"served_company_ids": [Command.clear()]}):
            with self.assertRaises(AccessError):
                self.as_agent(prepared).write(values)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.as_agent(self.registration, self.chief).action_erase()
        self.assertNotEqual(self.registration.state, "erased")

    def test_invoiced_or_given(self):
        seen = self.as_agent(self.env["urssaf.registration"])
        self.branch_invoice()
        self.assertEqual(seen.search([]), self.registration)
        paul = self.prepare(self.create_client(name="Paul", email="paul@example.com"))
        self.assertNotIn(paul, seen.search([]))
        self.user.company_ids |= self.branch
        both = self.user.company_ids.ids
        paul.with_user(self.user).with_context(allowed_company_ids=both).served_company_ids = self.branch
        self.assertIn(paul, seen.search([]))
        with self.assertRaises(ValidationError):
            paul.served_company_ids = self.env["res.company"].create({"name": "Autre"})

    def test_what_the_branch_asked_for(self):
        """Its people complete it; who has no right to the contact, or to what the holder decides, does not."""
        registration = self.as_agent(self.asked_by_branch(self.create_client(name="Paul", email="paul@example.com")))
        registration.birth_name = "Martin"
        self.assertEqual(registration.partner_id.urssaf_birth_name, "Martin")
        theirs = self.registration.message_ids[:1]  # of another client, by a command
        for values in (
            {"state": "active"},
            {"company_id": self.branch.id},
            {"served_company_ids": [Command.clear()]},
            {"message_ids": [Command.update(theirs.id, {"body": "x"})]},
            {"activity_summary": "x"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):  # of which AccessError is one
                registration.write(values)
        another = {"partner_id": self.create_client(name="Luc").id, "company_id": self.branch.id}
        with self.assertRaises(AccessError):
            self.as_agent(self.env["urssaf.registration"]).create(
                {**another, "message_ids": [Command.update(theirs.id, {"body": "x"})]}
            )
        self.assertNotEqual(theirs.body, "<p>x</p>")
        employee = self.user_of(self.branch, "agence_facturation", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.as_agent(registration, employee).write({"email": "x@example.com"})
        elsewhere = self.user_of(self.env["res.company"].create({"name": "Autre"}), "ailleurs")
        with self.assertRaises(AccessError):
            self.as_agent(registration, elsewhere).write({"email": "x@example.com"})
        with self.assertRaises(AccessError):
            self.as_agent(self.env["urssaf.registration"], elsewhere).create(
                {"partner_id": self.create_client(name="Luc").id, "company_id": self.branch.id}
            )

    def test_from_the_portal(self):
        registrations = self.env["urssaf.registration"]
        partner = self.branch_client(name="Ève", email="eve@example.com")
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "login": "eve",
                    "partner_id": partner.id,
                    "company_id": self.branch.id,
                    "company_ids": self.branch.ids,
                    "group_ids": self.env.ref("base.group_portal").ids,
                }
            )
        )
        registrations = registrations.with_user(user).sudo()
        self.assertEqual(registrations._portal_company(), self.branch)
        registration = registrations._create_from_portal(partner, self.branch)
        self.assertEqual((registration.holder_id, registration.asked_by_id), (self.company, self.branch))
        self.assertEqual(registration.served_company_ids, self.branch)

    def test_automatic_registrations_count_by_holder(self):
        self.company.write({"urssaf_portal_auto_register": False, "urssaf_portal_limit": 1})
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        asked = self.asked_by_branch(self.create_client(name="Paul", email="paul@example.com"))
        self.assertIsNone(asked._must_be_confirmed())
        self.env["urssaf.registration.attempt"].create(
            {
                "registration_id": self.registration.id,
                "date": "2026-06-17 07:00:00",
                "outcome": "accepted",
                "is_automatic": True,
            }
        )
        self.assertEqual(asked._must_be_confirmed()["code"], "portal_too_many")

    def test_erased_in_all_branches(self):
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        with self.assertRaises(UserError):
            self.registration.with_user(self.manager).action_erase()
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE", comment="ma chimio")
        self.as_agent(request).action_refresh()
        self.assertEqual(request.refusal_comment, "ma chimio")
        self.registration.with_user(self.manager).action_erase()
        self.assertFalse(request.refusal_comment)
        self.assertTrue(request.client_erased_at)


@tagged("post_install", "-at_install")
class TestBranchRpc(BranchRpcCommon):
    """Somebody of a branch, from outside."""

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_register(self):
        client = self.create_client(name="Paul Durand", email="paul@example.com", urssaf_first_names="Paul")
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request.with_user(self.user).action_refresh()
        self.authenticate(self.agent.login, self.agent.login)
        action = self.call("res.partner", "action_urssaf_open_registration", [client.id])
        key = action["res_id"]
        self.call(
            "urssaf.registration", "web_save", [key], {**CONTACT, "bank_holder": "M Paul Durand"}, specification={}
        )
        window = self.call("urssaf.registration", "action_register", [key])["res_id"]
        self.call("urssaf.register", "web_save", [window], {"has_consent": True}, specification={})
        self.call("urssaf.register", "action_register", [window])
        registration = self.env["urssaf.registration"].browse(key)
        self.assertEqual(registration.state, "waiting", registration.problems)
        self.assertEqual((registration.company_id, registration.holder_id), (self.company, self.company))
        self.assertEqual((registration.asked_by_id, registration.served_company_ids), (self.branch, self.branch))
        self.assertEqual((registration.consent_user_id, registration.create_uid), (self.agent, self.agent))
        self.assertIn(self.company.name, registration.consent_text)
        self.assertEqual(self.simulator.calls("register")[-1]["status"], 200)
        self.check_seen(registration)

    def check_seen(self, registration):
        """The agent sees this registration, and nothing of the root."""
        keys = self.call("urssaf.registration", "search", [])
        self.assertEqual(keys, registration.ids)
        [shown] = self.call("urssaf.registration", "read", keys, ["state", "consent_date", "iban", "consent_ids"])
        self.assertTrue(shown["consent_ids"])
        self.assertRefused("urssaf.registration", "read", self.registration.ids, ["state"])
        self.assertRefused("urssaf.registration", "write", self.registration.ids, {"email": "x@example.com"})
        another = {"partner_id": self.client.id, "company_id": self.company.id}
        self.assertRefused("urssaf.registration", "create", [another])
        self.authenticate(self.chief.login, self.chief.login)
        for model in ("urssaf.payment.request", "urssaf.payout", "urssaf.exchange"):
            self.assertTrue(self.env[model].search_count([]), "else nothing is hidden")
            self.assertEqual(self.call(model, "search", []), [], model)
        self.assertRefused("urssaf.credentials", "search", [])
        request = self.env["urssaf.payment.request"].search([], limit=1)
        self.assertRefused("urssaf.payment.request", "read", request.ids, ["state"])

    def test_reads_what_is_the_branchs(self):
        """Nothing that the branch's people are shown asks for what they may not read."""
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        self.simulator.step(request, "pay", force=True)
        self.as_agent(request).action_refresh()
        self.assertEqual(request.payout_ids.state, "recorded", request.payout_ids.problem)
        waiting = self.asked_by_branch(self.create_client(name="Paul", email="paul@example.com"))
        waiting._set_state("to_register")
        waiting._set_state("waiting", id_client="b" * 36)
        self.authenticate(self.chief.login, self.chief.login)
        ours = {"account.move": move, "res.partner": self.client}
        whole = (self.registration, waiting, request, request.payout_ids, request.status_ids)
        for records in (*ours.values(), *whole):
            names = list(self.call(records._name, "fields_get", [], ["type"]))
            names = [name for name in names if records in whole or name.startswith("urssaf_") or "payment" in name]
            self.call(records._name, "read", records.ids, names)
        exchanges = self.call("urssaf.exchange", "search_read", [], ["company_id", "subject"])
        self.assertTrue(exchanges)
        self.assertEqual({exchange["company_id"][0] for exchange in exchanges}, {self.branch.id})
        context = self.call("urssaf.registration", "action_explain_by_mail", waiting.ids)["context"]
        letter = self.call("mail.compose.message", "web_save", [], {}, specification={"body": {}}, context=context)
        self.assertIn(self.company.name, letter[0]["body"])

    def test_new_form(self):
        """The registration that is made from a form is the holder's as well."""
        client = self.create_client(name="Paul Durand", email="paul@example.com")
        self.authenticate(self.agent.login, self.agent.login)
        values = {"partner_id": client.id, "company_id": self.branch.id, "email": "paul@example.com"}
        [made] = self.call("urssaf.registration", "web_save", [], values, specification={"email": {}})
        registration = self.env["urssaf.registration"].browse(made["id"])
        self.assertEqual((registration.company_id, registration.asked_by_id), (self.company, self.branch))
        forged = {"partner_id": self.create_client(name="Luc").id, "company_id": self.branch.id}
        for name in ("asked_by_id", "holder_id"):
            self.assertRefused("urssaf.registration", "create", [{**forged, name: self.branch.id}])
        self.assertEqual(registration.environment, "simulator")
