def migrate(cr, _version):
    """Raise delays that are too short to be certain of an absence; those that were none have counted as ten minutes."""
    cr.execute(
        """
        UPDATE res_company SET urssaf_absence_minutes = CASE WHEN urssaf_absence_minutes > 0 THEN 5 ELSE 10 END
         WHERE urssaf_absence_minutes < 5
        """
    )
