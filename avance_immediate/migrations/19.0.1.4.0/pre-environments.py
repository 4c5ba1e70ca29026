import ast

from odoo.tools import SQL
from odoo.tools.sql import column_exists

#: As they are called, by what they were called: the stand-in, and Urssaf's own sandbox.
NAMES = {"sandbox": "simulator", "test": "sandbox"}
#: Domains that people saved: table, expression of the model's name, column.
DOMAINS = (
    ("ir_filters", SQL("model_id"), "domain"),
    ("ir_rule", SQL("(SELECT model FROM ir_model WHERE ir_model.id = model_id)"), "domain_force"),
    ("ir_act_window", SQL("res_model"), "domain"),
)


def migrate(cr, _version):
    """Call the environments what they are: ``sandbox`` becomes ``simulator``, and ``test`` becomes ``sandbox``.

    A second time, Urssaf's sandbox would become the simulator. So this begins with Odoo's own list of the values, takes
    the former ones out of it, which Odoo puts back as the code has them, and does nothing where ``test`` is not in it.

    No step of a former version, before or after this one, knows an environment by its name.
    """
    fields = environment_fields(cr)
    if not forget_values(cr, list(fields.values())):
        return
    for model, name in fields:
        rename_column(cr, model.replace(".", "_"), name)
    rename_defaults(cr, list(fields.values()))
    for table, model, column in DOMAINS:
        rename_domains(cr, table, model, column)


def environment_fields(cr):
    """Return the ids of the stored fields that hold an environment, by model and name."""
    cr.execute(
        """
        SELECT model, name, id FROM ir_model_fields
        WHERE ttype = 'selection' AND (name = 'environment' AND starts_with(model, 'urssaf.')
                                       OR name = 'urssaf_environment')
        """
    )
    return {(model, name): field_id for model, name, field_id in cr.fetchall()}


def forget_values(cr, field_ids):
    """Take the former values out of Odoo's list, with their labels in all languages; return whether there were any."""
    cr.execute(
        "SELECT 1 FROM ir_model_fields_selection WHERE field_id = ANY(%s) AND value = 'test' LIMIT 1", [field_ids]
    )
    if not cr.fetchone():
        return False
    cr.execute(
        """
        WITH gone AS (
            DELETE FROM ir_model_fields_selection WHERE field_id = ANY(%s) AND value = ANY(%s) RETURNING id
        )
        DELETE FROM ir_model_data USING gone
        WHERE model = 'ir.model.fields.selection' AND res_id = gone.id
        """,
        [field_ids, list(NAMES)],
    )
    return True


def new_name(expression):
    """Return the SQL of an environment's name as it is now."""
    return SQL("CASE %s WHEN 'sandbox' THEN 'simulator' WHEN 'test' THEN 'sandbox' ELSE %s END", expression, expression)


def rename_column(cr, table, column):
    """Rename the values of a column, all at once.

    The table is written anew, and its indexes are made afterwards: an UPDATE would compare a row that has its new name
    with one that still has the old one, and find the client of two environments twice in one.
    """
    if not column_exists(cr, table, column):  # of an abstract model, or not stored
        return
    name = SQL.identifier(column)
    cr.execute(SQL("ALTER TABLE %s ALTER COLUMN %s TYPE varchar USING %s", SQL.identifier(table), name, new_name(name)))


def rename_defaults(cr, field_ids):
    """Rename the default values of these fields, which are JSON."""
    cr.execute(
        SQL(
            "UPDATE ir_default SET json_value = to_json(%s)::text WHERE field_id = ANY(%s) AND json_value = ANY(%s)",
            new_name(SQL("(json_value::json #>> '{}')")),
            field_ids,
            [f'"{name}"' for name in NAMES],
        )
    )


def rename_domains(cr, table, model, column):
    """Rename the environments in the domains of a table; one that cannot be read stays as it is."""
    name = SQL.identifier(column)
    cr.execute(
        SQL("SELECT id, %s, %s FROM %s WHERE %s LIKE '%%environment%%'", model, name, SQL.identifier(table), name)
    )
    for record_id, model_name, domain in cr.fetchall():
        try:
            tree = ast.parse(domain.strip(), mode="eval")
        except SyntaxError:
            continue
        if rename_values(cr, tree.body, model_name):
            new = ast.unparse(tree)
            cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", SQL.identifier(table), name, new, record_id))


def rename_values(cr, node, model):
    """Rename the environments in the conditions below a node of a domain; return whether there were any.

    :param model: name of the model that the conditions are about
    """
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else ()
    if not (len(parts) == 3 and all(isinstance(part, ast.Constant) for part in parts[:2])):
        return any([rename_values(cr, child, model) for child in ast.iter_child_nodes(node)])
    is_environment, target = resolve(cr, model, str(parts[0].value).split("."))
    if not is_environment:
        return bool(target) and rename_values(cr, parts[2], target)  # "any"
    found = [value for value in ast.walk(parts[2]) if isinstance(value, ast.Constant) and value.value in NAMES]
    for value in found:
        value.value = NAMES[value.value]
    return bool(found)


def resolve(cr, model, path):
    """Follow a path of fields.

    :return: whether it ends at an environment, and the model that it leads to, if any
    """
    name = ""
    for name in path:
        cr.execute("SELECT relation FROM ir_model_fields WHERE model = %s AND name = %s", [model, name])
        origin, (model,) = model, cr.fetchone() or (None,)
    ours = name == "urssaf_environment" or (name == "environment" and (origin or "").startswith("urssaf."))
    return ours, model
