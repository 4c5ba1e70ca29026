"""Payouts recorded by the scheduled action, against Odoo's own window that registers payments."""

from __future__ import annotations

from benchmarks.measure import answer, arguments, environment, new_invoices, peak_mb, timed

WARM_UP = 5


def announce_payouts(env, moves) -> None:
    """Bring the payment requests of these invoices to where Urssaf has just announced their payouts."""
    requests = moves._urssaf_queue(trigger=False)
    requests._set_state("sending")
    requests._set_state("sent")
    requests._set_state("paid", urssaf_status="70")
    env["urssaf.payout"].create(
        [
            {"request_id": request.id, "date": request.invoice_date, "amount": request.amount, "state": "to_record"}
            for request in requests
        ]
    )


def record_ours(env, moves) -> dict[str, float]:
    """Record the payouts of these invoices as the scheduled action does."""
    announce_payouts(env, moves)
    return timed(env, env["urssaf.payout"]._cron_record, len(moves))


def record_odoo(env, moves) -> dict[str, float]:
    """Record as many payments as Odoo's own window does, one payment for each invoice."""

    def register() -> None:
        context = {"active_model": "account.move", "active_ids": moves.ids}
        wizard = env["account.payment.register"].with_context(**context).create({"group_payment": False})
        wizard._create_payments()

    return timed(env, register, len(moves))


WAYS = {"scheduled action of the addon": record_ours, "Odoo's register-payment window": record_odoo}


def main() -> None:
    """Measure both ways by turns, for both kinds of VAT."""
    options = arguments()
    figures: dict[str, list] = {}
    with environment(options) as env:
        for way in WAYS.values():
            way(env, new_invoices(env, WARM_UP))  # the first of anything loads what the others find
        for number in range(options.rounds):
            for vat in ("receipts", "invoices"):
                for name in sorted(WAYS, reverse=number % 2 == 1):
                    moves = new_invoices(env, options.count, vat_on_receipts=vat == "receipts")
                    figures.setdefault(f"{name}, VAT on {vat}", []).append(WAYS[name](env, moves))
                    if not all(move.payment_state == "paid" for move in moves):
                        raise RuntimeError(f"{name}: some invoices are not paid")
    answer({**figures, "peak_mb": peak_mb()})


if __name__ == "__main__":
    main()
