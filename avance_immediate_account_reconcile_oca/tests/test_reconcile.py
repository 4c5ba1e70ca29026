from odoo.tests import tagged

from odoo.addons.avance_immediate.tests.bank import BankCommon


@tagged("post_install", "-at_install")
class TestReconcile(BankCommon):
    """OCA's reconciliation opens with our proposal, and takes it."""

    def proposed(self, line):
        """Return the ids that OCA's screen shows as counterparts, and what it leaves in suspense."""
        self.env.invalidate_all()
        data = self.as_accountant(line).reconcile_data_info
        suspense = [row["amount"] for row in data["data"] if row["kind"] == "suspense"]
        return set(data["counterparts"]), suspense, data["can_reconcile"]

    def reconcile(self, line):
        self.as_accountant(line).reconcile_bank_line()

    def test_whole(self):
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.assertEqual(self.proposed(line), ({transfer.id}, [], True))
        self.reconcile(line)
        self.assertMatched(line, transfer)

    def test_two_dates_less_a_recovery(self):
        lines = self.open_line(-10, "2026-06-15") + self.open_line(60, "2026-06-16") + self.open_line(25, "2026-06-17")
        line = self.bank_line(75)
        self.assertEqual(self.proposed(line), (set(lines.ids), [], True))
        self.reconcile(line)
        self.assertMatched(line, lines)

    def test_part(self):
        transfer = self.open_line(60)
        line = self.bank_line(45)
        self.assertEqual(self.proposed(line), ({transfer.id}, [], True))
        self.reconcile(line)
        self.assertMatched(line, transfer, rest=15)

    def test_two_possibilities(self):
        transfers = self.open_line(60, "2026-06-16") + self.open_line(60, "2026-06-17")
        line = self.bank_line(60, "2026-06-17")
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual(self.proposed(line)[0], {transfers[1].id})

    def test_debit(self):
        recovery = self.open_line(-60)
        line = self.bank_line(-60, label="PRLV URSSAF")
        self.assertEqual(self.proposed(line), ({recovery.id}, [], True))
        self.reconcile(line)
        self.assertMatched(line, recovery)

    def test_others_as_before(self):
        self.open_line(60)
        for line in (self.bank_line(50, label="VIR DURAND"), self.bank_line(-50)):
            found, suspense, _can = self.proposed(line)
            self.assertFalse(found)
            self.assertEqual(suspense, [-line.amount])

    def test_undone_is_left_to_people(self):
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.proposed(line)
        self.reconcile(line)
        self.as_accountant(line).unreconcile_bank_line()
        self.assertUntouched(line)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertAlmostEqual(transfer.amount_residual, 60)

    def test_matched_by_itself(self):
        """By the scheduled action, beside OCA's own data of the line."""
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.proposed(line)
        self.run_cron("bank")
        self.assertMatched(line, transfer)
        self.assertEqual(self.proposed(line)[2], True)
