"""One request at Urssaf, whatever happens between Odoo and Urssaf: docs/money.md."""

from harness import provider
from harness.rpc import OdooError
from tests.e2e.world import Background, together, wait_until

LONG = 20  # seconds: an answer that comes too late for a process that is killed meanwhile
USER_ERROR = "odoo.exceptions.UserError"


def press_send(session, wizard):
    return session.call("urssaf.send", "action_send", [wizard])


def test_button_pressed_twice_at_once(world):
    """Two windows on one invoice, in two processes: one request, and words for the one who came second."""
    move = world.invoice()
    sessions = [world.session(), world.second()]
    wizards = [provider.open_send_window(session, [move])[0] for session in sessions]
    world.simulator.fault("send", "latency", seconds=2)

    outcomes = together(
        lambda: press_send(sessions[0], wizards[0]),
        lambda: press_send(sessions[1], wizards[1]),
    )

    assert len(world.simulator.requests(world.names([move]))) == 1
    assert world.calls_about([move], "send") == 1
    assert world.request(move)["state"] == "sent"
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(errors) == 1, outcomes
    assert isinstance(errors[0], OdooError) and errors[0].kind == USER_ERROR, errors[0]


def test_button_pressed_again_while_the_first_waits(world):
    """The second press comes when the first has committed and waits for Urssaf."""
    move = world.invoice()
    sessions = [world.session(), world.session()]
    wizards = [provider.open_send_window(session, [move])[0] for session in sessions]
    world.simulator.fault("send", "latency", seconds=3)
    first = Background(lambda: press_send(sessions[0], wizards[0]))
    wait_until(lambda: world.simulator.requests(world.names([move])), "Urssaf to accept the request")

    [outcome] = together(lambda: press_send(sessions[1], wizards[1]))

    assert isinstance(outcome, OdooError) and outcome.kind == USER_ERROR, outcome
    assert first.wait() is None
    assert world.request(move)["state"] == "sent"
    assert len(world.simulator.requests(world.names([move]))) == 1


def test_scheduled_action_leaves_a_call_under_way_alone(world):
    """The lock is held through the call: another process never takes it for that of a dead worker."""
    move = world.invoice()
    wizard, _stuck = provider.open_send_window(world.user, [move])
    second = world.second(provider.ADMIN)
    world.simulator.fault("send", "latency", seconds=4)
    press = Background(lambda: press_send(world.user, wizard))
    wait_until(lambda: world.simulator.requests(world.names([move])), "Urssaf to accept the request")

    world.run_cron("send", second)

    assert world.request_state_in_database(move) == "sending"
    assert press.wait() is None
    assert world.request(move)["state"] == "sent"
    assert world.calls_about([move], "search") == 0


def test_worker_killed_after_urssaf_took_the_request_in(world):
    """No answer was ever read: the request is found by its number, and adopted."""
    move = world.invoice()
    wizard, _stuck = provider.open_send_window(world.user, [move])
    world.simulator.fault("send", "latency", seconds=LONG)
    press = Background(lambda: press_send(world.user, wizard))
    wait_until(lambda: world.simulator.requests(world.names([move])), "Urssaf to accept the request")

    world.kill_odoo()
    assert press.wait() is not None
    world.start_odoo()
    assert world.request(move)["state"] == "sending"
    world.run_cron("send")

    request = world.request(move)
    [taken] = world.simulator.requests(world.names([move]))
    assert (request["state"], request["id_request"]) == ("sent", taken["idDemandePaiement"])
    assert world.calls_about([move], "send") == 0, "the killed process wrote nothing of its call, and no other followed"
    assert request["send_count"] == 1


def test_worker_killed_before_the_call_leaves(world):
    """Nobody knows that nothing left: two absences, some minutes apart, and only then the same number goes again."""
    move = world.invoice()
    wizard, _stuck = provider.open_send_window(world.user, [move])
    world.forget_token()
    world.simulator.fault("token", "latency", seconds=LONG)
    press = Background(lambda: press_send(world.user, wizard))
    wait_until(lambda: not world.simulator.unused_faults(), "the call for a token")
    assert world.request_state_in_database(move) == "sending"

    world.kill_odoo()
    assert press.wait() is not None
    world.start_odoo()
    world.run_cron("send")
    assert world.request(move)["state"] == "uncertain"
    world.run_cron("send")
    world.let_pass(minutes=5)
    world.run_cron("send")
    assert world.request(move)["state"] == "uncertain", "one absence, or two within minutes, prove nothing"
    assert world.calls_about([move], "send") == 0
    world.let_pass(minutes=6)
    world.run_cron("send")

    request = world.request(move)
    assert (request["state"], request["send_count"]) == ("sent", 2)
    assert len(world.simulator.requests(world.names([move]))) == 1
    assert world.calls_about([move], "send") == 1


