from odoo.tools.sql import column_exists


def migrate(cr, _version):
    """Take the secrets out of where they were kept in passing: the settings' own table, and default values."""
    if column_exists(cr, "res_config_settings", "urssaf_client_secret"):
        # Dropping a column leaves its values in the rows.
        cr.execute("UPDATE res_config_settings SET urssaf_client_secret = NULL WHERE urssaf_client_secret IS NOT NULL")
        cr.execute("ALTER TABLE res_config_settings DROP COLUMN urssaf_client_secret")
    cr.execute(
        """
        DELETE FROM ir_default value USING ir_model_fields field
        WHERE field.id = value.field_id AND (field.model, field.name) IN (
            ('res.config.settings', 'urssaf_client_secret'),
            ('urssaf.credentials', 'client_secret'),
            ('urssaf.credentials', 'access_token')
        )
        """
    )
