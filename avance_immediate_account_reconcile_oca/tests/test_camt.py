import base64

from odoo.tests import new_test_user, tagged

from odoo.addons.avance_immediate.tests.bank import BankCommon

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-06-18T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>2026-118</Id><CreDtTm>2026-06-18T06:00:00</CreDtTm><Acct><Id><IBAN>%(iban)s</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-06-17</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">180.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-06-18</Dt></Dt></Bal>
%(entries)s</Stmt></BkToCstmrStmt></Document>"""
ENTRY = """<Ntry><Amt Ccy="EUR">%(amount)s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-06-18</Dt></BookgDt><ValDt><Dt>2026-06-18</Dt></ValDt><AcctSvcrRef>%(ref)s</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>%(ref)s</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>%(name)s</Nm></Dbtr></RltdPties><RmtInf><Ustrd>%(label)s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


@tagged("post_install", "-at_install")
class TestCamt(BankCommon):
    """A statement imported by OCA's addons: one line a transfer, matched after the import."""

    def test_import(self):
        iban = "FR7630006000011234567890189"
        account = self.env["res.partner.bank"].create({"acc_number": iban, "partner_id": self.company.partner_id.id})
        self.journal.bank_account_id = account
        importer = new_test_user(self.env, "importer", "account.group_account_user", company_id=self.company.id)
        transfer, other = self.open_line(60), self.open_line(120, "2026-06-10")
        entries = [
            {"amount": "60.00", "name": "URSSAF CAISSE NATIONALE", "label": "AVANCE IMMEDIATE 170626", "ref": "A1"},
            {"amount": "120.00", "name": "M DURAND", "label": "FACTURE 12", "ref": "A2"},
        ]
        text = CAMT % {"iban": iban, "entries": "".join(ENTRY % entry for entry in entries)}
        wizard = self.env["account.statement.import"].with_user(importer)
        file = {"statement_file": base64.b64encode(text.encode()), "statement_filename": "releve.xml"}
        wizard.with_context(journal_id=self.journal.id).create(file).import_file_button()
        lines = self.env["account.bank.statement.line"].search([("journal_id", "=", self.journal.id)])
        lines = lines.sorted("amount")
        self.assertEqual(lines.mapped("amount"), [60, 120])
        self.assertFalse(lines.filtered("is_reconciled"), "nothing within the import")
        cron = self.env.ref("avance_immediate.ir_cron_urssaf_bank")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.run_cron("bank")
        self.assertMatched(lines[0], transfer)
        self.assertUntouched(lines[1])
        self.assertEqual(other.amount_residual, 120)
