from odoo.tools.sql import column_exists


def migrate(cr, _version):
    """Make the consents records of their own. What was agreed to then is not known: these have no fingerprint."""
    if not column_exists(cr, "urssaf_registration", "consent_date"):
        return
    cr.execute(
        """
        INSERT INTO urssaf_consent (registration_id, date, user_id, origin, text, is_over,
                                    create_uid, write_uid, create_date, write_date)
        SELECT registration.id, registration.consent_date, coalesce(registration.consent_user_id, 1),
               CASE WHEN registration.portal_requested_at IS NOT NULL
                         AND recorder.partner_id = registration.partner_id
                    THEN 'client' ELSE 'employee' END,
               CASE WHEN registration.state = 'erased' THEN NULL ELSE registration.consent_text END,
               registration.state IN ('ended', 'erased'), 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
        FROM urssaf_registration registration
        LEFT JOIN res_users recorder ON recorder.id = registration.consent_user_id
        WHERE registration.consent_date IS NOT NULL
        ORDER BY registration.id
        """
    )
    cr.execute(
        """
        UPDATE urssaf_registration registration SET consent_id = consent.id
        FROM urssaf_consent consent WHERE consent.registration_id = registration.id
        """
    )
    cr.execute(
        """
        ALTER TABLE urssaf_registration
            DROP COLUMN IF EXISTS consent_date,
            DROP COLUMN IF EXISTS consent_user_id,
            DROP COLUMN IF EXISTS consent_text
        """
    )
