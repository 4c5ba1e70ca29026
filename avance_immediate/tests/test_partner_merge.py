from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged

from ..models.res_partner import CIVIL_STATUS
from .common import CIVIL_STATUS as JEANNE
from .common import CONTACT, UrssafCommon

MODEL = "base.partner.merge.automatic.wizard"
EMAIL = "jeanne.durand@example.com"


class MergeCommon(UrssafCommon):
    """``self.salesman`` manages contacts, without any right about Urssaf; so does ``self.foreigner`` elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager"
        cls.salesman = new_test_user(cls.env, "commercial", groups, company_id=cls.company.id)
        cls.other_company = cls.env["res.company"].create({"name": "Autre société", "urssaf_environment": "simulator"})
        cls.foreigner = new_test_user(
            cls.env, "ailleurs", groups, company_id=cls.other_company.id, company_ids=cls.other_company.ids
        )

    def contact(self, **values):
        return self.env["res.partner"].create({"name": "Jeanne Durand", "email": EMAIL, **values})

    def windows(self, user=None):
        user = user or self.salesman
        return self.env(user=user.id, context={"allowed_company_ids": user.company_ids.ids})[MODEL]

    def window(self, sources, destination, user=None):
        """Return the window as a user opens it from the list of contacts, with the destination chosen."""
        window = self.windows(user).with_context(active_model="res.partner", active_ids=(sources | destination).ids)
        with Form(window) as form:
            form.dst_partner_id = destination
        return form.record

    def merge(self, sources, destination, user=None):
        """Press *Merge Contacts*, as the web client does."""
        window = self.window(sources, destination, user)
        context = {"allowed_company_ids": window.env.user.company_ids.ids}
        call_kw(self.windows(user), "action_merge", [window.ids], {"context": context})
        self.env.invalidate_all()

    def assertNotMerged(self, sources, destination, words, user=None):
        before = [(registration.partner_id, registration.state) for registration in self.all_registrations()]
        with self.assertRaisesRegex(UserError, words) as caught, self.cr.savepoint():
            self.merge(sources, destination, user)
        self.assertTrue((sources | destination).exists() == sources | destination)
        after = [(registration.partner_id, registration.state) for registration in self.all_registrations()]
        self.assertEqual(after, before)
        self.assertNotIn("Durand", str(caught.exception), "refusals are logged")
        return str(caught.exception)

    def all_registrations(self):
        return self.env["urssaf.registration"].search([])

    def prepared(self, partner, company=None, **values):
        """Return a registration of ``partner`` in which nothing was typed yet but ``values``."""
        registration = self.env["urssaf.registration"]._prepare(partner, company or self.company)
        registration.write(values)
        return registration


@tagged("post_install", "-at_install")
class TestContactThatGoes(MergeCommon):
    """The registration of a contact is never given to another one, and never goes with it."""

    def test_registered(self):
        words = f"ID {self.client.id} .* Choose this contact"
        self.env.ref("base.user_admin").company_ids += self.company
        for user in (self.salesman, self.user, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                self.assertNotMerged(self.client, self.contact(), words, user)

    def test_by_the_system(self):
        """Whoever calls it: other addons do as the superuser, and without the window."""
        other = self.contact()
        with self.assertRaisesRegex(UserError, "Choose this contact"):
            self.env[MODEL]._merge((self.client | other).ids, other, extra_checks=False)

    def test_destination_that_nobody_chose(self):
        self.contact(create_date=False)
        older = self.contact()
        self.client.active = False  # the active one is taken
        with self.assertRaises(UserError):
            self.env[MODEL]._merge((self.client | older).ids)
        self.client.active = True
        self.cr.execute("UPDATE res_partner SET create_date = '2000-01-01' WHERE id = %s", [older.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.env[MODEL]._merge((self.client | older).ids)

    def test_kept_as_the_destination(self):
        other = self.contact(phone="0611223344")
        number = self.registration.id_client
        self.merge(other, self.client)
        self.assertFalse(other.exists())
        self.assertEqual(self.registration.partner_id, self.client)
        self.assertEqual((self.registration.state, self.registration.id_client), ("active", number))
        self.assertEqual(self.client.phone, "0611223344")

    def test_whatever_it_holds(self):
        """Each alone: a consent, an account, what was typed, sent, claimed, asked for or erased, a state."""
        now = "2026-06-01 08:00:00"
        for values in (
            {"iban": CONTACT["iban"]},
            {"bic": CONTACT["bic"]},
            {"mobile": "0611223344"},
            {"address_city": "LYON"},
            {"claimed_id_client": "4f0c1c2e-7d0e-4f0b-9a57-2d3b6c8e1a90"},
            {"claimed_at": now},
            {"id_client": "4f0c1c2e"},
            {"sent_at": now},
            {"portal_requested_at": now},
            {"erased_at": now},
            *(
                {"state": state}
                for state in ("sending", "uncertain", "refused", "waiting", "blocked", "ended", "erased")
            ),
        ):
            with self.subTest(**values), self.cr.savepoint() as savepoint:
                partner = self.contact()
                self.prepared(partner, **values)
                self.assertNotMerged(partner, self.contact(), "Choose this contact")
                savepoint.rollback()

    def test_consent(self):
        partner = self.contact()
        self.prepared(partner)._record_consent("employee", "")
        self.assertNotMerged(partner, self.contact(), "Choose this contact")

    def test_attempt(self):
        partner = self.contact()
        registration = self.prepared(partner)
        self.env["urssaf.registration.attempt"].create(
            {"registration_id": registration.id, "outcome": "not_sent", "date": "2026-06-01 08:00:00"}
        )
        self.assertNotMerged(partner, self.contact(), "Choose this contact")

    def test_comment_and_file(self):
        talked, given = self.contact(), self.contact()
        self.prepared(talked).with_user(self.user).message_post(body="Rappeler lundi", message_type="comment")
        registration = self.prepared(given)
        self.env["ir.attachment"].create(
            {"name": "mandat.txt", "raw": b"mandat", "res_model": registration._name, "res_id": registration.id}
        )
        for partner in (talked, given):
            self.assertNotMerged(partner, self.contact(), "Choose this contact")

    def test_erased_by_a_manager(self):
        """The proof of consent stays, and stays that of this person."""
        self.registration.with_user(self.manager).action_erase()
        self.assertNotMerged(self.client, self.contact(), "Choose this contact")

    def test_archived(self):
        self.client.active = False
        self.assertNotMerged(self.client, self.contact(), "Choose this contact")

    def test_another_environment(self):
        trial = self.contact()
        registration = self.prepared(trial, iban=CONTACT["iban"])
        registration.sudo().environment = "sandbox"
        self.assertNotMerged(trial, self.contact(), "Choose this contact")

    def test_two_registered(self):
        other = self.contact()
        self.prepared(other, iban=CONTACT["iban"])
        for source, destination in ((other, self.client), (self.client, other)):
            words = self.assertNotMerged(source, destination, "End or erase")
            self.assertIn(str(source.id), words)
            self.assertIn(str(destination.id), words)

    def test_three(self):
        other = self.contact()
        self.prepared(other, iban=CONTACT["iban"])
        self.assertNotMerged(other | self.client, self.contact(), "End or erase")

    def test_payment_request_of_a_contact(self):
        """An invoice at Urssaf stays with its client, also where it was addressed to a contact of theirs."""
        address = self.contact(name="Chez sa fille", parent_id=self.client.id, type="invoice")
        _move, request = self.sent_invoice(partner_id=address.id)
        self.assertEqual(request.partner_id, self.client)
        self.assertNotMerged(address, self.contact(), "Choose this contact")
        twin = self.contact(name="Chez sa fille", parent_id=self.client.id, type="invoice")
        self.merge(address, twin)
        self.assertEqual(request.move_id.partner_id, twin)

    # === OTHER COMPANIES === #

    def test_client_of_another_company(self):
        """Refused all the same, and who merges does not learn of whom the contact is a client."""
        for partners in (self.contact(), self.contact() | self.client):
            words = self.assertNotMerged(self.client, partners - self.client, "cannot be given", self.foreigner)
            self.assertNotRegex(words, "(?i)urssaf|registration")
        other = self.contact()
        self.prepared(other, iban=CONTACT["iban"])
        words = self.assertNotMerged(other, self.client, "one of them|all of them but one", self.foreigner)
        self.assertNotRegex(words, "(?i)urssaf|registration")

    def test_contact_that_one_may_not_see(self):
        hidden = self.contact(company_id=self.company.id)
        self.prepared(hidden, iban=CONTACT["iban"])
        mine = self.contact(company_id=self.other_company.id)
        for destination in (hidden, mine):
            with self.assertRaises(AccessError):
                self.windows(self.foreigner)._merge((hidden | mine).ids, destination)
            self.assertEqual((hidden | mine).exists(), hidden | mine)

    # === PREPARED, AND EMPTY === #

    def test_prepared_one_goes(self):
        source = self.contact(name="Paul Martin", phone="0611223344")
        prepared = self.prepared(source)
        self.assertEqual(prepared.mobile, "0611223344")
        destination = self.contact()
        with self.assertNoLogs("odoo.sql_db", "ERROR"):
            self.merge(source, destination)
        self.assertFalse(prepared.exists() or destination.urssaf_registration_ids)
        self.assertFalse(
            self.env["mail.message"].search([("model", "=", prepared._name), ("res_id", "=", prepared.id)])
        )

    def test_prepared_one_goes_into_a_registered(self):
        source = self.contact()
        prepared = self.prepared(source)
        self.merge(source, self.client)
        self.assertFalse(prepared.exists())
        self.assertEqual(self.client.urssaf_registration_ids, self.registration)
        self.assertEqual(self.registration.iban, CONTACT["iban"])

    def test_prepared_ones_of_two_companies(self):
        source, destination = self.contact(), self.contact()
        self.prepared(source, self.other_company)
        kept = self.prepared(destination)
        self.merge(source, destination)
        self.assertEqual(destination.urssaf_registration_ids, kept)


@tagged("post_install", "-at_install")
class TestContactThatStays(MergeCommon):
    """A merge brings nobody half of another person, and makes no company of a registered person."""

    def civil_status(self, partner):
        return {name: partner[name] for name in sorted(CIVIL_STATUS)}

    def test_registered(self):
        self.assertFalse(self.client.urssaf_usage_name)
        before = self.civil_status(self.client)
        for user in (self.user, self.salesman, self.env.ref("base.user_admin")):
            self.merge(self.contact(urssaf_usage_name="Martin", urssaf_title="1"), self.client, user)
            self.assertEqual(self.civil_status(self.client), before)

    def test_registered_in_another_company(self):
        destination = self.contact()
        self.prepared(destination, self.other_company, iban=CONTACT["iban"])
        before = self.civil_status(destination)
        self.merge(self.contact(**JEANNE), destination, self.user)
        self.assertEqual(self.civil_status(destination), before)

    def test_two_people(self):
        """Neither is registered: the one that stays keeps its own, however little it is."""
        destination = self.contact(urssaf_birth_name="Martin")
        before = self.civil_status(destination)
        self.merge(self.contact(**JEANNE), destination, self.user)
        self.assertEqual(self.civil_status(destination), before)

    def test_whole(self):
        """A contact without any gets that of the other, whole, whoever merges."""
        country = self.birth_country("pt")
        for user in (self.user, self.salesman):
            source = self.contact(urssaf_birth_country_id=country.id, **JEANNE)
            values = self.civil_status(source)
            destination = self.contact(urssaf_birth_country_id=self.birth_country("fr").id)
            self.merge(source, destination, user)
            self.assertEqual(self.civil_status(destination), values)

    def test_of_one_source(self):
        one = self.contact(urssaf_birth_name="Martin", urssaf_usage_name="Petit")
        two = self.contact(urssaf_birth_name="Durand", urssaf_first_names="Jeanne")
        destination = self.contact()
        self.merge(one | two, destination, self.user)
        names = (destination.urssaf_birth_name, destination.urssaf_usage_name, destination.urssaf_first_names)
        self.assertIn(names, [("Martin", "Petit", False), ("Durand", False, "Jeanne")])

    def test_company(self):
        company = self.contact(is_company=True)
        member = self.contact(parent_id=self.contact(name="SARL", is_company=True).id)
        for source in (company, member):
            self.assertNotMerged(source, self.client, "has to stay a person")
        self.assertEqual((self.client.is_company, self.client.commercial_partner_id), (False, self.client))

    def test_company_and_a_client_of_another(self):
        words = self.assertNotMerged(self.contact(is_company=True), self.client, "stay a person", self.foreigner)
        self.assertNotRegex(words, "(?i)urssaf|registr")

    def test_contact_of_all_companies(self):
        """Not shut away from the company that registered it by the company of a source."""
        source = self.contact(company_id=self.other_company.id)
        self.assertFalse(self.client.company_id)
        self.merge(source, self.client, self.foreigner)
        self.assertFalse(self.client.company_id)

    def test_context_of_the_caller(self):
        """What keeps fields during a merge is not for callers."""
        other = self.contact()
        call_kw(
            self.env["res.partner"].with_user(self.user),
            "write",
            [other.ids, {"urssaf_birth_name": "Martin"}],
            {"context": {"urssaf_merge_kept": ["urssaf_birth_name"]}},
        )
        self.assertEqual(other.urssaf_birth_name, "Martin")


@tagged("post_install", "-at_install")
class TestOrdinaryContacts(MergeCommon):
    """Everybody merges contacts as before."""

    def test_as_before(self):
        source, destination = self.contact(phone="0611223344"), self.contact(city="Lyon")
        child = self.contact(name="Chez elle", parent_id=source.id)
        self.merge(source, destination)
        self.assertFalse(source.exists())
        self.assertEqual((destination.phone, destination.city), ("0611223344", "Lyon"))
        self.assertEqual(child.parent_id, destination)

    def test_company_and_parent_as_before(self):
        parent = self.contact(name="SARL", is_company=True)
        source, destination = self.contact(parent_id=parent.id), self.contact()
        self.merge(source, destination)
        self.assertEqual(destination.parent_id, parent)

    def test_query_count(self):
        """A few queries more than Odoo's own hundreds, whatever is registered elsewhere."""
        one, two = self.contact(), self.contact()
        wizard = self.windows()
        with self.assertQueryCount(6):
            wizard._urssaf_held_refusal(one, two)
            wizard._urssaf_company_refusal(one, two)
            wizard._urssaf_civil_status(one, two, self.env["urssaf.registration"])


