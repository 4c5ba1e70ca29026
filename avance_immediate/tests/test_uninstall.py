import io

import openpyxl

from odoo.tests import HttpCase, new_test_user, tagged

from .. import export
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestBeforeUninstalling(UrssafCommon):
    """Odoo's window says what goes on at Urssaf; what Urssaf was sent can be taken along. Uninstalling: tests/e2e."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, "administrator", "base.group_system", company_id=cls.company.id)

    def warning(self, module):
        """Return what the window says before ``module`` goes, as an administrator reads it."""
        module = self.env["ir.module.module"].search([("name", "=", module)])
        action = module.with_user(self.administrator).button_uninstall_wizard()
        wizards = self.env[action["res_model"]].with_user(self.administrator).with_context(**action["context"])
        return wizards.create({}).urssaf_warning or ""

    def test_what_goes_on_is_said(self):
        self.sent_invoice()
        move, request = self.sent_invoice()
        request.sudo()._set_state("paid")
        self.env["urssaf.payout"].sudo().create({"request_id": request.id, "amount": 60, "state": "to_confirm"})
        # Also before an addon goes that ours builds on.
        for module in ("avance_immediate", "l10n_fr_account", "account"):
            with self.subTest(module):
                said = self.warning(module)
                self.assertIn("still followed: 2", said)
                self.assertIn("not in the books yet: 1", said)
                self.assertIn("registered with Urssaf: 1", said)
                self.assertIn("stay out of the follow-up afterwards: 2.", said)
                self.assertNotIn("to settle", said)
                self.assertNotIn(move.name, said)

    def test_nothing_is_said_where_nothing_is_lost(self):
        self.sent_invoice()
        self.assertFalse(self.warning("base_geolocalize"))
        self.env["urssaf.payment.request"].sudo().search([]).write({"state": "closed"})
        self.registration.sudo().write({"state": "ended"})
        self.assertFalse(self.warning("avance_immediate"))


@tagged("post_install", "-at_install")
class TestExport(HttpCase, UrssafCommon):
    """What Urssaf was sent, as a spreadsheet, for managers."""

    def sheets(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [[[cell.value for cell in row] for row in sheet.rows] for sheet in book.worksheets]

    def test_export(self):
        self.client.with_user(self.user).name = "=HYPERLINK(1)"
        move, request = self.sent_invoice()
        other = self.env["res.company"].create({"name": "Autre", "urssaf_environment": "simulator"})
        self.env["urssaf.registration"].sudo()._prepare(self.client, other)
        self.env["urssaf.payout"].sudo().create({"request_id": request.id, "amount": 60, "date": "2026-06-20"})
        self.authenticate("urssaf_manager", "urssaf_manager")
        answer = self.url_open("/avance_immediate/export")
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, export.MIMETYPE))
        requests, registrations, payouts = self.sheets(answer.content)
        said = dict(zip(export.SHEETS["urssaf.payment.request"], requests[1], strict=True))
        self.assertEqual(said["number"], move.name)
        self.assertEqual(said["id_request"], request.sudo().id_request)
        self.assertEqual(said["registration_id.id_client"], self.registration.id_client)
        self.assertEqual((said["amount"], said["expected_payout_amount"], said["urssaf_status"]), (60, 60, "10"))
        self.assertEqual(said["service_start"].date(), move.urssaf_service_start)
        self.assertEqual(said["partner_id"], "=HYPERLINK(1)")
        self.assertEqual([len(requests), len(registrations), len(payouts)], [2, 2, 2], "of the manager's company only")
        everything = str([requests, registrations, payouts])
        for value in (self.registration.iban, self.client.urssaf_birth_name, self.client.email, "simulator-secret"):
            self.assertNotIn(value, everything)

    def test_managers_only(self):
        for user in (self.user, new_test_user(self.env, "accountant", "account.group_account_manager")):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open("/avance_immediate/export").status_code, 403)
