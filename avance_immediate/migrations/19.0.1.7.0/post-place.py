from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Bind the credentials that are in use to the database that is being updated."""
    api.Environment(cr, SUPERUSER_ID, {})["urssaf.credentials"].search([])._bind_new()
