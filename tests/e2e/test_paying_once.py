"""One payment for each payout, whatever happens while it is recorded: docs/money.md."""

from harness.rpc import OdooError
from tests.e2e.world import Background, together

#: Seconds after which the server is killed, round by round: while it reads the statuses, while it records, …
KILLED_AFTER = (0.2, 0.5, 0.9, 1.5)


def check_paid_once(world, moves):
    """Each payout is in one payment, each invoice is paid once, and the sums agree."""
    requests = world.requests(moves)
    assert {request["state"] for request in requests} == {"paid"}
    keys = [key for request in requests for key in request["payout_ids"]]
    payouts = world.admin.read("urssaf.payout", keys, ["state", "amount", "visible_payment_id"])
    assert len(payouts) == len(moves)
    assert {payout["state"] for payout in payouts} == {"recorded"}
    invoices = world.user.read(
        "account.move", moves, ["amount_total", "amount_residual", "payment_state", "matched_payment_ids"]
    )
    assert {invoice["payment_state"] for invoice in invoices} == {"paid"}
    assert all(invoice["amount_residual"] == 0 for invoice in invoices)
    matched = [key for invoice in invoices for key in invoice["matched_payment_ids"]]
    assert sorted(matched) == sorted(payout["visible_payment_id"] for payout in payouts)
    # Also those that are matched with nothing: a payment too many would be one of them.
    made = world.user.search("account.payment", [("invoice_ids", "in", moves)])
    assert set(made) == set(matched)
    payments = world.user.read("account.payment", made, ["amount"])
    # A payment may be of more invoices than these.
    [(recorded,)] = world.sql("SELECT sum(amount) FROM urssaf_payout WHERE payment_id = ANY(%s)", made)
    assert round(sum(payment["amount"] for payment in payments), 2) == round(float(recorded), 2)
    total = round(sum(payout["amount"] for payout in payouts), 2)
    assert total == round(sum(invoice["amount_total"] for invoice in invoices), 2)


def test_worker_killed_while_payouts_are_recorded(world):
    moves = world.sent_invoices(20)
    world.pay(moves)
    keys = [request["id"] for request in world.requests(moves)]
    interrupted = 0
    for delay in KILLED_AFTER:
        refresh = Background(lambda: world.user.call("urssaf.payment.request", "action_refresh", keys))
        refresh.wait_at_most(delay)
        world.kill_odoo()
        interrupted += refresh.wait() is not None
        world.start_odoo()
    assert interrupted, "every round had ended before the server was killed"

    world.let_pass(minutes=7 * 24 * 60)
    world.run_cron("refresh")
    world.run_cron("payout")

    check_paid_once(world, moves)


def test_payouts_recorded_by_two_processes_at_once(world):
    """Two people refresh the same requests while the scheduled action records their payouts."""
    moves = world.sent_invoices(8)
    world.pay(moves)
    keys = [request["id"] for request in world.requests(moves)]
    first, second = world.session(), world.second()

    outcomes = together(
        lambda: first.call("urssaf.payment.request", "action_refresh", keys),
        lambda: second.call("urssaf.payment.request", "action_refresh", keys),
        lambda: world.run_cron("payout"),
    )

    assert all(isinstance(outcome, OdooError) for outcome in outcomes if isinstance(outcome, Exception)), outcomes
    world.user.call("urssaf.payment.request", "action_refresh", keys)
    check_paid_once(world, moves)