@tagged("post_install", "-at_install")
class TestAutomaticRun(MergeCommon):
    """What would be refused is left out and told; the rest is merged."""

    def setUp(self):
        super().setUp()
        # Odoo commits after each merge; tests live in one transaction.
        patcher = patch.object(self.cr, "commit", self.env.flush_all)
        patcher.start()
        self.addCleanup(patcher.stop)
        # The oldest active contact is Odoo's choice as the destination.
        self.older = self.contact()
        self.cr.execute("UPDATE res_partner SET create_date = '2000-01-01' WHERE id = %s", [self.older.id])
        self.twins = self.contact(email="paul@example.com") | self.contact(email="paul@example.com")
        self.env.invalidate_all()

    def run_automatically(self, button, **values):
        self.env.flush_all()
        window = self.windows().create({"group_by_email": True, "group_by_name": True, **values})
        # The context of Odoo's menu.
        call_kw(self.windows(), button, [window.ids], {"context": {**window.env.context, "active_test": False}})
        self.env.invalidate_all()
        return window

    def assertLeftOut(self, window):
        self.assertEqual(len(self.twins.exists()), 1, "the others are merged")
        self.assertEqual((self.client | self.older).exists(), self.client | self.older)
        self.assertEqual(self.registration.partner_id, self.client)
        self.assertEqual(window.state, "finished")
        self.assertEqual(window.urssaf_left_out_count, 1)
        self.assertEqual(window.urssaf_left_out_ids, self.client | self.older)
        action = call_kw(self.windows(), "action_urssaf_open_left_out", [window.ids], {})
        found = self.windows().with_context(**action["context"]).env["res.partner"].search(action["domain"])
        self.assertEqual(found, self.client | self.older)

    def test_left_out(self):
        self.assertLeftOut(self.run_automatically("action_start_automatic_process"))

    def test_all_processes(self):
        """Odoo's other button, which goes on in a second window: the one on screen tells."""
        for partner in (self.older, *self.twins):
            partner.write({"vat": "FR23334175221", "name": "Jeanne Durand"})
        self.client.vat = "FR23334175221"
        self.assertLeftOut(self.run_automatically("action_update_all_process"))

    def test_archived_and_left_out(self):
        self.client.active = False
        self.assertLeftOut(self.run_automatically("action_start_automatic_process"))

    def test_registered_one_stays(self):
        """Nothing to leave out where Odoo's choice is the registered one."""
        self.cr.execute("UPDATE res_partner SET create_date = '1999-01-01' WHERE id = %s", [self.client.id])
        self.env.invalidate_all()
        window = self.run_automatically("action_start_automatic_process")
        self.assertFalse(window.urssaf_left_out_count)
        self.assertEqual((self.older.exists(), self.registration.partner_id), (self.env["res.partner"], self.client))

    def test_by_hand(self):
        """The manual run offers the pair: a person can choose the registered one."""
        window = self.run_automatically("action_start_manual_process")
        while window.partner_ids != self.client | self.older:
            window.action_skip()
        with self.assertRaisesRegex(UserError, "Choose this contact"), self.cr.savepoint():
            window.action_merge()
        window.dst_partner_id = self.client
        window.action_merge()
        self.assertFalse(self.older.exists())
        self.assertEqual(self.registration.partner_id, self.client)
        self.assertEqual(self.client.urssaf_birth_date, date(1980, 3, 29))
