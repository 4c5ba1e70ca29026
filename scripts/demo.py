"""Odoo with a sample provider and the simulator beside it, and the main job run before the user's eyes."""

from __future__ import annotations

import argparse
import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta, timezone

from harness import provider
from harness.people import CLIENTS
from harness.rpc import Odoo, OdooError, Steering

from . import paths, runtime
from .console import SetupError, say, step
from .demo_scenario import Calendar
from .demo_story import Line, Story, as_text, table

DATABASE = "avance_immediate_demo"
ODOO_PORT = 8069
SIMULATOR_PORT = 8470
#: The story ends a little before now, so that nothing of it lies in the future however long it takes to play.
MARGIN = timedelta(minutes=2)


def main() -> int:
    """Play the demonstration, then serve; with `--once`, stop after the table.

    :return: 1 when an invoice did not reach its expected end
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the table; fail unless all is as expected")
    parser.add_argument("--port", type=int, default=ODOO_PORT, help="port of Odoo (default: %(default)s)")
    options = parser.parse_args()
    runtime.ensure()
    calendar = Calendar((datetime.now(timezone.utc) - MARGIN).replace(second=0, microsecond=0))
    db = runtime.database(DATABASE if not options.once else f"{DATABASE}_{os.getpid()}")
    try:
        with runtime.stop_on_signals():
            return _show(db, calendar, options)
    except OdooError as error:
        raise SetupError(f"Odoo refused what the demonstration did: {error}\n{error.debug}") from error
    finally:
        if options.once:
            runtime.drop_database(db)


def _show(db: str, calendar: Calendar, options: argparse.Namespace) -> int:
    state = paths.cache_folder("demo") / f"{db}.sqlite"
    _forget(state)
    port, simulator_port = (0, 0) if options.once else (_free(options.port), _free(SIMULATOR_PORT))
    clock = f"{calendar.start:%Y-%m-%dT%H:%M:%SZ}"
    with (
        runtime.start_simulator(state, clock, port=simulator_port) as simulator,
        runtime.start_odoo(db, port or None, max_cron_threads=1) as odoo,
    ):
        with step("setting up the sample provider"):
            admin = Odoo(odoo.url, db, *provider.ADMIN)
            provider.set_up(admin, simulator.url)
            admin = Odoo(odoo.url, db, *provider.ADMIN)
            user = Odoo(odoo.url, db, *provider.USER)
        say(f"  {provider.test_connection(admin)}")
        say(f"  Towards production: {provider.refusal_of_production(admin, simulator.url)}")
        story = Story(admin, user, Steering(simulator.url), db, calendar)
        wrong = _report(user, story.run())
        if options.once:
            _forget(state)
            return 1 if wrong else 0
        _serve(odoo, simulator)
        return 0


def _free(port: int) -> int:
    """Return `port`, or 0 (any) and say so where somebody listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            say(f"- port {port} is taken: another one is used")
            return 0
    return port


def _forget(state) -> None:
    for file in state.parent.glob(f"{state.name}*"):
        file.unlink()


# ---- The table


def _report(user: Odoo, lines: list[Line]) -> list[str]:
    """Print a line per invoice, then what is not as expected; return the latter."""
    states = user.labels("account.move", "urssaf_state")
    payment_states = user.labels("account.move", "payment_state")
    rows = [("Invoice", "Client", "Amount", "At Urssaf", "In Odoo", "Payment")]
    notes, wrong = [], []
    for line in lines:
        move, request, payments, stuck = _read(user, line)
        state = states[request["state"]] if request else ""
        status = f"{request['urssaf_status']} {request['urssaf_status_label']}" if request else "not sent (see below)"
        told = ", ".join(f"{p['ref'].partition(' (')[0]} {p['amount']:.2f} € {p['date']}" for p in payments) or "—"
        in_odoo = "; ".join(filter(None, (state, payment_states[move["payment_state"]])))
        client = CLIENTS[line.invoice.client].name
        rows.append((move["name"], client, f"{move['amount_total']:>8.2f} €", status, in_odoo, told))
        if stuck:
            notes.append(f"{move['name']} cannot go: {as_text(stuck[0])}")
        wrong += [f"{move['name']}: {what}" for what in _differences(line, move, request, payments, stuck)]
    say("\n" + table(rows) + "\n")
    for note in notes:
        say(note)
    _tell_transfers(user)
    for what in wrong:
        say(f"NOT AS EXPECTED  {what}")
    if not wrong:
        say(f"All {len(lines)} invoices are where they should be.")
    return wrong


def _tell_transfers(user: Odoo) -> None:
    """Print what the bank shows of Urssaf: a line for each transfer."""
    states = user.labels("urssaf.transfer", "state")
    transfers = user.search("urssaf.transfer", [], order="date")
    rows = [("Transfer", "Amount", "Payouts", "Where it is")]
    for transfer in user.read("urssaf.transfer", transfers, ["date", "amount", "payout_ids", "state"]):
        amount, payouts = f"{transfer['amount']:>8.2f} €", str(len(transfer["payout_ids"]))
        rows.append((transfer["date"], amount, payouts, states[transfer["state"]]))
    say("\n" + table(rows) + "\n")


def _read(user: Odoo, line: Line) -> tuple[dict, dict | None, list[dict], tuple[str, str] | None]:
    """Read an invoice, its payment request, the payments matched with it, and what keeps it from going."""
    fields = ["name", "amount_total", "payment_state", "urssaf_request_id", "invoice_payments_widget"]
    [move] = user.read("account.move", [line.move], fields)
    request = stuck = None
    if move["urssaf_request_id"]:
        fields = ["state", "urssaf_status", "urssaf_status_label", "amount_paid_out", "payout_ids"]
        [request] = user.read("urssaf.payment.request", [move["urssaf_request_id"]], fields)
    else:
        stuck = provider.open_send_window(user, [line.move])[1].get(line.move)
    # As the invoice shows them: its own part of a payment that may be of many.
    payments = (move["invoice_payments_widget"] or {"content": []})["content"]
    return move, request, payments, stuck


def _differences(line, move, request, payments, stuck) -> list[str]:
    """Compare an invoice with its expected end."""
    end = line.invoice.end
    request = request or {"state": None, "urssaf_status": None, "payout_ids": [], "amount_paid_out": 0}
    paid_out = move["amount_total"] if end.is_paid_out else 0
    found = {
        "state": (request["state"], end.state),
        "status": (request["urssaf_status"], end.status),
        "payment state": (move["payment_state"], end.payment_state),
        "number of payments": (len(payments), int(end.is_paid_out)),
        "number of payouts": (len(request["payout_ids"]), int(end.is_paid_out)),
        "amount paid": (round(sum(payment["amount"] for payment in payments), 2), paid_out),
        "amount paid out": (round(request["amount_paid_out"], 2), paid_out),
        "what to correct": (stuck and stuck[1], end.correct),
    }
    return [f"{name} is {got!r}, expected {wanted!r}" for name, (got, wanted) in found.items() if got != wanted]


# ---- Serving


def _serve(odoo, simulator) -> None:
    say(f"""
Odoo:     {odoo.url}
          {provider.USER[0]} / {provider.USER[1]}: the daily work
          {provider.ADMIN[0]} / {provider.ADMIN[1]}: settings, decisions, exchanges
Simulator:  {simulator.url}  (what Urssaf knows; its clock and its next steps)
Log:      {odoo.log}

Ctrl-C stops both.""")
    with suppress(KeyboardInterrupt):
        odoo.process.wait()
        say(f"Odoo has ended by itself; log: {odoo.log}")
