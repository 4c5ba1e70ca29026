"""The main job, run before the user's eyes: from the first registration to the last payout."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import psycopg2

from harness import provider
from harness.people import CLIENTS
from harness.rpc import Odoo, Steering

from .console import SetupError, say
from .demo_scenario import LAST_MONTH, THIS_MONTH, Calendar, Invoice

PATIENCE_SECONDS = 180
POLL_SECONDS = 0.5
REQUEST_FIELDS = ["number", "state", "urssaf_status", "urssaf_status_label", "refusal_reason", "amount_paid_out"]


@dataclass
class Line:
    """An invoice of the scenario and its record."""

    invoice: Invoice
    move: int


class Story:
    """The demonstration on one pair of servers.

    :param db: the database, for the one thing that HTTP cannot do: let time pass for Odoo
    """

    def __init__(self, admin: Odoo, user: Odoo, simulator: Steering, db: str, calendar: Calendar):
        self.admin, self.user, self.simulator, self.db, self.calendar = admin, user, simulator, db, calendar
        self.partners: dict[str, int] = {}
        self.registrations: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.lines: list[Line] = []
        self._seen: dict[int, dict] = {}
        self._seen_clients: dict[str, str] = {}

    def run(self) -> list[Line]:
        """Play everything; return the invoices in the order of the scenario."""
        self._register_clients()
        self._send_month(LAST_MONTH, self.calendar.last_month, self.calendar.send_last_month)
        self._follow_until(self.calendar.bulk_this_month)
        self._send_month(THIS_MONTH, self.calendar.this_month, self.calendar.bulk_this_month)
        self._go_to(self.calendar.end)
        self._refresh()
        self._tell_news()
        self._send_alone(THIS_MONTH)
        return self.lines

    # ---- Clients

    def _register_clients(self) -> None:
        say(f"\n{self._day()}  The clients are registered with Urssaf, each with their consent")
        self.products = provider.create_products(self.admin)
        for number, (key, client) in enumerate(CLIENTS.items(), start=1):
            self.partners[key] = provider.create_client(self.user, client, number)
            registration = provider.prepare_registration(self.user, self.partners[key], client, number)
            provider.register(self.user, registration)
            self.registrations[key] = registration
        self._tell_registrations()
        self._go_to(self.calendar.start + timedelta(hours=3))
        say(f"\n{self._day()}  The clients answer Urssaf's e-mail, one does not")
        rows = self._read_registrations(["id_client"])
        for key, row in rows.items():
            if row["id_client"] and CLIENTS[key].activates:
                self.simulator.person_step(row["id_client"], "activate")
        self.user.call("urssaf.registration", "action_refresh", list(self.registrations.values()))
        self._tell_registrations()

    def _read_registrations(self, fields: list[str]) -> dict[str, dict]:
        rows = self.user.read("urssaf.registration", list(self.registrations.values()), fields)
        return dict(zip(self.registrations, rows, strict=True))

    def _tell_registrations(self) -> None:
        labels = self.user.labels("urssaf.registration", "state")
        for key, row in self._read_registrations(["state", "problem_html"]).items():
            if row["state"] == self._seen_clients.get(key):
                continue
            self._seen_clients[key] = row["state"]
            told = (row["problem_html"] or "").partition("<div>")[0]  # without the list of likely causes
            problem = f": {as_text(told)}" if told else ""
            say(f"  {CLIENTS[key].name:<18} {labels[row['state']]}{problem}")

    # ---- Sending

    def _send_month(self, invoices: tuple[Invoice, ...], period, moment: datetime) -> None:
        """Create the invoices of a month; send one by itself, unless that is for later, then queue the rest."""
        self._go_to(moment)
        first, last = period
        say(f"\n{self._day()}  The invoices of {first:%B %Y} are made")
        for invoice in invoices:
            goods = [(self.products[key], quantity) for key, quantity in invoice.lines]
            move = provider.create_invoice(self.user, self.partners[invoice.client], goods, period, last)
            self.lines.append(Line(invoice, move))
        if invoices is LAST_MONTH:
            self._send_alone(invoices)
        self._send_in_bulk([line for line in self.lines if line.invoice in invoices and not line.invoice.alone])

    def _send_alone(self, invoices: tuple[Invoice, ...]) -> None:
        for line in self.lines:
            if line.invoice in invoices and line.invoice.alone:
                say(f"\n{self._day()}  One invoice is sent by itself, from its form")
                provider.send(self.user, [line.move])
                self._date_sendings()
                self._tell_news()

    def _send_in_bulk(self, lines: list[Line]) -> None:
        say(f"\n{self._day()}  {len(lines)} invoices are selected in the list and sent: they are queued")
        wizard, stuck = provider.open_send_window(self.user, [line.move for line in lines])
        for move, (problem, _model) in stuck.items():
            [row] = self.user.read("account.move", [move], ["name"])
            say(f"  {row['name']} cannot go: {as_text(problem)}")
        shown = self.user.call("urssaf.send", "action_send", [wizard])
        say(f"  Odoo says: {shown['params']['message']}")
        self._wait_until_sent([line.move for line in lines])
        self._date_sendings()
        self._tell_news()

    def _wait_until_sent(self, moves: list[int]) -> None:
        """Wait until the scheduled action, which nobody starts, has sent what was queued."""
        domain = [("move_id", "in", moves), ("state", "in", ["queued", "sending", "uncertain"])]
        self._wait(domain, "urssaf.payment.request", "the scheduled action to send what is queued")

    def _date_sendings(self) -> None:
        """Date what was just sent on the day of the story: a payout of before its sending would be doubted."""
        now = self.simulator.now().astimezone(timezone.utc).replace(tzinfo=None)
        with closing(psycopg2.connect(dbname=self.db)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE urssaf_payment_request SET sent_at = %s WHERE sent_at > %s", (now, now))

    def _wait(self, domain: list, model: str, what: str) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while left := self.user.call(model, "search_count", domain):
            if time.monotonic() > limit:
                raise SetupError(f"Waited in vain for {what}; {left} left.")
            time.sleep(POLL_SECONDS)

    # ---- Following

    def _follow_until(self, end: datetime) -> None:
        """Let the days pass one by one, and press "Refresh" on the requests; one day, leave it to Odoo alone."""
        say("\nThe days pass; every day the requests are refreshed")
        is_left_to_odoo = True
        while self.simulator.now() < end:
            self._go_to(min(self.simulator.now() + timedelta(days=1), end))
            if is_left_to_odoo and self._something_is_due():
                say(f"  {self._day()}  nobody presses anything: the scheduled action finds the news by itself")
                self._let_time_pass_in_odoo()
                is_left_to_odoo = False
            else:
                self._refresh()
            self._tell_news()

    def _something_is_due(self) -> bool:
        """Whether the simulator knows a status that Odoo does not."""
        known = {row["number"]: row["urssaf_status"] for row in self._seen.values()}
        return any(known.get(r["numFactureTiers"]) != r["statut"]["code"] for r in self.simulator.requests())

    def _refresh(self) -> None:
        """Press "Refresh" on the requests and, where a debit failed, on the client."""
        requests = self.user.search("urssaf.payment.request", [("id_request", "!=", False)])
        self.user.call("urssaf.payment.request", "action_refresh", requests)
        blocked = [row["id"] for row in self._read_requests() if row["urssaf_status"] == "60"]
        for row in self.user.read("urssaf.payment.request", blocked, ["registration_id"]):
            self.user.call("urssaf.registration", "action_refresh", [row["registration_id"]])
        self._wait([("state", "=", "to_record")], "urssaf.payout", "the payouts to be recorded")

    def _let_time_pass_in_odoo(self) -> None:
        """Make what Odoo had planned for the next hours due now, and wake its scheduler as the time would."""
        with closing(psycopg2.connect(dbname=self.db)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE urssaf_payment_request SET next_try_at = next_try_at - interval '1 week'")
            cursor.execute(
                "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id IN %s",
                (tuple(self.admin.ref(f"avance_immediate.ir_cron_urssaf_{name}") for name in ("refresh", "payout")),),
            )
        with closing(psycopg2.connect(dbname="postgres")) as connection, connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", (self.db,))
        now = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}"
        domain = [("id_request", "!=", False), ("next_try_at", "<=", now)]
        self._wait(domain, "urssaf.payment.request", "the scheduled action to refresh the requests")

    # ---- Telling

    def _go_to(self, moment: datetime) -> None:
        if moment > self.simulator.now():
            self.simulator.move_to(moment)

    def _day(self) -> str:
        return f"{self.simulator.now():%d/%m/%Y}"

    def _read_requests(self) -> list[dict]:
        ids = self.user.search("urssaf.payment.request", [], order="number")
        return self.user.read("urssaf.payment.request", ids, REQUEST_FIELDS)

    def _tell_news(self) -> None:
        """Print what changed since the last time: a line for each status, with the invoices that have it now."""
        news: dict[str, list[str]] = {}
        for row in self._read_requests():
            before = self._seen.get(row["id"], {})
            if any(row[key] != before.get(key) for key in ("state", "urssaf_status")):
                news.setdefault(_told(row), []).append(row["number"])
            self._seen[row["id"]] = row
        for text, numbers in news.items():
            say(f"  {self._day()}  {text}: {', '.join(numbers)}")


def _told(row: dict) -> str:
    """Return where a payment request stands, in words."""
    status = f"{row['urssaf_status'] or ''} {row['urssaf_status_label'] or row['state']}"
    if row["refusal_reason"]:
        return f"{status} ({row['refusal_reason']})"
    if row["urssaf_status"] == "70":
        return f"{status}, {'recorded as a payment' if row['amount_paid_out'] else 'the transfer is announced'}"
    return status


def as_text(html: str) -> str:
    """Return the words of a piece of HTML, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("&#39;", "'").split())


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Lay out rows in columns; the first row is the heading."""
    rows = [tuple(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
