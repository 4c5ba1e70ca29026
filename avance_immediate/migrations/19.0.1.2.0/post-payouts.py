def migrate(cr, _version):
    """Mark the payouts that await as a second one: until now their problem alone said it."""
    cr.execute(
        """
        UPDATE urssaf_payout SET is_another = TRUE
        WHERE state IN ('to_record', 'to_confirm') AND problem ->> 'code' = 'paid_again' AND is_another IS NOT TRUE
        """
    )
