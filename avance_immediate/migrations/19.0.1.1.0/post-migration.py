from odoo.tools.sql import column_exists


def migrate(cr, _version):
    """Give each client the country of birth that was set aside; one without a code is asked for again."""
    if column_exists(cr, "res_partner", "urssaf_birth_res_country_id"):
        cr.execute(
            """
            UPDATE res_partner partner SET urssaf_birth_country_id = birth.id
            FROM urssaf_birth_country birth WHERE birth.country_id = partner.urssaf_birth_res_country_id
            """
        )
        cr.execute("ALTER TABLE res_partner DROP COLUMN urssaf_birth_res_country_id")
