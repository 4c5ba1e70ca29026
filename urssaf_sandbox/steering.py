"""The steering paths under `/_sandbox/` (README): for tests, demonstrations and curious people. No token needed."""

import functools
import sqlite3
from datetime import timedelta

from flask import Blueprint, request

from . import faults, life, persons, report, wire
from .clock import ClockGoesBack, parse_instant
from .gateway import json_response
from .refusals import add_refusal


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
    order = wire.loads(request.get_data().decode() or "{}")
    if not isinstance(order, dict):
        raise ValueError("the body must be a JSON object")
    return order


def _required(order, name):
    if name not in order:
        raise ValueError(f"{name} is missing")
    return order[name]


def advance(world, hours):
    """Move the clock forward by `hours` (a number) and let happen what falls due.

    :raise ValueError: when it is no positive number
    """
    hours = float(hours)
    if not hours > 0:
        raise ValueError("hours: a positive number")
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
    action = order.get("action")
    if action not in persons.PERSON_STEPS:
        raise ValueError(f"action: one of {', '.join(persons.PERSON_STEPS)}")
    persons.step(world, person_id, action, order.get("client_id"), bool(order.get("force")))


def step_request(world, request_id, order):
    """Do the step of a JSON order on a payment request; errors as `life.step`."""
    life.catch_up(world)
    life.step(world, request_id, order.get("action"), order, bool(order.get("force")))


def _numbers(order):
    """Check the amount of a step before it reaches the state."""
    amount = order.get("amount")
    if amount is not None and (isinstance(amount, (bool, str)) or amount < 0):
        raise ValueError("amount: a positive number")
    return order


def _view(world, read):
    life.catch_up(world)
    return json_response(200, read(world))


def blueprint(world):
    """Return the Flask blueprint of the steering paths."""
    paths = Blueprint("steering", __name__, url_prefix="/_sandbox")
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
        world.clock.move(parse_instant(_required(order, "now")), bool(order.get("force")))
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
        if not codes or not isinstance(codes, list) or not all(isinstance(code, str) and code for code in codes):
            raise ValueError("codes: a list of error codes")
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
        order = _body()
        client_id, secret = _required(order, "client_id"), _required(order, "client_secret")
        if not (isinstance(client_id, str) and client_id and isinstance(secret, str) and secret):
            raise ValueError("client_id, client_secret: texts")
        flags = [bool(order.get(name, True)) for name in ("known", "deposits", "guarantee")]
        try:
            with world.store.transaction() as db:
                db.execute(
                    "INSERT INTO provider (client_id, client_secret, name, known, deposits, guarantee)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (client_id) DO UPDATE SET"
                    " client_secret = excluded.client_secret, name = excluded.name, known = excluded.known,"
                    " deposits = excluded.deposits, guarantee = excluded.guarantee",
                    (client_id, secret, order.get("name", client_id), *flags),
                )
        except sqlite3.Error as problem:
            raise ValueError("name: a text") from problem
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
