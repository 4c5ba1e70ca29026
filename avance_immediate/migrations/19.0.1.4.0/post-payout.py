def migrate(cr, _version):
    """Write into fields what decides about payouts and requests: until now what is said of them was read for it."""
    cr.execute(
        """
        UPDATE urssaf_payout SET fault_code = fault ->> 'code'
        WHERE jsonb_typeof(fault) = 'object' AND fault_code IS NULL
        """
    )
    # It was left where it was when something else was said of the payout.
    cr.execute(
        """
        UPDATE urssaf_payout SET books_problem = NULL
        WHERE books_problem IS NOT NULL AND problem ->> 'code' IS DISTINCT FROM 'payout_not_recorded_above'
        """
    )
    cr.execute(
        """
        UPDATE urssaf_payment_request SET is_not_shown = TRUE
        WHERE problems @> '[{"code": "not_shown"}]' AND is_not_shown IS NOT TRUE
        """
    )
