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


def with_own_defaults(model, names, values):
    """Return what ``default_get`` found, where our fields take their default value from the code alone.

    Neither ``ir.default``, which every employee may fill for themselves and an administrator for all, nor the context
    gives one to a field whose name begins with ``urssaf_``.

    :param names: the fields asked for
    :param values: what ``default_get`` found for them
    """
    ours = [name for name in names if name.startswith("urssaf_") and name in model._fields]
    kept = {name: value for name, value in values.items() if name not in ours}
    with_default = [name for name in ours if model._fields[name].default]
    return kept | {name: model._fields[name].default(model) for name in with_default}
