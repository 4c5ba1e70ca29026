"""Payment requests sent to the simulator and refreshed, ten a call as the addon does, against one by one."""

from __future__ import annotations

import math

import requests as http

from benchmarks.measure import answer, arguments, environment, new_invoices, peak_mb, timed

WARM_UP = 5


def calls(simulator: str) -> int:
    """Return how many calls the simulator has received."""
    return len(http.get(f"{simulator}/_simulator/calls", timeout=60).json())


def advance(simulator: str) -> None:
    """Let two hours pass at Urssaf: what was sent is notified to the client."""
    http.post(f"{simulator}/_simulator/clock/advance", json={"hours": 2}, timeout=60).raise_for_status()


def until_done(action, count: int) -> None:
    """Call a scheduled action again and again, as Odoo's scheduler does, for so many records of one company."""
    from odoo.addons.avance_immediate.models.urssaf_batch_mixin import SHARE

    for _run in range(math.ceil(count / SHARE)):
        action()


def send(env, count: int, alone: bool) -> dict[str, float]:
    """Queue new invoices, and measure the scheduled action that sends them."""
    queued = new_invoices(env, count)._urssaf_queue(trigger=False)
    queued.send_alone = alone
    figures = timed(env, lambda: until_done(env["urssaf.payment.request"]._cron_send, count), count)
    if set(queued.mapped("state")) != {"sent"}:
        raise RuntimeError(f"not sent: {queued.mapped('problems')}")
    return figures


def refresh(env, count: int, alone: bool) -> dict[str, float]:
    """Measure the refreshing of the requests that were sent last, whose status has changed in the meantime."""
    sent = env["urssaf.payment.request"].search([("state", "=", "sent")], limit=count, order="id desc")

    def one_by_one() -> None:
        for request in sent:
            request._refresh_batch()

    def as_scheduled() -> None:
        until_done(env["urssaf.payment.request"]._cron_refresh, count)

    others = env["urssaf.payment.request"].search([("state", "=", "sent")]) - sent
    others.next_try_at = False
    sent.next_try_at = "2000-01-01 00:00:00"
    figures = timed(env, one_by_one if alone else as_scheduled, count)
    if set(sent.mapped("urssaf_status")) != {"20"}:
        raise RuntimeError(f"not refreshed: {sent.mapped('urssaf_status')}")
    return figures


def main() -> None:
    """Measure both ways by turns; between sending and refreshing, Urssaf notifies the clients."""
    options = arguments()
    figures: dict[str, list] = {}
    with environment(options) as env:
        send(env, WARM_UP, alone=False)
        advance(options.simulator)
        for number in range(options.rounds):
            for alone in (False, True) if number % 2 == 0 else (True, False):
                for step in (send, refresh):
                    before = calls(options.simulator)
                    measured = step(env, options.count, alone)
                    measured["calls"] = (calls(options.simulator) - before) / options.count
                    name = f"{step.__name__} {'one by one' if alone else 'in batches'}"
                    figures.setdefault(name, []).append(measured)
                    advance(options.simulator)
    answer({**figures, "peak_mb": peak_mb()})


if __name__ == "__main__":
    main()
