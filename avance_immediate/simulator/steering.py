"""The steering paths under `/_simulator/` (README): for tests, demonstrations and curious people. No token needed."""

import functools
from datetime import timedelta

from flask import Blueprint, request

from . import faults, life, persons, report, wire
from .clock import ClockGoesBack, parse_bounded_instant
from .gateway import json_response
from .orders import number, text
from .refusals import add_refusal

LONGEST_ADVANCE = 10 * 366 * 24  # hours
LONGEST_COMMENT = 4000
LARGEST_AMOUNT = 10**12  # euros, as in the contract
MOST_PROVIDERS = 100


def _answering_errors(view):
    """Turn what a step may raise into a JSON error: 400 asked wrongly, 404 not there, 409 not now."""

    @functools.wraps(view)
    def wrapped(*args, **kwargs):
        try:
            return view(*args, **kwargs)
        except (ClockGoesBack, persons.StepImpossible) as problem:
            return json_response(409, {"error": str(problem)})
        except KeyError:
            return json_response(404, {"error": "no such person or request"})
        except (ValueError, TypeError, ArithmeticError) as problem:
            return json_response(400, {"error": str(problem)})

    return wrapped


def _body():
    order = wire.loads(request.get_data() or b"{}")
    if not isinstance(order, dict):
        raise ValueError("the body must be a JSON object")
    return order


def _required(order, name):
    if name not in order:
        raise ValueError(f"{name} is missing")
    return order[name]


def advance(world, hours):
    """Move the clock forward by `hours` (a number) and let happen what falls due.

    :raise ValueError: when it is no positive number, or more than `LONGEST_ADVANCE`
    """
    hours = number("hours", hours, 0, LONGEST_ADVANCE)
    world.clock.move(world.clock.now() + timedelta(hours=hours))
    life.catch_up(world)


def step_person(world, person_id, order):
    """Do the step of a JSON order on a person.

    :param dict order: ``action``, and perhaps ``client_id`` and ``force``
    :raise ValueError: unknown action
    :raise KeyError: unknown person
    :raise persons.StepImpossible: not possible now
    """
    life.catch_up(world)
    action, client_id = text(order, "action"), text(order, "client_id")
    if action not in persons.PERSON_STEPS:
        raise ValueError(f"action: one of {', '.join(persons.PERSON_STEPS)}")
    persons.step(world, person_id, action, client_id, bool(order.get("force")))


def step_request(world, request_id, order):
    """Do the step of a JSON order on a payment request; errors as `life.step`."""
    life.catch_up(world)
    for name in ("code", "status", "date"):
        text(order, name)
    text(order, "comment", LONGEST_COMMENT)
    life.step(world, request_id, text(order, "action"), order, bool(order.get("force")))


def _numbers(order):
    """Check the amount of a step before it reaches the state."""
    amount = order.get("amount")
    if amount is not None and (isinstance(amount, (bool, str)) or not 0 <= amount <= LARGEST_AMOUNT):
        raise ValueError(f"amount: a positive number, {LARGEST_AMOUNT} at most")
    return order


def _keep_provider(store, order):
    """Add or change a provider, which is known by its client id.

    :raise ValueError: id or secret is missing, or there are too many providers
    """
    client_id, secret = text(order, "client_id"), text(order, "client_secret")
    if not client_id or not secret:
        raise ValueError("client_id, client_secret: texts")
    flags = [bool(order.get(name, True)) for name in ("known", "deposits", "guarantee")]
    with store.transaction() as db:
        others = db.execute("SELECT COUNT(*) FROM provider WHERE client_id != ?", (client_id,)).fetchone()[0]
        if others >= MOST_PROVIDERS:
            raise ValueError(f"there are {MOST_PROVIDERS} providers already: POST /_simulator/reset forgets them")
        db.execute(
            "INSERT INTO provider (client_id, client_secret, name, known, deposits, guarantee)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (client_id) DO UPDATE SET"
            " client_secret = excluded.client_secret, name = excluded.name, known = excluded.known,"
            " deposits = excluded.deposits, guarantee = excluded.guarantee",
            (client_id, secret, text(order, "name") or client_id, *flags),
        )


def _view(world, read):
    life.catch_up(world)
    return json_response(200, read(world))


def blueprint(world):
    """Return the Flask blueprint of the steering paths."""
    paths = Blueprint("steering", __name__, url_prefix="/_simulator")
    _add_clock_and_views(paths, world)
    _add_steps(paths, world)
    _add_faults_and_settings(paths, world)
    return paths


def _add_clock_and_views(paths, world):
    @paths.get("/clock")
    def get_clock():
        return json_response(200, report.clock(world))

    @paths.post("/clock")
    @_answering_errors
    def set_clock():
        order = _body()
        world.clock.move(parse_bounded_instant(_required(order, "now")), bool(order.get("force")))
        life.catch_up(world)
        return json_response(200, report.clock(world))

    @paths.post("/clock/advance")
    @_answering_errors
    def advance_clock():
        advance(world, _required(_body(), "hours"))
        return json_response(200, report.clock(world))

    for read in (report.state, report.persons, report.requests, report.calls, report.providers):
        paths.add_url_rule(f"/{read.__name__}", read.__name__, functools.partial(_view, world, read))


def _add_steps(paths, world):
    """Paths that move one client or request, and those that have the next one refused."""

    @paths.post("/persons/<person_id>/step")
    @_answering_errors
    def person_step(person_id):
        step_person(world, person_id, _body())
        return json_response(200, [entry for entry in report.persons(world) if entry["idClient"] == person_id])

    # An invoice number may hold slashes: FAC/2026/00012.
    @paths.post("/requests/<path:request_id>/step")
    @_answering_errors
    def request_step(request_id):
        step_request(world, request_id, _numbers(_body()))
        return json_response(200, report.requests(world, request_id)[-1])

    @paths.post("/registrations/next")
    @_answering_errors
    def refuse_registration():
        return _order_refusal("registration")

    @paths.post("/requests/next")
    @_answering_errors
    def refuse_request():
        return _order_refusal("request")

    def _order_refusal(kind):
        codes = _required(_body(), "codes")
        add_refusal(world.store, kind, codes)
        return json_response(200, {"codes": codes})


def _add_faults_and_settings(paths, world):
    @paths.get("/faults")
    def get_faults():
        return json_response(200, faults.list_faults(world.store))

    @paths.post("/faults")
    @_answering_errors
    def add_fault():
        faults.add_fault(world.store, _body())
        return json_response(200, faults.list_faults(world.store))

    @paths.delete("/faults")
    def clear_faults():
        faults.clear_faults(world.store)
        return json_response(200, [])

    @paths.post("/providers")
    @_answering_errors
    def add_provider():
        _keep_provider(world.store, _body())
        return json_response(200, report.providers(world))

    @paths.get("/options")
    def get_options():
        return json_response(200, world.options)

    @paths.post("/options")
    @_answering_errors
    def set_options():
        world.set_options(_body())
        return json_response(200, world.options)

    @paths.post("/reset")
    def reset():
        world.reset()
        return json_response(200, report.clock(world))
