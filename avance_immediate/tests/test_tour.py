from datetime import date

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import NOW, UrssafCommon


@tagged("post_install", "-at_install")
class TestTour(UrssafCommon, HttpCase):
    """The provider's path, in a browser, in French, with the rights of the least privileged user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.user.lang = "fr_FR"

    def tour(self, url, name):
        self.env.flush_all()
        # A browser waits for seconds to pass.
        with freeze_time(NOW, tick=True):
            self.start_tour(url, name, login=self.user.login)
        self.env.invalidate_all()

    def test_register(self):
        partner = self.create_client(
            name="Anne Petit",
            urssaf_birth_name="Petit",
            urssaf_first_names="Anne",
            email="anne.petit@example.com",
            phone="06 11 22 33 44",
        )
        registration = self.prepare(partner, iban=False, bic=False, email="anne.petit@example.com", mobile="0611223344")
        self.assertEqual(registration.state, "to_complete")
        self.tour(f"/odoo/res.partner/{partner.id}", "avance_immediate_register")
        self.assertEqual((registration.state, registration.consent_user_id), ("waiting", self.user))
        self.assertIn("Petit", [person["nomNaissance"] for person in self.simulator.persons()])

    def test_register_from_the_invoice(self):
        partner = self.env["res.partner"].create(
            {
                "name": "Chloé Lefèvre",
                "email": "chloe.lefevre@example.com",
                "phone": "06 11 22 33 55",
                "street": "12 bis, rue du Général-de-Gaulle",
                "zip": "69003",
                "city": "Lyon",
            }
        )
        move = self.create_service_invoice(client=partner, post=False)
        self.tour(f"/odoo/account.move/{move.id}", "avance_immediate_register_from_invoice")
        registration = partner.urssaf_registration_ids
        self.assertEqual(registration.state, "waiting")
        [person] = [person for person in self.simulator.persons() if person["nomNaissance"] == "Lefèvre"]
        birth_place = {"departementNaissance": "042", "codePaysNaissance": "99100"}
        self.assertEqual(
            registration._person().to_wire()["lieuNaissance"],
            {**birth_place, "communeNaissance": {"codeCommune": "218", "libelleCommune": "Saint-Étienne"}},
        )
        self.assertEqual((registration.address_letter, registration.address_city_code), ("B", "69383"))

    def test_register_again(self):
        partner = self.create_client(
            name="Hélène Petit", urssaf_birth_name="Petit", urssaf_first_names="Hélène", email="h.petit@example.com"
        )
        registration = self.prepare(partner, mobile="0611223355", bank_holder="Mme Petit Hélène")
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
        self.tour(f"/odoo/urssaf-registrations/{registration.id}", "avance_immediate_register_again")
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(registration.attempt_ids.mapped("outcome"), ["accepted", "refused"])
        self.assertEqual(partner.urssaf_first_names, "Helene")

    def test_verify_claims(self):
        reference = self.registration.id_client
        self.registration.write({"id_client": False, "state": "erased", "next_try_at": False})
        partner = self.create_client(name="Jeanne Durand bis")
        claim = self.env["urssaf.registration"].with_user(self.user)._prepare(partner, self.company)
        claim.claimed_id_client = reference
        self.tour("/odoo/urssaf-registrations", "avance_immediate_verify_claims")
        self.assertEqual((claim.state, claim.id_client), ("active", reference))

    def test_send(self):
        move = self.create_service_invoice()
        self.tour(f"/odoo/account.move/{move.id}", "avance_immediate_send")
        self.assertEqual(move.urssaf_state, "sent")
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_send_many(self):
        ready = self.env["account.move"].union(*(self.create_service_invoice() for _i in range(3)))
        stuck = self.create_service_invoice(urssaf_service_end=date(2026, 6, 30))
        self.tour("/odoo/action-account.action_move_out_invoice_type", "avance_immediate_send_many")
        self.assertEqual(set(ready.mapped("urssaf_state")), {"queued"})
        self.assertFalse(stuck.urssaf_state)
        self.run_cron("send")
        self.assertEqual(len(self.simulator.requests()), 3)
