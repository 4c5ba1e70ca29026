"""Killed while a line of the bank is matched, or what Urssaf takes back is booked: nothing is half done, and again it
is done once (docs/money.md)."""

from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2

from harness import provider
from harness.rpc import Odoo
from tests.e2e.test_paying_once import check_paid_once
from tests.e2e.world import Background, wait_until

#: Whatever matches or takes a matching apart stops in the middle of its transaction, until the lock is given back.
STOP = """
CREATE FUNCTION e2e_stop() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
CREATE TRIGGER e2e_stop AFTER INSERT OR DELETE ON account_partial_reconcile
    FOR EACH STATEMENT EXECUTE FUNCTION e2e_stop();
"""
GO_ON = "DROP TRIGGER e2e_stop ON account_partial_reconcile; DROP FUNCTION e2e_stop();"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s"
#: All that a matching or a recovery changes.
BOOKS = """
SELECT (SELECT array_agg((id, state, payment_state, amount_residual) ORDER BY id)::text FROM account_move),
       (SELECT array_agg((id, account_id, balance, amount_residual, matching_number) ORDER BY id)::text
          FROM account_move_line),
       (SELECT array_agg((id, debit_move_id, credit_move_id, amount) ORDER BY id)::text FROM account_partial_reconcile),
       (SELECT array_agg((id, is_reconciled, urssaf_matched_by) ORDER BY id)::text FROM account_bank_statement_line),
       (SELECT array_agg((id, state, amount, move_id) ORDER BY id)::text FROM urssaf_recovery),
       (SELECT array_agg((id, state, recovered_amount) ORDER BY id)::text FROM urssaf_payout)
"""


@contextmanager
def stopped(world):
    """Let what matches wait in the middle, and give up waiting only once whoever waited is dead."""
    with closing(psycopg2.connect(dbname=world.db)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(STOP)
        cursor.execute("SELECT pg_advisory_lock(7), oid::int FROM pg_database WHERE datname = current_database()")
        [(_locked, database)] = cursor.fetchall()
        try:
            yield lambda: world.sql(WAITING, database) == [(1,)]
        finally:
            cursor.execute("SELECT pg_advisory_unlock(7)")
            cursor.execute(GO_ON)


def check_killed_then_once(world, act):
    """Kill the server in the middle of ``act``, and see that nothing is done; then do it."""
    before = world.sql(BOOKS)
    with stopped(world) as is_waiting:
        action = Background(act)
        wait_until(is_waiting, "the middle of the action")
        world.kill_odoo()
        assert action.wait() is not None
    world.start_odoo()
    assert world.sql(BOOKS) == before
    act()
    assert world.sql(BOOKS) != before


def paid_invoice(world):
    """Return an invoice of an amount of its own whose payout is in the books, and that amount."""
    day = (world.now - timedelta(days=3)).date()
    move = provider.create_invoice(world.user, world.client, [(world.product, 7.3)], (day, day), day)
    provider.send(world.user, [move])
    world.run_cron("send")
    world.pay([move])
    world.let_pass(minutes=7 * 24 * 60)
    world.run_cron("refresh")
    world.run_cron("payout")
    check_paid_once(world, [move])
    [invoice] = world.user.read("account.move", [move], ["amount_total"])
    return move, invoice["amount_total"]


def check_matched_once(world, line, amount):
    """The line of the bank has two journal items, its own and one that is wholly matched with the payment."""
    rows = world.sql(
        "SELECT item.balance, item.amount_residual FROM account_bank_statement_line line "
        "JOIN account_move_line item ON item.move_id = line.move_id WHERE line.id = %s ORDER BY item.balance",
        line,
    )
    assert [(float(balance), float(residual)) for balance, residual in rows] == [(-amount, 0), (amount, amount)]
    [row] = world.admin.read("account.bank.statement.line", [line], ["is_reconciled"])
    assert row["is_reconciled"]


def accountant(world):
    """Return a session of somebody who may match lines of the bank, and has no right about Urssaf."""
    if not world.admin.search("res.users", [("login", "=", "comptable")]):
        groups = [(6, 0, [world.admin.ref("account.group_account_basic")])]
        values = {"name": "Comptable", "login": "comptable", "password": "comptable", "group_ids": groups}
        world.admin.create("res.users", values)
    return Odoo(world.admin.url, world.db, "comptable", "comptable")


def test_killed_in_the_middle(world):
    move, amount = paid_invoice(world)
    [(journal, date)] = world.sql(
        "SELECT entry.journal_id, entry.date FROM urssaf_payout payout "
        "JOIN urssaf_payment_request request ON request.id = payout.request_id "
        "JOIN account_payment payment ON payment.id = payout.payment_id "
        "JOIN account_move entry ON entry.id = payment.move_id WHERE request.move_id = %s",
        move,
    )
    values = {"journal_id": journal, "date": str(date), "payment_ref": "VIR URSSAF", "amount": amount}
    line = accountant(world).create("account.bank.statement.line", values)

    check_killed_then_once(world, lambda: world.run_cron("bank"))
    check_matched_once(world, line, amount)

    accountant(world).call("account.bank.statement.line", "action_urssaf_undo", [line])
    world.run_cron("bank")  # leaves alone what a person undid
    check_killed_then_once(
        world, lambda: accountant(world).call("account.bank.statement.line", "action_urssaf_match", [line])
    )
    check_matched_once(world, line, amount)

    check_recovery(world, move, amount)


def check_recovery(world, move, amount):
    """Urssaf takes the whole back: the button is pressed, the server dies, the same window books it once."""
    request = world.request(move)
    world.simulator.step(request["number"], "cancel", force=True)
    world.user.call("urssaf.payment.request", "action_refresh", [request["id"]])
    window = world.admin.call("urssaf.payment.request", "action_take_back", [request["id"]])["res_id"]
    check_killed_then_once(world, lambda: world.admin.call("urssaf.recovery.window", "action_book", [window]))
    [(state, taken, entries)] = world.sql(
        "SELECT max(recovery.state), max(payout.recovered_amount), count(recovery.move_id) "
        "FROM urssaf_recovery recovery JOIN urssaf_payout payout ON payout.id = recovery.payout_id "
        "WHERE recovery.request_id = %s",
        request["id"],
    )
    assert (state, float(taken), entries) == ("booked", amount, 1)
    [invoice] = world.user.read("account.move", [move], ["amount_residual"])
    assert invoice["amount_residual"] == amount
