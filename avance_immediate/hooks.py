import logging

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

from .models.urssaf_payment_request import LIVE_STATES

_logger = logging.getLogger(__name__)

ADDON = "avance_immediate"
#: Names of our models and fields, as `ir_model_data` has them.
OURS = """
    SELECT model.model AS name FROM ir_model_data known JOIN ir_model model ON model.id = known.res_id
    WHERE known.module = %(addon)s AND known.model = 'ir.model' AND starts_with(model.model, 'urssaf.')
    UNION SELECT field.name FROM ir_model_data known JOIN ir_model_fields field ON field.id = known.res_id
    WHERE known.module = %(addon)s AND known.model = 'ir.model.fields' AND starts_with(field.name, 'urssaf_')
"""
#: What Odoo leaves of any addon: what people saved about it, and what it wrote down itself and forgets, namely foreign
#: keys on the tables of others, and what other addons (mail, portal…) gave to our models.
LEFT_BEHIND = (
    # In a domain, the left side of a condition; in a context or an order, a word: never what somebody looks for.
    """
    DELETE FROM ir_filters filter USING (%(ours)s) ours
    WHERE filter.model_id = ours.name
    OR filter.domain ~ concat('[(\\[]\\s*["'']([\\w.]*\\.)?', ours.name, '["''.]')
    OR concat_ws(' ', filter.context, filter.sort) ~ concat('\\m', ours.name, '\\M')
    """,
    """
    DELETE FROM ir_exports_line line USING ir_exports export, (%(ours)s) ours
    WHERE export.id = line.export_id
    AND (export.resource = ours.name OR ours.name = ANY(string_to_array(line.name, '/')))
    """,
    "DELETE FROM ir_exports WHERE resource IN (SELECT name FROM (%(ours)s) ours)",
    """
    DELETE FROM base_import_mapping mapping USING (%(ours)s) ours
    WHERE mapping.res_model = ours.name OR ours.name = ANY(string_to_array(mapping.field_name, '/'))
    """,
    """
    DELETE FROM ir_model_constraint known USING ir_module_module addon
    WHERE addon.id = known.module AND addon.name = %(addon)s AND known.type = 'f'
    """,
    """
    DELETE FROM ir_model_data WHERE module != %(addon)s
    AND model IN ('ir.model.fields.selection', 'ir.model.inherit')
    AND split_part(name, '__', 2) IN (SELECT replace(ours.name, '.', '_') FROM (%(ours)s) ours)
    """,
)


def uninstall_hook(env):
    """Take away what Odoo leaves of an addon: what has no external id, and what people saved about it elsewhere.

    A search that somebody saved on invoices would fail on a field that is gone; a parameter would come back to life at
    the next installation. Notes in the chatter of invoices and contacts stay: they are theirs.
    """
    live = env["urssaf.payment.request"].search_count([("state", "in", LIVE_STATES)])
    if live:
        _logger.warning("Uninstalled with %s payment requests that live at Urssaf or were about to go there", live)
    env["ir.config_parameter"].search([("key", "=like", r"avance\_immediate.%")]).unlink()
    own = env["ir.model.data"].search([("module", "=", ADDON), ("model", "=", "mail.activity.type")])
    # Odoo would make activities "to do" of those about contacts and invoices.
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", own.mapped("res_id"))]).unlink()
    _take_away_set_up(env)
    env.flush_all()
    ours = SQL(OURS, addon=ADDON)
    for query in LEFT_BEHIND:
        env.cr.execute(SQL(query, addon=ADDON, ours=ours))
    env.invalidate_all()


def _take_away_set_up(env):
    """Take away what the button of the payouts made, newest first, unless entries or payments use it.

    What stays is the user's accounting: Odoo, which keeps the external id of what it cannot delete, has none to keep.
    """
    known = env["ir.model.data"].search([("module", "=", ADDON), ("name", "=like", r"made\_%")], order="id desc")
    for data in known:
        try:
            with env.cr.savepoint():
                env[data.model].browse(data.res_id).exists().unlink()
        except (UserError, psycopg2.IntegrityError):
            _logger.info("Kept, as it is in use: %s %s", data.model, data.res_id)
    known.exists().unlink()
