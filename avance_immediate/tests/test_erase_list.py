from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_erase import EraseCommon


@tagged("post_install", "-at_install")
class TestToErase(EraseCommon):
    """Clients without dealings for years come up in a list. Nothing is erased by itself."""

    def to_erase(self, user=None):
        return self.env["urssaf.registration"].with_user(user or self.manager).search([("is_to_erase", "=", True)])

    def later(self, **delay):
        self.travel_to(datetime.now() + relativedelta(**delay))

    def told(self):
        return self.company._urssaf_erase_activities()

    def test_after_three_years(self):
        self.assertFalse(self.to_erase())
        self.later(years=2, months=11)
        self.assertFalse(self.to_erase())
        self.later(months=2)
        found = self.to_erase()
        self.assertEqual(found, self.here | self.registration, "a prospect, and a client without any request")
        self.assertTrue(all(found.mapped("is_to_erase")))
        self.assertEqual(
            self.env["urssaf.registration"].with_user(self.manager).search([("is_to_erase", "=", False)]) & found,
            found.browse(),
        )
        self.here.with_user(self.manager).action_erase()
        self.assertEqual(self.to_erase(), self.registration)

    def test_setting(self):
        self.env["ir.config_parameter"].set_param("avance_immediate.erase_years", "1")
        self.later(years=1, days=1)
        self.assertIn(self.here, self.to_erase())
        self.env["ir.config_parameter"].set_param("avance_immediate.erase_years", "0")
        self.assertNotIn(self.here, self.to_erase(), "a bad value counts as three years")

    def test_dealings(self):
        """Each of these makes somebody a client of today, in all environments."""
        trial = self.trial("to_register")
        self.later(years=4)
        self.assertIn(trial, self.to_erase())
        dealings = {
            "consent": lambda: self.here._record_consent("employee", "x"),
            "invoice": lambda: self.create_service_invoice(self.zoe, invoice_date=datetime.now().date()),
            "message": lambda: trial.with_user(self.user).message_post(body="Bonjour", message_type="comment"),
            "asked on the portal": lambda: trial.write({"portal_requested_at": datetime.now()}),
            "state": lambda: self.here.write({"state": "ended", "state_date": datetime.now()}),
            "under way": lambda: trial.write({"state": "uncertain"}),
        }
        for name, deal in dealings.items():
            with self.subTest(dealing=name), self.cr.savepoint() as savepoint:
                deal()
                self.env.invalidate_all()
                self.assertFalse(self.to_erase() & (self.here | trial))
                self.assertFalse(self.here.is_to_erase)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_live_request(self):
        self.register_zoe()
        self.send(self.invoice())
        self.env.cr.execute("UPDATE account_move SET invoice_date = '2020-01-01'")
        self.later(years=4)
        self.assertNotIn(self.here, self.to_erase())

    def test_managers_only(self):
        for read in (lambda: self.to_erase(self.user), lambda: self.here.with_user(self.user).read(["is_to_erase"])):
            with self.assertRaises(AccessError):
                read()

    def test_told_once(self):
        self.run_cron("to_erase")
        self.assertFalse(self.told())
        self.later(years=4)
        for _week in range(2):
            self.run_cron("to_erase")
            self.assertEqual(len(self.told()), 1)
        self.assertIn("2", self.told().summary)
        self.assertEqual(self.told().user_id, self.manager, "the person in charge may not erase")
        self.assertNotIn("Zoé", self.told().note)
        self.told().with_user(self.manager).action_feedback(feedback="Vu")
        self.run_cron("to_erase")
        self.assertFalse(self.told(), "nobody is told twice of the same clients")
        self.create_client(name="Paul", email="paul@example.com").with_user(self.user).action_urssaf_open_registration()
        self.later(years=4)
        self.run_cron("to_erase")
        self.assertEqual(len(self.told()), 1)

    def test_person_in_charge(self):
        self.company.urssaf_user_id = self.manager
        self.later(years=4)
        self.run_cron("to_erase")
        self.assertEqual(self.told().user_id, self.manager)

    def test_done_when_all_are_erased(self):
        self.later(years=4)
        self.run_cron("to_erase")
        self.to_erase()[0].with_user(self.manager).action_erase()
        self.assertIn("1", self.told().summary)
        self.to_erase().with_user(self.manager).action_erase()
        self.assertFalse(self.told())

    def test_nothing_is_erased_automatically(self):
        self.later(years=40)
        self.run_cron("to_erase")
        self.assertTrue(self.here.iban and self.registration.iban)

    def test_as_the_list_does(self):
        self.manager.group_ids = [Command.link(self.env.ref("base.group_user").id)]
        self.later(years=4)
        action = (
            self.env["ir.actions.actions"]
            .with_user(self.manager)
            ._for_xml_id("avance_immediate.action_urssaf_to_erase")
        )
        view = self.env["urssaf.registration"].with_user(self.manager).get_view(action["view_id"][0], "list")
        self.assertIn("action_erase", view["arch"])
        found = self.to_erase()
        found.action_erase()
        self.assertEqual(set(found.mapped("state")), {"erased"})
