def migrate(cr, _version):
    """What a person was shown of a payout in doubt is what they confirm: former versions kept one doubt, as problem."""
    cr.execute(
        """
        UPDATE urssaf_payout SET doubts = jsonb_build_array(problem), problem = NULL
         WHERE state = 'to_confirm' AND fault_code IS NULL AND undone IS NULL AND problem IS NOT NULL
           AND doubts IS NULL
        """
    )
