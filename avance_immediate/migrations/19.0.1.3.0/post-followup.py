from odoo.tools import SQL

#: As they are in this version: what a later one makes of its models is not asked.
RECEIVABLE_TYPES = ("asset_receivable", "liability_payable")
COLLECTING = SQL(
    """
    SELECT id FROM urssaf_payment_request request
    WHERE state IN ('queued', 'sending', 'uncertain', 'sent', 'paid')
        OR (state = 'to_settle'
            AND coalesce(urssaf_status, '') NOT IN ('40', '110', '111', '112', '113', '120', '260', '270'))
        OR EXISTS (
            SELECT FROM urssaf_payout payout
            WHERE payout.request_id = request.id AND payout.state IN ('to_record', 'to_confirm')
        )
    """
)


def migrate(cr, _version):
    """Turn off the follow-up of the invoices that Urssaf collects now, and keep what it was.

    In SQL: through the ORM, entries that were posted long ago would be checked and computed again.
    """
    cr.execute(
        SQL(
            """
            UPDATE urssaf_payment_request request SET no_followup_before = due.before
            FROM (
                SELECT line.move_id, jsonb_object_agg(line.id, coalesce(line.no_followup, FALSE)) AS before
                FROM account_move_line line JOIN account_account account ON account.id = line.account_id
                WHERE account.account_type IN %(types)s
                    AND line.move_id IN (SELECT move_id FROM urssaf_payment_request WHERE id IN (%(collecting)s))
                GROUP BY line.move_id
            ) due
            WHERE due.move_id = request.move_id AND request.id IN (%(collecting)s)
                AND request.no_followup_before IS NULL
            """,
            types=RECEIVABLE_TYPES,
            collecting=COLLECTING,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE account_move_line line SET no_followup = TRUE
            FROM urssaf_payment_request request
            WHERE line.move_id = request.move_id AND request.id IN (%s)
                AND request.no_followup_before ? line.id::text AND line.no_followup IS NOT TRUE
            """,
            COLLECTING,
        )
    )
