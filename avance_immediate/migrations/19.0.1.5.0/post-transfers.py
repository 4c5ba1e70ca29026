from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Give each payout its journal item and its transfer, and note what somebody had undone in the books.

    In SQL: nothing of the entries is touched. A payment that was cancelled may have no entry any more: its payout keeps
    the payment, without an item, until a person records it again or sets it aside.
    """
    _find_items(cr)
    _make_transfers(cr)
    _note_undone(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    awaiting = [("state", "in", ("to_record", "to_confirm")), ("transfer_id", "=", False)]
    env["urssaf.payout"].search(awaiting)._assign_transfer()
    env.flush_all()


def _find_items(cr):
    cr.execute(
        """
        UPDATE urssaf_payout payout SET line_id = item.id
        FROM account_payment payment
        JOIN LATERAL (
            SELECT line.id FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            WHERE line.move_id = payment.move_id AND account.account_type = 'asset_receivable'
              AND line.account_id IS DISTINCT FROM payment.outstanding_account_id
            ORDER BY line.credit DESC, line.id LIMIT 1
        ) item ON TRUE
        WHERE payment.id = payout.payment_id AND payout.line_id IS NULL
        """
    )


def _make_transfers(cr):
    cr.execute(
        """
        INSERT INTO urssaf_transfer (holder_id, company_id, environment, date, account_id,
                                     create_uid, create_date, write_uid, write_date)
        SELECT DISTINCT payout.holder_id, payout.holder_id, payout.environment, COALESCE(payout.date, payment.date),
                        payment.outstanding_account_id, 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
        FROM urssaf_payout payout JOIN account_payment payment ON payment.id = payout.payment_id
        WHERE payment.outstanding_account_id IS NOT NULL AND payout.transfer_id IS NULL
        ON CONFLICT DO NOTHING
        """
    )
    cr.execute(
        """
        UPDATE urssaf_payout payout SET transfer_id = transfer.id
        FROM account_payment payment, urssaf_transfer transfer
        WHERE payment.id = payout.payment_id AND payout.transfer_id IS NULL
          AND transfer.holder_id = payout.holder_id AND transfer.environment = payout.environment
          AND transfer.date = COALESCE(payout.date, payment.date)
          AND transfer.account_id = payment.outstanding_account_id
        """
    )
    cr.execute(
        """
        UPDATE account_payment payment SET urssaf_transfer_id = payout.transfer_id
        FROM urssaf_payout payout
        WHERE payout.payment_id = payment.id AND payment.urssaf_transfer_id IS NULL
        """
    )


def _note_undone(cr):
    """A former version told of it when it happened, and kept no mark of it."""
    cr.execute(
        """
        UPDATE urssaf_payout payout SET undone = found.undone
        FROM (
            SELECT recorded.id, CASE
                WHEN item.id IS NULL THEN 'payment_deleted'
                WHEN payment.state IN ('draft', 'canceled', 'rejected') OR item.parent_state != 'posted'
                    THEN 'payment_undone'
                WHEN NOT item.reconciled AND EXISTS (
                    SELECT FROM account_move_line due
                    JOIN account_account account ON account.id = due.account_id
                    WHERE due.move_id = request.move_id AND account.account_type = 'asset_receivable'
                      AND NOT due.reconciled AND due.parent_state = 'posted'
                ) THEN 'payout_unmatched'
            END AS undone
            FROM urssaf_payout recorded
            JOIN urssaf_payment_request request ON request.id = recorded.request_id
            JOIN account_payment payment ON payment.id = recorded.payment_id
            LEFT JOIN account_move_line item ON item.id = recorded.line_id
            WHERE recorded.state = 'recorded'
        ) found
        WHERE found.id = payout.id AND found.undone IS NOT NULL AND payout.undone IS NULL
        """
    )
