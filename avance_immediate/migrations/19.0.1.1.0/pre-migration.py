def migrate(cr, _version):
    """Set aside the countries of birth that are ``res.country``: their ids name others in ``urssaf.birth.country``."""
    cr.execute(
        """
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'res_partner'::regclass AND conname = 'res_partner_urssaf_birth_country_id_fkey'
          AND confrelid = 'res_country'::regclass
        """
    )
    if cr.rowcount:
        cr.execute("ALTER TABLE res_partner DROP CONSTRAINT res_partner_urssaf_birth_country_id_fkey")
        cr.execute("ALTER TABLE res_partner RENAME COLUMN urssaf_birth_country_id TO urssaf_birth_res_country_id")
