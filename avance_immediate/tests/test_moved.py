from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import modules
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import load_script
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..models.urssaf_credentials_place import ACTIVITY, RESTORED_AT
from ..urssaf.rules import place
from .test_restored import RestoredCommon

MIGRATION = "avance_immediate/migrations/19.0.1.7.0/post-place.py"
LOGGER = "odoo.addons.avance_immediate.models.urssaf_credentials_place"
CRONS = ("send", "refresh", "registration", "payout", "recovery", "check", "bank")


class MovedCommon(RestoredCommon):
    """Credentials of the simulator that belong to one database, as those of Urssaf do: tests reach no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(place, "BOUND_ENVIRONMENTS", place.BOUND_ENVIRONMENTS | {"simulator"}))
        cls.credentials._bind_new()
        cls.admin.email = "administrateur@example.com"

    def read_place(self, **parts):
        """Let the database be told by what it is told by, but for ``parts``; one that is None cannot be read."""
        found = self.env["urssaf.credentials"]._read_place() | parts
        found = {part: value for part, value in found.items() if value}
        return patch.object(type(self.credentials), "_read_place", lambda self: found)

    @contextmanager
    def copied(self, **parts):
        """Be a copy, with a uuid of its own unless ``parts`` tell otherwise."""
        with self.read_place(**(parts or {"uuid": "of-the-copy"})):
            yield

    def calls(self):
        return len(self.simulator.call("GET", "calls"))

    def run_crons(self):
        for name in CRONS:
            self.run_cron(name)

    def place_activities(self):
        return self.company._urssaf_activities(ACTIVITY)

    def mails_to_administrators(self):
        return self.env["mail.mail"].search([("recipient_ids", "in", self.admin.partner_id.ids)])

    def confirm(self):
        self.settings().action_urssaf_confirm_place()
        self.env.invalidate_all()

    def assertStopped(self, action, *args):
        with self.assertRaisesRegex(UserError, "copy, or was moved"), self.cr.savepoint():
            action(*args)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMoved(MovedCommon):
    """A copy, or a database that was moved, stops by itself until an administrator confirms: docs/money.md, 11."""

    def whole_life(self):
        """Return requests in each state in which something is due, and a client who is to be asked about."""
        _move, sent = self.sent_invoice()
        _move, paid = self.sent_invoice()
        self.simulator.step(paid, "pay", force=True)
        paid._refresh_batch()
        queued = self.send(self.create_service_invoice() + self.create_service_invoice())
        self.simulator.fault("send", "cut_before")
        uncertain = self.send(self.create_service_invoice())
        self.assertEqual((uncertain.state, paid.payout_ids.state), ("uncertain", "to_record"))
        self.wait(days=2)
        return queued, uncertain, sent, paid

    def test_two_live_copies(self):
        queued, uncertain, sent, paid = self.whole_life()
        payout = paid.payout_ids
        requests = queued + uncertain + sent + paid
        states = requests.mapped("state")
        before = self.calls()
        with self.copied():
            for _again in range(2):
                self.run_crons()
            self.assertEqual(self.calls(), before, "no call leaves")
            self.assertEqual(requests.mapped("state"), states)
            self.assertEqual(payout.state, "to_record")
            self.assertFalse(payout.problem)
            self.assertFalse(any(queued.mapped("problems")))
            self.assertEqual(len(self.place_activities()), 1)
            self.assertIn(self.place_activities().user_id, self.env["urssaf.credentials"]._administrators())
            self.assertEqual(len(self.mails_to_administrators()), 1)
        # The one that it was copied from goes on, and takes nothing from the other.
        self.run_crons()
        self.assertGreater(self.calls(), before)
        self.assertEqual(payout.state, "recorded")

    def test_buttons_say_why(self):
        queued, uncertain, sent, paid = self.whole_life()
        another = self.create_service_invoice()
        before = self.calls()
        registration = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        with self.copied():
            self.assertStopped(self.send, another)
            self.assertFalse(another.urssaf_request_id, "nothing is queued to wait in a copy")
            self.assertStopped(queued._send_now)
            self.assertStopped(uncertain.with_user(self.user).action_look_up)
            self.assertStopped(uncertain.with_user(self.manager).action_adopt)
            self.assertStopped(sent.with_user(self.user).action_refresh)
            self.assertStopped(paid.payout_ids.with_user(self.manager).action_record)
            self.assertStopped(self.registration.with_user(self.user).action_refresh)
            self.assertStopped(self.registration.with_user(self.user).action_explain_by_mail)
            self.assertStopped(self.consent_and_register, registration)
            self.assertStopped(self.settings().action_urssaf_test_connection)
        self.assertEqual(self.calls(), before)

    def test_register_by_itself(self):
        registration = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        registration._set_state("to_register")
        registration.write({"auto_register": True, "next_try_at": self.frozen()})
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        self.company.urssaf_portal_auto_register = True
        before = self.calls()
        with self.copied():
            self.run_cron("registration")
        self.assertEqual((self.calls(), registration.state), (before, "to_register"))
        self.assertTrue(registration.auto_register)
        self.assertFalse(registration.problems)

    def test_mails_wait(self):
        """Also those that were in the queue when the database was copied: they leave from the other one."""
        template = self.env.ref("avance_immediate.mail_template_activation")
        mail = self.env["mail.mail"].browse(template.send_mail(self.registration.id))
        other = self.env["mail.mail"].create({"email_to": "somebody@example.com", "body_html": "<p>Bonjour</p>"})
        sent = []
        with self.copied(), patch.object(type(mail), "_send", lambda self, **options: sent.extend(self.ids)):
            (mail + other).send()
            self.env["mail.mail"].process_email_queue()
            self.assertIn(other.id, sent)
            self.assertNotIn(mail.id, sent)
            self.assertEqual(mail.state, "outgoing")
            self.confirm()
            self.wait(hours=2)
            self.env["mail.mail"].process_email_queue()
        self.assertIn(mail.id, sent)

    def test_confirmed(self):
        """It goes on; and since it may come from a backup, what it numbers is looked up first."""
        queued, *_others = self.whole_life()
        with self.copied():
            self.run_crons()
            self.confirm()
            self.assertFalse(self.place_activities())
            self.assertFalse(self.settings().urssaf_place_problem)
            self.assertTrue(self.settings().urssaf_restored_at)
            self.run_cron("send")
            self.assertEqual(queued.mapped("state"), ["queued"] * 2)
            for _run in range(3):  # a lost answer came before: one goes alone, and opens the queue
                self.wait(minutes=11)
                self.run_crons()
            self.assertEqual(queued.mapped("state"), ["sent"] * 2)
        # The other one is the copy now.
        self.assertStopped(self.send, self.create_service_invoice())

    def test_who_may_confirm(self):
        with self.copied():
            settings = self.settings()
            self.assertIn(self.env.cr.dbname, settings.urssaf_place_problem)
            with self.assertRaises(AccessError):
                settings.with_user(self.manager).action_urssaf_confirm_place()
            self.assertStopped(self.send, self.create_service_invoice())

    def test_each_part_stops(self):
        for part in ("uuid", "name", "cluster"):
            with self.subTest(part), self.copied(**{part: "another"}):
                self.assertStopped(self.company._urssaf_client)

    def test_what_cannot_be_read_stops_nothing(self):
        for part in ("uuid", "name", "cluster"):
            with self.subTest(part), self.copied(**{part: None}):
                self.company._urssaf_client().close()
                self.env["urssaf.credentials"]._watch_place()
        # What could not be read when they were bound, neither.
        self.credentials.place = False
        with self.copied(cluster=None):
            self.credentials._bind_new()
        self.company._urssaf_client().close()
        self.assertFalse(self.place_activities())

    def test_cluster_that_may_not_be_read(self):
        self.assertTrue(self.env["urssaf.credentials"]._read_cluster())
        # One of that name, found before PostgreSQL's own, whose rights are not ours to take away.
        self.env.cr.execute(
            """
            CREATE SCHEMA urssaf_denied;
            CREATE FUNCTION urssaf_denied.pg_control_system() RETURNS TABLE (system_identifier bigint) LANGUAGE plpgsql
            AS $$ BEGIN RAISE insufficient_privilege; END $$;
            SET LOCAL search_path = urssaf_denied, pg_catalog, public
            """
        )
        self.assertIsNone(self.env["urssaf.credentials"]._read_cluster())
        self.env.cr.execute("SET LOCAL search_path = public")  # the transaction goes on

    def test_lost_connection_is_not_a_part_that_cannot_be_read(self):
        error = psycopg2.OperationalError()
        with self.assertRaises(psycopg2.Error), patch.object(type(self.env.cr), "execute", side_effect=error):
            self.env["urssaf.credentials"]._read_cluster()

    def test_another_address_stops_nothing(self):
        """An administrator signs in by another host: Odoo rewrites the address of the database."""
        _move, request = self.sent_invoice()
        self.env["ir.config_parameter"].set_param("web.base.url", "https://another.example.com")
        self.run_crons()
        request.with_user(self.user).action_refresh()
        self.assertEqual(self.send(self.create_service_invoice()).state, "sent")
        self.assertFalse(self.place_activities())

    def test_came_home(self):
        """Told to be elsewhere, then found at home: the alarm is over, and the next one is told again."""
        with self.copied():
            self.run_cron("send")
            self.assertEqual(len(self.place_activities()), 1)
            self.assertTrue(self.credentials.told_at)
        self.run_cron("send")
        self.assertFalse(self.credentials.told_at)
        self.assertFalse(self.place_activities())
        with self.copied():
            self.run_cron("send")
        self.assertEqual(len(self.place_activities()), 1)

    def test_odoos_own_window_queues_nothing(self):
        move = self.create_service_invoice()
        self.client.invoice_sending_method = "manual"
        with self.copied():
            window = (
                self.env["account.move.send.wizard"]
                .with_user(self.user)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"sending_methods": ["manual"], "extra_edis": ["urssaf"]})
            )
            self.assertIn("copy, or was moved", window.alerts["urssaf_stuck"]["message"])
            window.action_send_and_print()
            self.assertFalse(move.urssaf_request_id)
            self.assertIn("copy, or was moved", "".join(move.message_ids.mapped("body")))

    def test_outage_of_the_other_one_is_not_told(self):
        self.send(self.create_service_invoice() + self.create_service_invoice())
        queue = {"holder_id": self.company.id, "environment": "simulator", "operation": "send"}
        since = self.frozen() - timedelta(days=4)
        failing = {"failing_since": since, "failed_at": self.frozen(), "failures": 50}
        queue = self.env["urssaf.queue"].create({**queue, **failing})
        with self.copied():
            self.run_cron("send")
        self.assertFalse(queue.stopped_at)
        self.run_cron("send")
        self.assertTrue(queue.stopped_at)

    def test_credentials_stay(self):
        """Without them nothing would tell that this is a copy."""
        with self.copied():
            self.assertStopped(self.credentials.unlink)
        self.credentials.unlink()

    def test_simulator_is_not_bound(self):
        """A copy for training works with the simulator, whatever else its credentials are for."""
        real = place.BOUND_ENVIRONMENTS - {"simulator"}
        with patch.object(place, "BOUND_ENVIRONMENTS", real), self.copied():
            self.assertEqual(self.send(self.create_service_invoice()).state, "sent")
            self.env["urssaf.credentials"]._watch_place()
        self.assertFalse(self.place_activities())

    def test_barrier_stays(self):
        """Bound and at home, a test still reaches none of Urssaf's hosts."""
        self.assertTrue(modules.module.current_test)
        with self.assertRaisesRegex(UserError, "does not reach Urssaf"):
            self.company._urssaf_barrier("production", "api.urssaf.fr")