def test_two_processes_empty_one_queue(world):
    """Two scheduled actions at once, in two processes, on thirty requests: each goes once."""
    moves = [world.invoice() for _ in range(30)]
    provider.send(world.user, moves)
    cron = world.admin.ref("avance_immediate.ir_cron_urssaf_send")
    [copy] = world.admin.call("ir.cron", "copy", [cron], {"active": False})
    second = world.second(provider.ADMIN)
    world.simulator.fault("send", "latency", seconds=0.5, times=2)

    outcomes = together(
        lambda: world.admin.call("ir.cron", "method_direct_trigger", [cron]),
        lambda: second.call("ir.cron", "method_direct_trigger", [copy]),
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    world.run_cron("send")  # what one found in the hands of the other is left for the next run
    requests = world.requests(moves)
    assert [request["state"] for request in requests] == ["sent"] * 30
    assert [request["send_count"] for request in requests] == [1] * 30
    taken = [request["numFactureTiers"] for request in world.simulator.requests(world.names(moves))]
    assert sorted(taken) == sorted(world.names(moves))
    assert world.calls_about(moves, "send") == 3


def test_registration_whose_answer_is_lost(world):
    """The client is looked up by e-mail and adopted, never registered a second time."""
    registration, birth_name = world.new_client()
    world.simulator.fault("register", "cut_after")
    provider.register(world.user, registration)
    assert world.registration(registration)["state"] == "uncertain"

    world.run_cron("registration")

    [person] = world.persons(birth_name)
    row = world.registration(registration)
    assert (row["state"], row["id_client"]) == ("waiting", person["idClient"])
    assert world.calls_of_registration(registration) == 1


def test_worker_killed_while_a_client_is_registered(world):
    """Nobody read the answer: the client is looked up by e-mail, and never registered a second time."""
    registration, birth_name = world.new_client()
    world.simulator.fault("register", "latency", seconds=LONG)
    press = Background(lambda: provider.register(world.user, registration))
    wait_until(lambda: world.persons(birth_name), "Urssaf to register the client")

    world.kill_odoo()
    assert press.wait() is not None
    world.start_odoo()
    assert world.registration(registration)["state"] == "sending"
    world.run_cron("registration")

    [person] = world.persons(birth_name)
    row = world.registration(registration)
    assert (row["state"], row["id_client"]) == ("waiting", person["idClient"])
    assert world.calls_of_registration(registration) == 0


def test_urssaf_out_of_reach_and_back(world):
    """What cannot be sent stays queued; the simulator comes back with all that it knew, and the rest follows, once."""
    [known] = world.sent_invoices(1)
    moves = [world.invoice(), world.invoice()]
    world.stop_simulator()
    provider.send(world.user, [moves[0]])
    provider.send(world.user, moves[1:] + [known])
    world.run_cron("send")
    requests = world.requests(moves)
    assert [request["state"] for request in requests] == ["queued"] * 2
    assert all(request["problems"] for request in requests)

    world.start_simulator()
    assert len(world.simulator.requests(world.names([known]))) == 1
    for minutes in (60, 11):  # queued an hour ago: looked up twice before they go
        world.let_pass(minutes=minutes)
        world.run_cron("send")

    assert {request["state"] for request in world.requests(moves)} == {"sent"}
    taken = [request["numFactureTiers"] for request in world.simulator.requests(world.names(moves))]
    assert sorted(taken) == sorted(world.names(moves))


def test_two_processes_share_one_token(world):
    """Both find no token at the same moment: it is asked for once."""
    moves = world.sent_invoices(2)
    keys = [request["id"] for request in world.requests(moves)]
    second = world.second()
    world.forget_token()
    world.simulator.fault("token", "latency", seconds=1)
    before = len(world.simulator.calls("token"))

    outcomes = together(
        lambda: world.user.call("urssaf.payment.request", "action_refresh", [keys[0]]),
        lambda: second.call("urssaf.payment.request", "action_refresh", [keys[1]]),
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert len(world.simulator.calls("token")) == before + 1


def test_copy_of_a_database_never_reaches_production(world):
    """The demonstration's databases are marked as copies: the addon refuses, before anything leaves."""
    answered = "SELECT count(*) FROM urssaf_exchange WHERE environment = 'production' AND http_status > 0"
    assert provider.refusal_of_production(world.admin, world.simulator.url)
    assert world.sql(answered) == [(0,)]
