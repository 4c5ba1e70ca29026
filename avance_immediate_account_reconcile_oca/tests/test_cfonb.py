import base64

from odoo.tests import new_test_user, tagged

from odoo.addons.avance_immediate.tests.bank import BankCommon

ACCOUNT = "12345678901"
#: The last digit of an amount says its sign as well: of what came, and of what went.
CREDIT, DEBIT = "{ABCDEFGHI", "}JKLMNOPQR"


def record(kind, day, label="", cents=0):
    """Return a record of 120 characters of a French bank's statement (CFONB 120): labels have 31, in capitals."""
    signs = DEBIT if cents < 0 else CREDIT
    amount = f"{abs(cents):014d}"
    amount = amount[:-1] + signs[int(amount[-1])]
    text = f"{kind}30006    00001EUR2 {ACCOUNT}  {day}"
    return f"{text:<48}{label[:31]:<31}  {0:07d}  {amount:<30}"


@tagged("post_install", "-at_install")
class TestCfonb(BankCommon):
    """A statement imported by OCA's addon for CFONB: labels cut in capitals, no partner; matched after the import."""

    def test_import(self):
        bank = self.env["res.partner.bank"].create({"acc_number": ACCOUNT, "partner_id": self.company.partner_id.id})
        self.journal.bank_account_id = bank
        importer = new_test_user(self.env, "importer", "account.group_account_user", company_id=self.company.id)
        transfer, other = self.open_line(60), self.open_line(120, "2026-06-10")
        taken_back = self.open_line(-25, "2026-06-16")
        text = [
            record("01", "160626"),
            record("04", "180626", "VIR SEPA URSSAF CAISSE NATIONALE AVANCE IMMEDIATE", 6000),
            record("05", "180626", "AVANCE IMMEDIATE 170626"),
            record("04", "180626", "PRLV SEPA URSSAF RHONE-ALPES", -2500),
            record("04", "180626", "VIR M DURAND", 12000),
            record("07", "180626", cents=15500),
        ]
        self.assertEqual({len(line) for line in text}, {120})
        file = {"statement_file": base64.b64encode("\r\n".join(text).encode()), "statement_filename": "releve.cfo"}
        wizard = self.env["account.statement.import"].with_user(importer)
        wizard.with_context(journal_id=self.journal.id).create(file).import_file_button()
        lines = self.env["account.bank.statement.line"].search([("journal_id", "=", self.journal.id)]).sorted("amount")
        self.assertEqual(lines.mapped("amount"), [-25, 60, 120])
        self.assertTrue(lines[1].payment_ref.startswith("VIR SEPA URSSAF CAISSE NATIONAL"))
        self.assertFalse(lines.partner_id or lines.filtered("is_reconciled"))
        self.run_cron("bank")
        self.assertMatched(lines[1], transfer)
        self.assertMatched(lines[0], taken_back)
        self.assertUntouched(lines[2])
        self.assertEqual(other.amount_residual, 120)
