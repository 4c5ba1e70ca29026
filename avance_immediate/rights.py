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
