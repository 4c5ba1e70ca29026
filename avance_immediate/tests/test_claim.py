from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CIVIL_STATUS, UrssafCommon


@tagged("post_install", "-at_install")
class TestClaim(UrssafCommon):
    """Taking over a client registered with another software: nothing is trusted before Urssaf confirmed it."""

    def setUp(self):
        super().setUp()
        # The other software registered and activated her; this database knows nothing of it.
        self.reference = self.registration.id_client
        self.registration.write({"id_client": False, "state": "erased", "next_try_at": False})
        self.partner = self.create_client(name="Jeanne Durand bis")
        self.claim = self.env["urssaf.registration"].with_user(self.user)._prepare(self.partner, self.company)
        self.claim.claimed_id_client = self.reference

    def verify(self, registrations=None):
        (registrations or self.claim).with_user(self.user).action_verify_claim()

    def assert_nothing_trusted(self, code):
        self.assertFalse(self.claim.id_client)
        self.assertFalse(self.claim.claimed_at)
        self.assertIn(self.claim.state, ("to_complete", "to_register"))
        self.assertEqual(self.problem_codes(self.claim), [code])

    def test_taken_over(self):
        self.assertEqual(self.claim.state, "to_complete", "no bank account is needed")
        asked = len(self.simulator.calls("register"))
        self.verify()
        self.assertRecordValues(
            self.claim.with_env(self.env),
            [{"state": "active", "id_client": self.reference, "claimed_at": datetime.now(), "sent_at": False}],
        )
        self.assertTrue(self.claim.active_since)
        self.assertTrue(self.claim.next_try_at, "followed from now on")
        self.assertEqual(len(self.simulator.calls("register")), asked)

    def test_billed_at_once(self):
        self.verify()
        _move, request = self.sent_invoice(client=self.partner)
        self.assertEqual(request.payload["idClient"], self.reference)

    def test_blocked_client(self):
        self.simulator.call("POST", f"persons/{self.reference}/step", action="block")
        self.verify()
        self.assertEqual((self.claim.state, self.claim.id_client), ("blocked", self.reference))
        self.assertEqual(self.problem_codes(self.claim), ["client_blocked"])

    def test_client_who_left(self):
        self.simulator.call("POST", f"persons/{self.reference}/step", action="break_link")
        self.verify()
        self.assert_nothing_trusted("claim_unknown")

    def test_reference_with_spaces(self):
        self.claim.claimed_id_client = f"  {self.reference} "
        self.verify()
        self.assertEqual(self.claim.id_client, self.reference)

    def test_unknown_reference(self):
        self.claim.claimed_id_client = "11000000099999"
        self.verify()
        self.assert_nothing_trusted("claim_unknown")
        self.claim.claimed_id_client = self.reference
        self.verify()
        self.assertFalse(self.claim.problems)
        self.assertFalse(self.activities(self.claim))

    def test_other_names(self):
        for field, other in (("urssaf_birth_name", "Dupont"), ("urssaf_first_names", "Marie")):
            with self.subTest(field=field):
                self.partner.write(CIVIL_STATUS | {field: other})
                self.verify()
                self.assert_nothing_trusted("claim_other_person")

    def test_incomplete(self):
        for field in ("urssaf_birth_name", "urssaf_first_names", "urssaf_birth_date"):
            with self.subTest(field=field):
                self.partner.write(CIVIL_STATUS | {field: False})
                asked = len(self.simulator.calls("status"))
                self.verify()
                self.assert_nothing_trusted("claim_incomplete")
                self.assertEqual(len(self.simulator.calls("status")), asked)

    def test_reference_of_another_client(self):
        self.registration.write({"id_client": self.reference})
        self.verify()
        self.assert_nothing_trusted("claim_taken")

    def test_urssaf_out_of_reach(self):
        other = (
            self.env["urssaf.registration"]
            .with_user(self.user)
            ._prepare(self.create_client(name="Paul Martin", urssaf_birth_name="Martin"), self.company)
        )
        other.claimed_id_client = "11000000099999"
        self.simulator.fault("status", "403")
        asked = len(self.simulator.calls("status"))
        self.verify(self.claim | other)
        self.assertEqual(len(self.simulator.calls("status")), asked + 1, "the others would fare no better")
        self.assertFalse(self.claim.id_client or other.problems)
        self.assertTrue(self.claim.problems)
        self.verify(self.claim | other)
        self.assertEqual(self.claim.state, "active")
        self.assertEqual(self.problem_codes(other), ["claim_unknown"], "from the list, each by itself")

    def test_nothing_to_verify(self):
        self.claim.claimed_id_client = " "
        with self.assertRaises(UserError):
            self.verify()

    def test_only_while_nothing_is_under_way(self):
        self.verify()
        with self.assertRaises(UserError):
            self.verify()
        with self.assertRaises(UserError):
            self.claim.claimed_id_client = "11000000099999"

    def test_nobody_writes_the_outcome(self):
        for values in ({"id_client": self.reference}, {"claimed_at": datetime.now()}, {"state": "active"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.claim.write(values)

    def test_erased(self):
        self.verify()
        self.claim.with_user(self.manager).action_erase()
        self.assertFalse(self.claim.claimed_id_client)