@tagged("post_install", "-at_install")
class TestBound(MovedCommon):
    """When credentials come to belong to a database, and what is kept and shown of it."""

    def test_saved(self):
        self.save(urssaf_environment="sandbox", urssaf_client_id="id-test", urssaf_client_secret="secret-test")
        credentials = self.credentials_of("sandbox")
        self.assertTrue(credentials.place)
        self.assertEqual(credentials.bound_name, self.env.cr.dbname)
        kept = credentials.place
        with self.copied():
            self.save(urssaf_client_secret="another-secret")
            self.assertEqual(credentials.place, kept, "typing a secret confirms nothing")

    def test_used(self):
        """Credentials that belong to none, such as those of a script: this one's, from their first use on."""
        self.credentials.place = False
        self.company._urssaf_client().close()
        self.assertTrue(self.credentials.place)

    def test_updated(self):
        self.credentials.write({"place": False, "bound_name": False, "bound_at": False})
        script = load_script(file_path(MIGRATION), "migration_place")
        script.migrate(self.cr, "19.0.1.5.0")
        self.assertTrue(self.credentials.place)
        kept = self.credentials.place
        with self.copied():
            script.migrate(self.cr, "19.0.1.5.0")
        self.assertEqual(self.credentials.place, kept, "done already")

    def test_neutralised(self):
        for query in get_neutralization_queries(["avance_immediate"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.credentials.place)
        with self.copied():
            self.save(urssaf_client_id="id-copy", urssaf_client_secret="secret-copy")
            self.assertFalse(self.credentials._elsewhere(), "typed in the copy: its own")

    def test_nothing_tells_where(self):
        """Neither what is kept, nor a screen, nor the log has the uuid or the identity of the cluster."""
        parts = self.env["urssaf.credentials"]._read_place()
        self.assertEqual(set(parts), {"uuid", "name", "cluster"})
        hidden = {parts["uuid"], parts["cluster"]}
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(c)::text FROM urssaf_credentials c")
        shown = str(self.env.cr.fetchall())
        with self.read_place(uuid="of-the-copy"), self.assertLogs("odoo.addons.avance_immediate", "INFO") as logs:
            self.run_cron("send")
            shown += str(self.settings().read()) + "".join(logs.output)
            shown += self.place_activities().note + self.mails_to_administrators().body_html
            self.confirm()
        shown += str(self.credentials.with_user(self.admin).read()) + "".join(logs.output)
        self.assertEqual([value for value in hidden | {"of-the-copy"} if value in shown], [])
        with self.assertRaises(AccessError):
            self.credentials.with_user(self.admin).read(["place"])

    def test_parameter_that_somebody_changed(self):
        """What is no moment counts as a restoration."""
        self.env["ir.config_parameter"].set_param(RESTORED_AT, "hier")
        self.assertEqual(self.send(self.create_service_invoice()).state, "queued")
