from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column, table_exists

#: Fields: the model, as they were called, and as they are.
FIELDS = (("urssaf.registration.attempt", "by_itself", "is_automatic"),)
#: What people saved that names fields: table, the model that it is about, columns.
SAVED = (
    ("ir_filters", "model_id", ("domain", "context", "sort")),
    ("ir_exports_line", "(SELECT resource FROM ir_exports WHERE ir_exports.id = export_id)", ("name",)),
    ("base_import_mapping", "res_model", ("field_name",)),
)


def migrate(cr, _version):
    """Call fields what they are, with what Odoo knows of them, and in what people saved about our models."""
    for model, old, new in FIELDS:
        rename_field(cr, model, old, new)
        for table, about, columns in SAVED:
            if table_exists(cr, table):
                rename_saved(cr, table, SQL(about), columns, old, new)


def rename_field(cr, model, old, new):
    """Rename a field: its column, what Odoo keeps of it and of its values, and their external ids.

    Default values and translations hang on what is renamed, and stay.
    """
    table = model.replace(".", "_")
    if column_exists(cr, table, old) and not column_exists(cr, table, new):
        rename_column(cr, table, old, new)
    cr.execute("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", [new, model, old])
    for before, after in (
        (f"field_{table}__{old}", f"field_{table}__{new}"),
        (f"selection__{table}__{old}__", f"selection__{table}__{new}__"),
    ):
        cr.execute(
            """
            UPDATE ir_model_data SET name = %(after)s || substr(name, length(%(before)s) + 1)
            WHERE module = 'avance_immediate' AND starts_with(name, %(before)s)
                AND model IN ('ir.model.fields', 'ir.model.fields.selection')
            """,
            {"before": before, "after": after},
        )


def rename_saved(cr, table, about, columns, old, new):
    """Rename a field, as a whole word, in what people saved: about our models, and about others where it is ours."""
    for column in columns:
        name = SQL.identifier(column)
        cr.execute(
            SQL(
                "UPDATE %s SET %s = regexp_replace(%s, %s, %s, 'g') WHERE %s ~ %s AND (%s OR starts_with(%s, 'urssaf.'))",
                SQL.identifier(table),
                name,
                name,
                rf"\m{old}\M",
                new,
                name,
                rf"\m{old}\M",
                old.startswith("urssaf_"),
                about,
            )
        )
