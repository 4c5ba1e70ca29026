def migrate(cr, _version):
    """Let one payment record several payouts: until now an index kept each to one."""
    cr.execute("DROP INDEX IF EXISTS urssaf_payout_payment_unique")
