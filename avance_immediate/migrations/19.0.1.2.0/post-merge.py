def migrate(cr, _version):
    """Forget the headings of imported files of clients: in a file without any, they were the first client."""
    cr.execute(
        r"""
        DELETE FROM base_import_mapping
        WHERE res_model = 'urssaf.registration'
        OR (res_model IN ('res.partner', 'res.users') AND field_name ~ '(^|/)urssaf_')
        """
    )
