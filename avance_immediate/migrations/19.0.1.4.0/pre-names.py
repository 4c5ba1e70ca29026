from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column, table_exists

#: Fields: the model, as they were called, and as they are.
FIELDS = (
    ("urssaf.registration.attempt", "by_itself", "is_automatic"),
    ("urssaf.registration", "civility", "title"),
    ("res.partner", "urssaf_civility", "urssaf_title"),
    ("res.users", "urssaf_civility", "urssaf_title"),
)
#: Codes of problems.
CODES = {"civility_invalid": "title_invalid", "link_dies": "link_expires"}
PROBLEMS = ("urssaf_registration", "urssaf_registration_attempt")
#: What people saved that names fields: table, which rows are about our models, and columns.
SAVED = (
    ("ir_filters", "starts_with(model_id, 'urssaf.')", ("domain", "context", "sort")),
    (
        "ir_exports_line",
        "export_id IN (SELECT id FROM ir_exports WHERE starts_with(resource, 'urssaf.'))",
        ("name",),
    ),
    ("base_import_mapping", "starts_with(res_model, 'urssaf.')", ("field_name",)),
    # Extensions of our views, and copies that a website has of our pages.
    ("ir_ui_view", "starts_with(model, 'urssaf.') OR starts_with(key, 'avance_immediate.portal_')", ("arch_db",)),
)


def migrate(cr, _version):
    """Call fields what they are, with what Odoo knows of them, and in what people saved about them."""
    for model, old, new in FIELDS:
        rename_field(cr, model, old, new)
        for table, ours, columns in SAVED:
            if table_exists(cr, table):
                rename_saved(cr, table, SQL("TRUE") if old.startswith("urssaf_") else SQL(ours), columns, old, new)
    for old, new in CODES.items():
        rename_code(cr, old, new)


def rename_field(cr, model, old, new):
    """Rename a field: its column, what Odoo keeps of it and of its values, and their external ids.

    Default values and translations hang on what is renamed, and stay.
    """
    table = model.replace(".", "_")
    if column_exists(cr, table, old) and not column_exists(cr, table, new):
        rename_column(cr, table, old, new)
    cr.execute("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", [new, model, old])
    cr.execute(
        """
        UPDATE ir_model_data SET name = replace(name, %(old)s, %(new)s)
        WHERE module = 'avance_immediate' AND model IN ('ir.model.fields', 'ir.model.fields.selection')
            AND (name = 'field_' || %(old)s OR starts_with(name, 'selection__' || %(old)s || '__'))
        """,
        {"old": f"{table}__{old}", "new": f"{table}__{new}"},
    )


def rename_saved(cr, table, rows, columns, old, new):
    """Rename a field, as a whole word, in columns of these rows."""
    for column in columns:
        kind = SQL("jsonb") if column == "arch_db" else SQL("varchar")
        cr.execute(
            SQL(
                """
                UPDATE %(table)s SET %(column)s = regexp_replace(%(column)s::text, %(word)s, %(new)s, 'g')::%(kind)s
                WHERE %(column)s::text ~ %(word)s AND (%(rows)s)
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                word=rf"\m{old}\M",
                new=new,
                kind=kind,
                rows=rows,
            )
        )


def rename_code(cr, old, new):
    """Rename the code of a problem where problems are kept."""
    for table in PROBLEMS:
        if column_exists(cr, table, "problems"):
            cr.execute(
                SQL(
                    "UPDATE %(table)s SET problems = replace(problems::text, %(old)s, %(new)s)::jsonb "
                    "WHERE problems @? %(path)s",
                    table=SQL.identifier(table),
                    old=f'"code": "{old}"',
                    new=f'"code": "{new}"',
                    path=f'$[*] ? (@.code == "{old}")',
                )
            )
