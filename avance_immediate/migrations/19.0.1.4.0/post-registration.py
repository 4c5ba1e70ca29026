import unicodedata

from psycopg2.extras import Json

from odoo import SUPERUSER_ID, api

from odoo.addons.avance_immediate.fingerprint import fingerprints
from odoo.addons.avance_immediate.urssaf.http.folding import fold
from odoo.addons.avance_immediate.urssaf.intake.fields import FIELDS


def migrate(cr, _version):
    """Say which registrations are automatic; compare names with consents as all names are compared."""
    mark_who_is_registered_automatically(cr)
    fold_names_of_consents(api.Environment(cr, SUPERUSER_ID, {}))


def mark_who_is_registered_automatically(cr):
    """Write as a field of its own what the date of the next call said."""
    cr.execute(
        """
        UPDATE urssaf_registration SET auto_register = TRUE
        WHERE state IN ('to_complete', 'to_register') AND portal_requested_at IS NOT NULL AND next_try_at IS NOT NULL
            AND auto_register IS NULL
        """
    )
    cr.execute("UPDATE urssaf_registration SET auto_register = FALSE WHERE auto_register IS NULL")


def fold_names_of_consents(env):
    """Make anew the fingerprints of names that are still those of the consent, and are folded otherwise now (œ, ł)."""
    names = [field.name for field in FIELDS if field.agreed is fold]
    for consent in env["urssaf.consent"].search([("salt", "!=", False)]):
        registration, kept = consent.registration_id, consent.fingerprints or {}
        former = {name: plain_until_now(registration[name]) for name in names}
        now = {name: fold(registration[name]) for name in names if former[name] != fold(registration[name])}
        then = fingerprints({name: former[name] for name in now}, consent.salt)
        same = {name: now[name] for name in now if kept.get(name) == then[name]}
        if same:
            values = {**kept, **fingerprints(same, consent.salt)}
            env.cr.execute("UPDATE urssaf_consent SET fingerprints = %s WHERE id = %s", [Json(values), consent.id])
    env["urssaf.consent"].invalidate_model(["fingerprints"])


def plain_until_now(name):
    """Fold a name as versions before 19.0.1.4.0 did for consents."""
    letters = unicodedata.normalize("NFKD", name or "")
    return "".join(letter for letter in letters.casefold() if letter.isalnum())
