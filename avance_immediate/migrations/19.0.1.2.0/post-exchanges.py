def migrate(cr, _version):
    """Forget the answers that former versions kept: what they masked of free texts and codes was too little."""
    cr.execute("UPDATE urssaf_exchange SET response_body = NULL WHERE response_body IS NOT NULL")
