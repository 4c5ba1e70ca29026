"""A provider with bad hours: between Odoo and Urssaf stands what spoils answers, and Odoo's processes die.

What must hold afterwards is in `BadHours.check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from harness import faults, provider
from harness.fault_proxy import FaultProxy
from harness.faults import Fault
from harness.people import iban
from harness.rpc import OdooError
from tests.e2e.mortals import Died, Mortals
from tests.e2e.world import World

#: The scheduled actions, in the order in which an hour needs them.
CRONS = ("registration", "send", "refresh", "payout", "bank")
#: Of a request that Urssaf has accepted, and that we know of.
AT_URSSAF = ("sent", "paid", "to_settle", "closed", "refused", "cancelled")
#: After the last fault, in hours: what waits is tried within one, and a day decides about what stays alone.
CALM = (*[0.25] * 8, *[1] * 8, *[6] * 5)
#: Words for people, who are answered by them; anything else is an error of ours.
IN_WORDS = ("odoo.exceptions.UserError", "odoo.exceptions.ValidationError")
SECRETS = re.compile(r"simulator-secret|1948-03-29|29/03/1948|FR\d{2} ?3000 ?6000 ?01|CONTEST-WORDS")
ACTIVITY = "avance_immediate.mail_activity_type_urssaf"


def _activities(alias: str, model: str) -> str:
    """Return the SQL that counts what is told of a record."""
    return f"""
    (SELECT count(*) FROM mail_activity activity
     JOIN ir_model_data data ON data.model = 'mail.activity.type' AND data.res_id = activity.activity_type_id
     WHERE activity.active AND activity.res_model = '{model}' AND activity.res_id = {alias}.id
       AND data.module || '.' || data.name = '{ACTIVITY}')
    """


REQUESTS = f"""
    SELECT request.id, request.number, request.state, request.needs_person, request.id_request, request.urssaf_status,
           {_activities("request", "urssaf.payment.request")}, move.amount_total, move.amount_residual
    FROM urssaf_payment_request request JOIN account_move move ON move.id = request.move_id
    WHERE request.id > %s ORDER BY request.id
"""
REGISTRATIONS = f"""
    SELECT registration.id, registration.state, registration.id_client, registration.email,
           {_activities("registration", "urssaf.registration")}
    FROM urssaf_registration registration ORDER BY registration.id
"""
PAYOUTS = """
    SELECT payout.id, request.number, payout.state, payout.amount, payout.recovered_amount, -line.balance,
           line.parent_state
    FROM urssaf_payout payout JOIN urssaf_payment_request request ON request.id = payout.request_id
    LEFT JOIN account_move_line line ON line.id = payout.line_id ORDER BY payout.id
"""
WORDS = """
    SELECT 'mail.message ' || id, concat(subject, ' ', body) FROM mail_message
    UNION ALL SELECT 'mail.activity ' || id, concat(summary, ' ', note) FROM mail_activity
    UNION ALL SELECT 'urssaf.exchange ' || id, concat(request_body, ' ', response_body, ' ', path) FROM urssaf_exchange
