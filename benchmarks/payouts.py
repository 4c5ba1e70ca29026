"""Payouts recorded by the scheduled action, against Odoo's own window that registers payments, invoice by invoice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from benchmarks.measure import answer, arguments, environment, forget_peak, new_invoices, peak_mb, timed

WARM_UP = 5
#: When the invoices are made: the clients are active by then, and each run has a day of its own for its transfer since.
DAYS_AGO = 30
#: Invoices made at once, so that making many does not take the memory that recording them is to be measured by.
SHARE = 500
ODOO = "Odoo's register-payment window"
#: How the company wants its payouts recorded (`urssaf_payment_mode`).
MODES = {"transfer": "one payment a transfer", "payout": "one payment a payout"}
WAYS = (ODOO, *MODES)


def announce_payouts(env, moves, day) -> None:
    """Bring the payment requests of these invoices to where Urssaf has just announced their payouts for `day`."""
    from odoo import fields

    now = fields.Datetime.now()
    requests = moves._urssaf_queue(trigger=False)
    requests._set_state("sending")
    requests._set_state("sent", sent_at=now - timedelta(days=DAYS_AGO - 1))
    requests._set_state("paid", urssaf_status="70", last_check_at=now)
    for request in requests:
        request._note_payout(Decimal(str(request.amount)), day, False)


def prepare(env, count: int, vat: str, day) -> list[int]:
    """Make invoices, and announce their payouts unless `day` is None; return the ids of the invoices."""
    made: list[int] = []
    while len(made) < count:
        share = min(SHARE, count - len(made))
        moves = new_invoices(env, share, vat_on_receipts=vat == "receipts", days_ago=DAYS_AGO)
        if day:
            announce_payouts(env, moves, day)
        made += moves.ids
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return made


def record(env, way: str, count: int, vat: str, day) -> dict[str, float | None]:
    """Record payments for so many new invoices in one of the `WAYS`; return the figures, with the peak of memory."""
    moves = env["account.move"].browse(prepare(env, count, vat, None if way == ODOO else day))
    if way != ODOO:
        env.company.urssaf_payment_mode = way
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    forget_peak()
    work = (lambda: register(env, moves)) if way == ODOO else env["urssaf.payout"]._cron_record
    figures = timed(env, work, count)
    figures["peak_mb"] = peak_mb()
    check(env, way, moves)
    return figures


def register(env, moves) -> None:
    """Register payments in Odoo's own window, one for each invoice."""
    context = {"active_model": "account.move", "active_ids": moves.ids}
    wizard = env["account.payment.register"].with_context(**context).create({"group_payment": False})
    wizard._create_payments()


def check(env, way: str, moves) -> None:
    """Make sure that what was measured is what it is called.

    :raise RuntimeError: an invoice is not paid, or there are more or fewer payments
    """
    env.invalidate_all()
    payments = moves.matched_payment_ids
    if any(move.payment_state != "paid" for move in moves) or any(not payment.move_id for payment in payments):
        raise RuntimeError(f"{way}: some invoices are not paid by a payment in the books")
    wanted = range(1, len(moves) // 100 + 2) if way == "transfer" else [len(moves)]
    if len(payments) not in wanted:
        raise RuntimeError(f"{way}: {len(payments)} payments for {len(moves)} invoices")


def days(env) -> Iterator:
    """Give days of the past, by turns: as many transfers."""
    from odoo import fields

    today = fields.Date.today()
    yield from itertools.cycle([today - timedelta(days=number) for number in range(DAYS_AGO - 2)])


def main() -> None:
    """Measure the ways by turns, for both kinds of VAT; then, each once, more payouts in one run."""
    options = arguments()
    figures: dict[str, list] = {}
    with environment(options) as env:
        day = days(env)
        for way in WAYS:
            record(env, way, WARM_UP, "receipts", next(day))  # the first of anything loads what the others find
        for number in range(options.rounds):
            for vat in ("receipts", "invoices"):
                for turn in range(len(WAYS)):
                    way = WAYS[(number + turn) % len(WAYS)]
                    found = record(env, way, options.count, vat, next(day))
                    figures.setdefault(f"{way}, {vat}", []).append(found)
        sizes = {
            f"{size}, {vat}": record(env, "transfer", size, vat, next(day))
            for size in options.sizes
            for vat in ("receipts", "invoices")
        }
    answer({"ways": figures, "sizes": sizes})


if __name__ == "__main__":
    main()
