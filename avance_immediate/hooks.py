import logging

from .models.urssaf_payment_request import LIVE_STATES

_logger = logging.getLogger(__name__)

ADDON = "avance_immediate"
#: A model or a field of ours, in what people saved.
OURS = r"(^|\W)urssaf[._]"
#: What Odoo leaves of any addon: what people saved about it, and what it wrote down itself and forgets, namely foreign
#: keys on the tables of others, and what other addons (mail, portal…) gave to our models.
LEFT_BEHIND = (
    "DELETE FROM ir_filters WHERE concat_ws(' ', model_id, domain, context, sort) ~ %(ours)s",
    """
    DELETE FROM ir_exports_line line USING ir_exports export
    WHERE export.id = line.export_id AND concat(export.resource, ' ', line.name) ~ %(ours)s
    """,
    "DELETE FROM ir_exports WHERE resource ~ %(ours)s",
    "DELETE FROM base_import_mapping WHERE concat(res_model, ' ', field_name) ~ %(ours)s",
    """
    DELETE FROM ir_model_constraint known USING ir_module_module addon
    WHERE addon.id = known.module AND addon.name = %(addon)s AND known.type = 'f'
    """,
    """
    DELETE FROM ir_model_data WHERE module != %(addon)s
    AND model IN ('ir.model.fields.selection', 'ir.model.inherit')
    AND split_part(name, '__', 2) IN (SELECT replace(model, '.', '_') FROM ir_model WHERE model LIKE 'urssaf.%%')
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
    env.flush_all()
    for query in LEFT_BEHIND:
        env.cr.execute(query, {"ours": OURS, "addon": ADDON})
    env.invalidate_all()
