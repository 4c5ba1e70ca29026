from odoo import SUPERUSER_ID, api

from odoo.addons.avance_immediate.models.account_move_collected import RECEIVABLE_TYPES


def migrate(cr, _version):
    """Turn off the follow-up of the invoices that Urssaf collects now, and keep what it was.

    In SQL: through the ORM, entries that were posted long ago would be checked and computed again.
    """
    requests = api.Environment(cr, SUPERUSER_ID, {})["urssaf.payment.request"]
    collecting = requests.search(requests._collecting_domain())
    if not collecting:
        return
    cr.execute(
        """
        UPDATE urssaf_payment_request request SET no_followup_before = due.before
        FROM (
            SELECT line.move_id, jsonb_object_agg(line.id, coalesce(line.no_followup, FALSE)) AS before
            FROM account_move_line line JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type IN %(types)s
                AND line.move_id IN (SELECT move_id FROM urssaf_payment_request WHERE id IN %(ids)s)
            GROUP BY line.move_id
        ) due
        WHERE due.move_id = request.move_id AND request.id IN %(ids)s AND request.no_followup_before IS NULL
        """,
        {"types": RECEIVABLE_TYPES, "ids": tuple(collecting.ids)},
    )
    cr.execute(
        """
        UPDATE account_move_line line SET no_followup = TRUE
        FROM urssaf_payment_request request
        WHERE line.move_id = request.move_id AND request.id IN %s AND request.no_followup_before ? line.id::text
            AND line.no_followup IS NOT TRUE
        """,
        [tuple(collecting.ids)],
    )
