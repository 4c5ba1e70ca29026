def migrate(cr, _version):
    """Nothing was taken back in the books yet: say so at once, instead of computing it for each payout."""
    cr.execute("ALTER TABLE urssaf_payout ADD COLUMN IF NOT EXISTS recovered_amount numeric")
    cr.execute("UPDATE urssaf_payout SET recovered_amount = 0 WHERE recovered_amount IS NULL")
