"""Who may do what, checked before anything is read or written with more rights than the user's."""

from odoo.exceptions import AccessError

USER = "avance_immediate.group_urssaf_user"
MANAGER = "avance_immediate.group_urssaf_manager"


def check_user(env, group=USER):
    """Refuse a user who is not in ``group``.

    :raise AccessError: with what to do about it
    """
    if not env.user.has_group(group):
        raise AccessError(env._("Your user has no right to do this. An administrator can give it."))


def first_reader(record, users):
    """Return the first of ``users``, then of the managers of its company, who may read ``record``; else the system's.

    :param record: one record, with a company
    """
    managers = record.env.ref(MANAGER).sudo().all_user_ids
    for user in users | managers.filtered(lambda user: user.company_ids & record.company_id):
        theirs = record.with_user(user).with_context(allowed_company_ids=user.sudo().company_ids.ids)
        if user.active and not user.share and theirs.has_access("read"):
            return user
    return record.env.ref("base.user_root")


def with_own_defaults(model, names, values):
    """Return what ``default_get`` found, where our fields take their default value from the code alone.

    Neither ``ir.default``, which every employee may fill for themselves and an administrator for all, nor the context
    gives one to a field whose name begins with ``urssaf_``.

    :param names: the fields asked for
    :param values: what ``default_get`` found for them
    """
    ours = {name for name in names if name.startswith("urssaf_") and name in model._fields}
    keep_own_defaults(model, values, ours)
    return values


def keep_own_defaults(model, values, names):
    """Replace, in ``values`` of ``default_get``, those of ``names`` by the default of the field itself, or drop them.

    :param model: an empty recordset
    :param values: changed in place
    :param names: fields whose value never comes from ``ir.default`` or from the context
    """
    for name in values.keys() & names:
        field = model._fields[name]
        if field.default:
            value = field.convert_to_cache(field.default(model), model, validate=False)
            values[name] = field.convert_to_write(value, model)
        else:
            del values[name]
