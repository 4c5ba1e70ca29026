"""Whole servers: Odoo's processes on one database, the simulator beside them, and a hand to kill and restart them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg2

from harness import provider
from harness.rpc import Odoo, Steering
from scripts import paths, runtime

PATIENCE_SECONDS = 30
#: The clients are active so long before now, which is where the simulator's clock stands during the tests.
DAYS_ACTIVE = 30


class World:
    """A provider with registered clients, two Odoo servers (the second when asked for) and one simulator.

    No scheduled action runs by itself: tests start them with `run_cron`.

    :ivar name: what its logs begin with: worlds that live at the same time have different ones.
    """

    def __init__(self, db: str, folder: Path, stack: ExitStack, name: str = "e2e"):
        self.db = db
        self.name = name
        self.now = datetime.now(timezone.utc).replace(microsecond=0)
        self._state = folder / "simulator.sqlite"
        self._stack = stack
        self._simulator_stack = stack.enter_context(ExitStack())
        self._odoo_stack = stack.enter_context(ExitStack())
        self._ports = [runtime.free_port(), runtime.free_port()]
        self._simulator_port = 0
        self._second: str | None = None
        self._clients = 0
        self.start_simulator()
        self._has_user = False
        self.start_odoo()
        provider.set_up(self.admin, self.address)
        self._has_user = True
        self._log_in()
        self.product = provider.create_products(self.admin)["cleaning"]
        self.client = self.active_client()
        self.simulator.move_to(self.now)

    # ---- Servers

    @property
    def address(self) -> str:
        """Where Odoo is told to find Urssaf."""
        return self.simulator.url

    def start_simulator(self) -> None:
        """Start the simulator: a new one, or again on the same state and port."""
        clock = f"{self.now - timedelta(days=DAYS_ACTIVE):%Y-%m-%dT%H:%M:%SZ}"
        log = paths.log_file(f"{self.name}-simulator")
        server = runtime.start_simulator(self._state, clock, port=self._simulator_port, log=log)
        running = self._simulator_stack.enter_context(server)
        self._simulator_port = running.port
        self.simulator = Steering(running.url)

    def stop_simulator(self) -> None:
        """Stop the simulator; its state stays."""
        self._simulator_stack.close()

    def start_odoo(self) -> None:
        """Start the first Odoo server, or start it again after `kill_odoo`."""
        log = paths.log_file(f"{self.name}-odoo-1")
        self._server = self._odoo_stack.enter_context(runtime.start_odoo(self.db, self._ports[0], log))
        self._log_in()

    def _log_in(self) -> None:
        self.admin = Odoo(self._server.url, self.db, *provider.ADMIN)
        if self._has_user:
            self.user = self.session()

    def kill_odoo(self) -> None:
        """End the first Odoo server as a crash would."""
        self._server.kill()
        self._odoo_stack.close()

    def session(self) -> Odoo:
        """Return another session of the ordinary user, for another thread."""
        return Odoo(self._server.url, self.db, *provider.USER)

    def second(self, credentials: tuple[str, str] = provider.USER) -> Odoo:
        """Return a session on a second Odoo process that serves the same database."""
        if self._second is None:
            log = paths.log_file(f"{self.name}-odoo-2")
            self._second = self._stack.enter_context(runtime.start_odoo(self.db, self._ports[1], log)).url
        return Odoo(self._second, self.db, *credentials)

    # ---- Odoo

    def run_cron(self, name: str, admin: Odoo | None = None) -> None:
        """Run a scheduled action now."""
        admin = admin or self.admin
        admin.call("ir.cron", "method_direct_trigger", [admin.ref(f"avance_immediate.ir_cron_urssaf_{name}")])

    def sql(self, query: str, *values) -> list[tuple]:
        """Run SQL in the database: what no interface can do, such as letting time pass. Return the rows, if any."""
        with closing(psycopg2.connect(dbname=self.db)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def let_pass(self, minutes: int) -> None:
        """Let time pass for the payment requests: what was planned comes nearer, what happened lies further back."""
        moments = ("next_try_at", "absent_since", "queued_at")
        changes = ", ".join(f"{name} = {name} - interval '{minutes} minutes'" for name in moments)
        self.sql(f"UPDATE urssaf_payment_request SET {changes}")

    def forget_token(self) -> None:
        """Lose the token, as its end would."""
        self.sql("UPDATE urssaf_credentials SET access_token = NULL, token_expires_at = 0")

    def new_client(self) -> tuple[int, str]:
        """Create a client whose registration is complete; return the registration's id and the birth name."""
        self._clients += 1
        client = provider.plain_client(self._clients)
        partner = provider.create_client(self.user, client, self._clients)
        return provider.prepare_registration(self.user, partner, client, self._clients), client.birth_name

    def active_client(self) -> int:
        """Create a client whom Urssaf has registered and activated; return the partner's id."""
        registration, _name = self.new_client()
        provider.register(self.user, registration)
        row = self.registration(registration)
        self.simulator.person_step(row["id_client"], "activate")
        self.user.call("urssaf.registration", "action_refresh", [registration])
        return row["partner_id"]

    def persons(self, birth_name: str) -> list[dict]:
        """Return the clients of a birth name whom the simulator knows."""
        return [person for person in self.simulator.persons() if person["nomNaissance"] == birth_name]

    def registration(self, key: int) -> dict:
        """Read a registration."""
        [row] = self.user.read("urssaf.registration", [key], ["partner_id", "state", "id_client", "problems"])
        return row

    def invoice(self) -> int:
        """Create and post an invoice that can go; return its id."""
        day = (self.now - timedelta(days=3)).date()
        return provider.create_invoice(self.user, self.client, [(self.product, 2)], (day, day), day)

    def names(self, moves: list[int]) -> list[str]:
        """Return the numbers of invoices."""
        return [row["name"] for row in self.user.read("account.move", moves, ["name"])]

    def request(self, move: int) -> dict:
        """Read the payment request of an invoice."""
        [row] = self.requests([move])
        return row

    def request_state_in_database(self, move: int) -> str:
        """Return the state that is committed, while a call of the interface is under way."""
        [(state,)] = self.sql("SELECT state FROM urssaf_payment_request WHERE move_id = %s", move)
        return state

    def requests(self, moves: list[int]) -> list[dict]:
        """Read the payment requests of invoices."""
        found = self.user.search("urssaf.payment.request", [("move_id", "in", moves)])
        fields = ["move_id", "number", "state", "send_count", "problems", "id_request", "payout_ids", "needs_person"]
        return self.user.read("urssaf.payment.request", found, fields)

    def calls_about(self, moves: list[int], operation: str) -> int:
        """Return how many calls of an operation Odoo has accounted for, about the requests of these invoices.

        A process that was killed during its call leaves no account of it; the simulator tells of it much later.
        """
        keys = [request["id"] for request in self.requests(moves)]
        return self._calls("urssaf.payment.request", keys, operation)

    def calls_of_registration(self, key: int) -> int:
        """Return how many calls Odoo has accounted for that register this client."""
        return self._calls("urssaf.registration", [key], "register")

    def _calls(self, model: str, keys: list[int], operation: str) -> int:
        [(count,)] = self.sql(
            "SELECT count(*) FROM urssaf_exchange WHERE res_model = %s AND operation = %s AND res_keys LIKE ANY(%s)",
            model,
            operation,
            [f"%,{key},%" for key in keys],
        )
        return count

    def sent_invoices(self, count: int) -> list[int]:
        """Create invoices and send them through the queue; return their ids."""
        moves = [self.invoice() for _ in range(count)]
        provider.send(self.user, moves)
        self.run_cron("send")
        states = {request["state"] for request in self.requests(moves)}
        assert states == {"sent"}, states
        return moves

    def pay(self, moves: list[int]) -> None:
        """Make Urssaf pay these invoices out, today by its clock."""
        for name in self.names(moves):
            self.simulator.step(name, "pay", force=True)


def together(*calls: Callable[[], object]) -> list:
    """Make calls at the same time, each in a thread of its own; return what each returned, or raised."""
    start = threading.Barrier(len(calls))
    outcomes: list = [None] * len(calls)

    def run(index: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            outcomes[index] = call()
        except Exception as error:
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS * 4)
        assert not thread.is_alive(), "a call does not end"
    return outcomes


class Background:
    """A call under way in a thread, to be cut short."""

    def __init__(self, call: Callable[[], object]):
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()

    def _run(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:
            self.error = error

    def wait_at_most(self, seconds: float) -> None:
        """Give it some time."""
        self._thread.join(seconds)

    def wait(self) -> Exception | None:
        """Wait for its end; return what it raised."""
        self._thread.join(PATIENCE_SECONDS * 4)
        assert not self._thread.is_alive(), "a call does not end"
        return self.error


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition of another process holds."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.05)
