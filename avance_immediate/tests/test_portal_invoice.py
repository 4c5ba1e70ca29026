from datetime import datetime

from odoo.tests import tagged

from ..urssaf.tiers_prestation.messages import RequestInfo, SearchResult
from .portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalInvoice(PortalCommon):
    """On the page of an invoice the client reads where it stands at Urssaf."""

    def setUp(self):
        super().setUp()
        self.create_portal_user("jeanne", self.client)
        self.authenticate("jeanne", "jeanne")
        self.move, self.request = self.sent_invoice()

    def told(self, move=None, url=None):
        page = self.page(url or f"/my/invoices/{(move or self.move).id}")
        return " ".join(" ".join(element.text_content().split()) for element in page.xpath("//*[@name='urssaf_step']"))

    def step(self, action, **options):
        self.simulator.step(self.request, action, **options)
        self.request.with_user(self.user).action_refresh()

    def test_ordinary_invoice(self):
        self.assertEqual(self.told(self.create_service_invoice()), "")

    def test_sent(self):
        self.assertIn("Sent to Urssaf", self.told())
        self.assertIn("06/17/2026", self.told())

    def test_queued(self):
        move = self.create_service_invoice()
        move._urssaf_queue(trigger=False)
        self.assertIn("About to be sent", self.told(move))

    def test_to_validate(self):
        """48 hours, in the time of Paris: 8:00 UTC is 10:00 there in summer."""
        self.step("notify")
        self.assertIn("To validate before Friday 19 June, 10:00", self.told())
        self.wait(hours=47)
        self.assertIn("To validate before Friday 19 June, 10:00", self.told())
        self.wait(hours=2)
        self.assertIn("The 48 hours to answer have passed", self.told())

    def test_to_validate_learnt_late(self):
        """The hour is never later than Urssaf's: it counts from the last time that Urssaf had not told the client."""
        self.wait(minutes=30)
        self.request.with_user(self.user).action_refresh()
        self.assertEqual(self.request.urssaf_status, "10")
        self.wait(hours=4)  # Urssaf has told the client half an hour after we had looked
        self.request.with_user(self.user).action_refresh()
        self.assertIn("To validate before Friday 19 June, 10:30", self.told())
        self.travel_to(datetime(2026, 6, 19, 8, 31))
        self.assertIn("To validate within 48 hours of Urssaf's e-mail", self.told())
        self.travel_to(datetime(2026, 6, 19, 12, 31))
        self.assertIn("The 48 hours to answer have passed", self.told())

    def test_to_validate_found_by_look_up(self):
        """After a sending without an answer: no hour is later than that of what Urssaf accepted first."""
        self.simulator.fault("send", "cut_after")
        move = self.create_service_invoice()
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.simulator.step(request.number, "notify")
        self.wait(minutes=20)
        self.run_cron("send")
        self.assertEqual((request.state, request.urssaf_status), ("sent", "20"))
        self.assertIn("To validate before Friday 19 June, 10:00", self.told(move))
        request.send_count = 2
        request.urssaf_status = "10"
        request.last_check_at = False
        request._record_status("20", False)
        self.assertIn("To validate within 48 hours", self.told(move))

    def test_to_validate_after_an_answer_that_said_nothing(self):
        """Such an answer is no sight of the former status: Urssaf may have told the client before it."""
        self.wait(hours=1)
        sent = {"idDemandePaiement": self.request.id_request, "demandePaiement": self.request.payload}
        self.request._apply_info(RequestInfo.from_wire(sent))
        self.wait(hours=1)
        self.request.with_user(self.user).action_refresh()
        self.assertIn("To validate before Friday 19 June, 10:00", self.told())

    def test_to_validate_found_by_the_second_look_up(self):
        self.simulator.fault("send", "cut_after")
        move = self.create_service_invoice()
        request = self.send(move)
        self.wait(hours=1)
        request._looked_up(SearchResult())
        self.assertEqual(request.state, "uncertain")
        self.wait(hours=1)
        self.run_cron("send")
        self.assertEqual((request.state, request.urssaf_status), ("sent", "20"))
        self.assertIn("To validate before Friday 19 June, 10:00", self.told(move))

    def test_on_its_way(self):
        for action, told in [("notify", "To validate"), ("validate", "Accepted"), ("debit", "Debited")]:
            self.step(action)
            self.assertIn(told, self.told())
        self.step("pay", amount=60.0, date="2026-06-20")
        self.assertIn("Paid by Urssaf on 06/20/2026", self.told())
        self.assertIn("Urssaf has paid this invoice", self.told())

    def test_awaited_no_longer(self):
        self.step("set_status", status="999")
        self.request.with_user(self.manager).action_stop_waiting()
        self.assertIn("No longer collected by Urssaf", self.told())
        self.assertNotIn("Settled", self.told())

    def test_refused(self):
        self.step("notify")
        self.step("refuse", code="CONTEST_AUTRE", comment="Ce n'est pas vrai")
        self.assertIn("You refused this invoice", self.told())

    def test_debit_refused(self):
        for action in ("notify", "validate", "debit", "refuse_debit"):
            self.step(action)
        self.assertIn("Debit refused", self.told())

    def test_who_has_the_link(self):
        """Reads what concerns the invoice; what the client's bank said is for the client, who has signed in."""
        link = self.move.get_portal_url()
        self.step("notify")
        readers = [None, "claire"]
        for login in readers:
            self.authenticate(login, login)
            self.assertIn("To validate before", self.told(url=link))
        for action in ("validate", "debit", "refuse_debit"):
            self.step(action)
        for login in readers:
            self.authenticate(login, login)
            told = self.told(url=link)
            self.assertIn("In progress at Urssaf", told)
            self.assertNotIn("bank", told)
        self.authenticate("jeanne", "jeanne")
        self.assertIn("Debit refused", self.told(url=link))

    def test_what_the_client_must_do_stands_out(self):
        def alert():
            return self.page(f"/my/invoices/{self.move.id}").xpath("//*[@name='urssaf_step']")[0]

        self.assertIn("alert-info", alert().get("class"))
        self.step("notify")
        self.assertIn("alert-warning", alert().get("class"))
        self.assertTrue(alert().xpath(".//a[contains(@class, 'btn')][@href='https://www.particulier.urssaf.fr']"))
        self.wait(hours=49)
        self.assertIn("alert-info", alert().get("class"))

    def test_unknown_status(self):
        self.step("set_status", status="42")
        self.assertIn("In progress at Urssaf", self.told())

    def test_not_of_somebody_else(self):
        self.authenticate("claire", "claire")
        self.env.flush_all()
        self.assertTrue(self.url_open(f"/my/invoices/{self.move.id}").url.endswith("/my"))
