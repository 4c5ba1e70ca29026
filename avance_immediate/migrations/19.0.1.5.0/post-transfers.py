def migrate(cr, _version):
    """Give each recorded payout its journal item, and put what is in the books into the transfers of its day.

    In SQL: nothing of the entries is touched. A payment that was cancelled may have no entry any more: its payout keeps
    the payment, without an item, and a person is told as before.
    """
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