"""


class BadHours(World):
    """The world of the tests of a file.

    Every act of a person and every run of a scheduled action is a process of its own (`self.mortals`), all calls to
    Urssaf go through `self.proxy`, and time passes by `wait` alone.

    :ivar moves: invoices that were sent, or tried to.
    :ivar checked: the last payment request of the parts that are behind.
    """

    def __init__(self, db: str, folder: Path, stack: ExitStack, name: str):
        self.proxy: FaultProxy | None = None
        self.moves: list[int] = []
        self.checked = self._read = 0
        self._crons: dict[str, int] = {}
        super().__init__(db, folder, stack, name)
        self.wait(hours=1)

    # ---- Servers

    @property
    def address(self) -> str:
        # OVERRIDE World: by way of what spoils answers
        if self.proxy is None:
            self.proxy = FaultProxy(self.simulator.url)
            self._stack.callback(self.proxy.close)
        return self.proxy.url

    def start_odoo(self) -> None:
        # OVERRIDE World: no server, and a process for each call
        self.mortals = Mortals(self.db, self._moment(), f"{self.name}-odoo")
        self._stack.callback(self.mortals.close)
        self._log_in()

    def _log_in(self) -> None:
        self.admin = self.mortals.session("admin")
        if self._has_user:
            self.user = self.session()

    def session(self):
        # OVERRIDE World
        return self.mortals.session(provider.USER[0])

    def _moment(self):
        return self.now.replace(tzinfo=None)

    @property
    def clients(self) -> int:
        """How many clients there are."""
        return self._clients

    # ---- Time

    def wait(self, **delay) -> None:
        """Let time pass, in Odoo and at Urssaf."""
        self.now += timedelta(**delay)
        self.mortals.now = self._moment()
        self.simulator.move_to(self.now)

    def run_cron(self, name: str, admin=None) -> None:
        # OVERRIDE World: one call, which may be the one to meet a fate
        if name not in self._crons:
            fate, self.mortals.fate = self.mortals.fate, None
            self._crons[name] = self.admin.ref(f"avance_immediate.ir_cron_urssaf_{name}")
            self.mortals.fate = fate
        # After three deaths in a row Odoo leaves a run out, and its own button then fails without words.
        self.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        (admin or self.admin).call("ir.cron", "method_direct_trigger", [self._crons[name]])

    def tick(self, names: Iterable[str] = CRONS) -> None:
        """Run scheduled actions, as the scheduler would."""
        for name in names:
            self.run_cron(name)

    def live(self, hours: float, minutes: int = 60) -> None:
        """Let hours pass, the scheduled actions running every so many minutes."""
        for _run in range(round(hours * 60 / minutes)):
            self.wait(minutes=minutes)
            self.tick()

    def come_to_rest(self) -> None:
        """Let no fault happen any more, and time pass until nothing moves; nobody presses a button."""
        self.proxy.heal()
        for hours in CALM:
            self.wait(hours=hours)
            self.tick()
            if not self.unsettled():
                break
        # Whatever was learnt late is known within two days; then everything is asked about once more, and booked.
        for _day in range(2):
            self.wait(days=1)
            self.tick()
        query = "SELECT id FROM urssaf_payment_request WHERE id_request IS NOT NULL AND id > %s"
        keys = [key for (key,) in self.sql(query, self.checked)]
        for start in range(0, len(keys), 10):
            self.user.call("urssaf.payment.request", "action_refresh", keys[start : start + 10])
        self._book_the_rest()

    def _book_the_rest(self) -> None:
        """Let days pass in Odoo alone, until no transfer is held any more for what may still be announced of it."""
        for _day in range(6):
            self.tick(("payout", "bank"))
            if not self.sql("SELECT id FROM urssaf_payout WHERE state = 'to_record'"):
                break
            self.now += timedelta(days=1)
            self.mortals.now = self._moment()

    def open_queue(self) -> None:
        """Let the time pass after which something is sent again, as a try, and then the rest."""
        self.wait(minutes=21)
        self.tick(("send", "send"))

    def unsettled(self) -> list[str]:
        """Return what is still on its way, and awaits no person."""
        return [
            str(name)
            for (name,) in self.sql(
                "SELECT number FROM urssaf_payment_request"
                " WHERE state IN ('queued', 'sending', 'uncertain') AND NOT needs_person"
                " UNION ALL SELECT email FROM urssaf_registration WHERE state IN ('sending', 'uncertain')"
            )
        ]

    def invoices(self, count: int) -> list[int]:
        """Create and post invoices that can go, of amounts of their own; return their ids."""
        day = str((self.now - timedelta(days=3)).date())
        values = {"move_type": "out_invoice", "partner_id": self.client, "invoice_date": day}
        values |= {"urssaf_service_start": day, "urssaf_service_end": day}
        lines = [(0, 0, {"product_id": self.product, "quantity": quantity}) for quantity in (1, 1.5, 2, 2.5, 3)]
        all_values = [values | {"invoice_line_ids": lines[number % 5 : number % 5 + 1]} for number in range(count)]
        moves = self.user.call("account.move", "create", all_values)
        self.user.call("account.move", "action_post", moves)
        self.moves += moves
        return moves

    # ---- Operations: each is prepared, and then done by one call

    def to_send(self, count: int) -> Callable[[], object]:
        """Prepare the sending of new invoices, one by the button, more by the scheduled action."""
        moves = self.invoices(count)
        wizard, stuck = provider.open_send_window(self.user, moves)
        assert not stuck, stuck
        if count == 1:
            return lambda: self.user.call("urssaf.send", "action_send", [wizard])
        self.user.call("urssaf.send", "action_send", [wizard])
        return lambda: self.run_cron("send")

    def to_register(self) -> Callable[[], object]:
        """Prepare the registration of a new client."""
        registration, _name = self.new_client()
        window = self.user.create("urssaf.register", {"registration_id": registration, "has_consent": True})
        return lambda: self.user.call("urssaf.register", "action_register", [window])

    def to_follow_client(self) -> Callable[[], object]:
        """Prepare the question where a client stands, who has just activated the account."""
        registration, _name = self.new_client()
        provider.register(self.user, registration)
        self.simulator.person_step(self.registration(registration)["id_client"], "activate")
        return lambda: self.user.call("urssaf.registration", "action_refresh", [registration])

    def to_look_up(self) -> Callable[[], object]:
        """Prepare the look-up of a request whose answer was lost."""
        send = self.to_send(1)
        with self.spoilt(faults.FAULTS["dropped after"], faults.SEND):
            send()
        self.wait(minutes=2)
        return lambda: self.run_cron("send")

    def paid(self, is_known: bool = False) -> int:
        """Return a new invoice that Urssaf has paid out; `is_known`: and whose payout is in the books."""
        self.to_send(1)()
        [move] = self.moves[-1:]
        assert self.request(move)["state"] == "sent", self.request(move)
        self.simulator.step(self.names([move])[0], "pay", force=True)
        if is_known:
            self.user.call("urssaf.payment.request", "action_refresh", [self.request(move)["id"]])
        return move

    def to_refresh(self) -> Callable[[], object]:
        """Prepare the question about a request that was paid out since."""
        key = self.request(self.paid())["id"]
        return lambda: self.user.call("urssaf.payment.request", "action_refresh", [key])

    def to_record(self) -> Callable[[], object]:
        """Prepare the recording of what Urssaf paid, by the scheduled action, which asks before."""
        move = self.paid()
        self.sql("UPDATE urssaf_payment_request SET next_try_at = %s WHERE move_id = %s", self._moment(), move)

        def record() -> None:
            self.run_cron("refresh")
            self.run_cron("payout")

        return record

    def to_book(self) -> Callable[[], object]:
        """Prepare the recording of a payout that is known: one call."""
        move = self.paid()
        journal = self.admin.one("account.journal", [("type", "=", "bank")])
        self.sql("UPDATE res_company SET urssaf_journal_id = NULL")
        self.user.call("urssaf.payment.request", "action_refresh", [self.request(move)["id"]])
        self.sql("UPDATE res_company SET urssaf_journal_id = %s", journal)
        return lambda: self.run_cron("payout")

    def to_take_back(self) -> Callable[[], object]:
        """Prepare the news that Urssaf takes back what it had paid."""
        move = self.paid(is_known=True)
        request = self.request(move)
        self.simulator.step(request["number"], "cancel", force=True)
        return lambda: self.user.call("urssaf.payment.request", "action_refresh", [request["id"]])

    def to_book_back(self) -> Callable[[], object]:
        """Prepare the booking of what Urssaf takes back, by a manager: one call."""
        move = self.paid(is_known=True)
        request = self.request(move)
        self.simulator.step(request["number"], "cancel", force=True)
        self.user.call("urssaf.payment.request", "action_refresh", [request["id"]])
        window = self.admin.call("urssaf.payment.request", "action_take_back", [request["id"]])["res_id"]
        return lambda: self.admin.call("urssaf.recovery.window", "action_book", [window])

    @contextmanager
    def spoilt(self, fault: Fault, *operations: str):
        """Let a fault happen to operations of HTTP as long as the context lives."""
        self.proxy.spoil(fault, *operations)
        try:
            yield
        finally:
            self.proxy.heal()

    def attempt(self, act: Callable[[], object], *kinds: str) -> str:
        """Do something that may fail; return how it ended.

        :param kinds: beginnings of the names of errors that are no defect, beside words for people
        :return: ``done``, ``died``, or the name of the error
        """
        try:
            act()
        except Died:
            return "died"
        except OdooError as error:
            if not error.kind.startswith((*IN_WORDS, *kinds)):
                raise AssertionError(error.debug) from error
            return error.kind
        return "done"

    def unblock(self) -> None:
        """Have the clients settle what Urssaf blocked their accounts for."""
        for person in self.simulator.persons():
            if person["blocked"]:
                with suppress(ValueError):
                    self.simulator.person_step(person["idClient"], "unblock")

    # ---- What must hold

    def check(self, is_told_the_truth: bool = True) -> None:
        """Nothing is lost, doubled or told twice.

        :param is_told_the_truth: Urssaf has not denied what it holds
        """
        assert not (is_told_the_truth and self.proxy.sent_twice), self.proxy.sent_twice
        self.proxy.sent_twice.clear()
        held: dict[str, dict] = {}
        for entry in self.simulator.requests():
            assert entry["numFactureTiers"] not in held, "held twice"
            held[entry["numFactureTiers"]] = entry
        self._check_requests(held)
        self._check_money(held)
        self._check_registrations()
        self._check_words()
        self._leave_behind()

    def _leave_behind(self) -> None:
        """Look no more at what was checked, and have Urssaf asked no more about it: the next part is another one."""
        [(self.checked,)] = self.sql("SELECT coalesce(max(id), 0) FROM urssaf_payment_request")
        self.sql(
            "UPDATE urssaf_payment_request SET next_try_at = %s"
            " WHERE state NOT IN ('queued', 'sending', 'uncertain') AND id <= %s",
            self._moment() + timedelta(days=3650),
            self.checked,
        )

    def undecided(self) -> set[str]:
        """Return the numbers of the requests about which a person must decide, and of those that are rejected."""
        return {row[1] for row in self.sql(REQUESTS, self.checked) if row[3] or row[2] == "rejected"}

    def _check_requests(self, held: dict[str, dict]) -> None:
        for _key, number, state, needs_person, id_request, status, activities, *_amounts in self.sql(
            REQUESTS, self.checked
        ):
            said = (number, state, needs_person, activities, status, held.get(number, {}).get("statut"))
            assert activities <= 1, said
            assert not (needs_person or state in ("rejected", "to_settle")) or activities == 1, ("nobody is told", said)
            if state in AT_URSSAF:
                assert number in held and held[number]["idDemandePaiement"] == id_request, said
                assert status == held[number]["statut"]["code"], ("news were lost", said)
            else:
                assert state in ("draft", "rejected") or needs_person, ("still on its way", said)
                assert state == "uncertain" or number not in held, said

    def _check_money(self, held: dict[str, dict]) -> None:
        booked: dict[str, Decimal] = {}
        awaiting = set()
        for _key, number, state, amount, _back, balance, entry_state in self.sql(PAYOUTS):
            if state == "recorded":
                assert (balance, entry_state) == (amount, "posted"), (number, amount, balance, entry_state)
                booked[number] = booked.get(number, Decimal(0)) + amount
            else:
                awaiting.add(number)
        for _key, number, state, *_others, activities, total, residual in self.sql(REQUESTS, self.checked):
            paid, taken_back = (Decimal(str(held.get(number, {}).get(name, 0))) for name in ("paid", "taken_back"))
            in_books = booked.get(number, Decimal(0))
            said = (number, state, paid, taken_back, in_books, residual)
            assert in_books <= paid, ("booked twice", said)
            if in_books < paid:
                assert number in awaiting and activities, ("a payout is lost", said)
            assert total - in_books <= residual <= max(total - in_books + taken_back, 0), said
        [(sum_of_payments,)] = self.sql(
            "SELECT sum(amount) FROM account_payment WHERE urssaf_transfer_id IS NOT NULL AND state != 'canceled'"
        )
        assert (sum_of_payments or 0) == sum(booked.values())

    def _check_registrations(self) -> None:
        persons: dict[str, str] = {}
        for person in self.simulator.persons():
            assert person["nomNaissance"] not in persons, "registered twice"
            persons[person["nomNaissance"]] = person["idClient"]
        for _key, state, id_client, email, activities in self.sql(REGISTRATIONS):
            said = (email, state, id_client, activities)
            assert activities <= 1, said
            assert state != "sending", said
            assert state not in ("uncertain", "refused") or activities, said
            assert state not in ("waiting", "active") or id_client in persons.values(), said

    def _check_words(self) -> None:
        """No secret, account number, or day of birth is in a note, in what is kept of calls, or in the log."""
        accounts = re.compile("|".join(iban(number)[4:] for number in range(1, self._clients + 1)))
        for where, words in self.sql(WORDS):
            assert not SECRETS.search(words) and not accounts.search(words), where
        with self.mortals.log.open(encoding="utf-8") as log:
            log.seek(self._read)
            text = log.read()
            self._read = log.tell()
        found = SECRETS.search(text) or accounts.search(text) or re.search(r"client\d+@example\.com", text)
        assert not found, f"{found[0]} in {self.mortals.log}"


#: What Odoo does, each with the operation of HTTP that can fail in it; last what lets the others wait.
OPERATIONS: dict[str, tuple[str, Callable[[BadHours], Callable[[], object]]]] = {
    "token": (faults.TOKEN, BadHours.to_refresh),
    "register": (faults.REGISTER, BadHours.to_register),
    "status": (faults.STATUS, BadHours.to_follow_client),
    "refresh": (faults.SEARCH, BadHours.to_refresh),
    "record": (faults.SEARCH, BadHours.to_record),
    "take back": (faults.SEARCH, BadHours.to_take_back),
    "send one": (faults.SEND, lambda world: world.to_send(1)),
    "send ten": (faults.SEND, lambda world: world.to_send(10)),
    "look up": (faults.SEARCH, BadHours.to_look_up),
}
#: Those that are one call each: what a process may die of.
CALLS: dict[str, Callable[[BadHours], Callable[[], object]]] = {
    "register": BadHours.to_register,
    "status": BadHours.to_follow_client,
    "send one": lambda world: world.to_send(1),
    "send ten": lambda world: world.to_send(10),
    "look up": BadHours.to_look_up,
    "refresh": BadHours.to_refresh,
    "record": BadHours.to_book,
    "take back": BadHours.to_book_back,
}
