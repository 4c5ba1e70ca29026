import polib

from odoo import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestFrench(TransactionCase):
    """The interface is read in French: every term has its translation, with the same parameters and markup."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        po = polib.pofile(file_path("avance_immediate/i18n/fr.po"))
        cls.french = {entry.msgid: entry for entry in po}

    def test_every_term_is_translated(self):
        terms = {
            source
            for _module, _type, _name, _id, source, *_rest in TranslationModuleReader(self.env.cr, ["avance_immediate"])
        }
        self.assertGreater(len(terms), 500, "the terms were not read")
        missing = sorted(term for term in terms if not (entry := self.french.get(term)) or not entry.translated())
        self.assertFalse(missing, "python3 -m scripts i18n brings these terms into fr.po")

    def test_parameters_are_kept(self):
        for entry in self.french.values():
            with self.subTest(entry.msgid[:60]):
                self.assertEqual(_parameters(entry.msgid), _parameters(entry.msgstr))


def _parameters(text):
    return {part.split(")")[0] for part in text.split("%(")[1:]}


@tagged("post_install", "-at_install")
class TestInterface(UrssafCommon):
    def test_nature_given_to_a_product_unblocks_the_invoices_that_wait(self):
        product = self.env["product.product"].create({"name": "Vitres", "type": "service", "lst_price": 20})
        other = self.env.ref("avance_immediate.urssaf_nature_80")
        lines = [
            Command.create({"product_id": product.id, "quantity": 1}),
            Command.create({"product_id": product.id, "quantity": 1, "urssaf_nature_id": other.id}),
        ]
        move = self.create_service_invoice(invoice_line_ids=lines)
        self.assertIn("line_nature_missing", [problem["code"] for problem in move._urssaf_problems()])
        product.urssaf_nature_id = self.env.ref("avance_immediate.urssaf_nature_60")
        self.assertEqual(move.invoice_line_ids.mapped("urssaf_nature_id.code"), ["60", "80"])
        self.assertFalse(move._urssaf_problems())

    def test_nature_given_to_a_product_leaves_what_was_sent(self):
        move, _request = self.sent_invoice()
        line = move.invoice_line_ids
        self.env.cr.execute("UPDATE account_move_line SET urssaf_nature_id = NULL WHERE id = %s", line.ids)
        self.env.invalidate_all()
        self.service.urssaf_nature_id = self.env.ref("avance_immediate.urssaf_nature_80")
        self.assertFalse(line.urssaf_nature_id)

    def test_send_window_is_saved_with_what_is_to_correct_first(self):
        ready = self.create_service_invoice()
        stuck = self.create_service_invoice(urssaf_service_end=False)
        action = (ready + stuck).with_user(self.user).action_urssaf_send()
        wizard = self.env["urssaf.send"].browse(action["res_id"])
        self.assertEqual((wizard.ready_count, wizard.stuck_count, wizard.ready_amount), (1, 1, ready.amount_total))
        self.assertEqual(wizard.line_ids[0].move_id, stuck)
        target = wizard.line_ids[0].with_user(self.user).action_open_target()
        self.assertEqual((target["res_model"], target["res_id"]), ("account.move", stuck.id))

    def test_columns_come_in_the_order_of_the_life(self):
        _move, request = self.sent_invoice()
        self.send(self.create_service_invoice())
        request.sudo()._set_state("refused")
        groups = (
            self.env["urssaf.payment.request"]
            .with_context(read_group_expand=True)
            .web_read_group([("company_id", "=", self.company.id)], ["state"], [])["groups"]
        )
        self.assertEqual([group["state"] for group in groups], ["sent", "refused"])

    def test_registration_is_filled_in_from_the_client(self):
        partner = self.create_client(
            name="Paul Petit",
            email="paul@example.com",
            phone="06 01 02 03 04",
            street="3 rue Haute",
            zip="69005",
            city="Lyon",
            urssaf_title="1",
        )
        registration = self.env["urssaf.registration"].with_user(self.user).new({"company_id": self.company.id})
        registration.iban = "FR76 3000 6000 0112 3456 7890 189"
        registration.email = "typed@example.com"
        registration.partner_id = partner
        registration._onchange_partner_id()
        self.assertEqual(registration.email, "typed@example.com", "what was typed stays")
        self.assertEqual(registration.bank_holder, "M Paul Petit")
        self.assertEqual((registration.address_number, registration.address_zip), ("3", "69005"))
