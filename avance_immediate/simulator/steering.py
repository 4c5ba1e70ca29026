"""The steering paths under `/_simulator/` (README): for tests, demonstrations and curious people. No token needed."""

import functools
from datetime import timedelta

from . import bank, faults, life, persons, report, wire
from .clock import ClockGoesBack, parse_bounded_instant
from .orders import number, text
from .refusals import add_refusal
from .web import Route, json_response

LONGEST_ADVANCE = 10 * 366 * 24  # hours
LONGEST_COMMENT = 4000
LARGEST_AMOUNT = 10**12  # euros, as in the contract
MOST_PROVIDERS = 100


def _tell(handle, world, request):
    return json_response(200, handle(world, request))


def _obey(handle, world, request, **which):
    """Answer with what `handle` returns, or a JSON error: 400 asked wrongly, 404 not there, 409 not now."""
    try:
        return json_response(200, handle(world, request, **which))
    except (ClockGoesBack, persons.StepImpossible) as problem:
        return json_response(409, {"error": str(problem)})
    except KeyError:
        return json_response(404, {"error": "no such person or request"})
    except (ValueError, TypeError, ArithmeticError) as problem:
        return json_response(400, {"error": str(problem)})


def _body(request):
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


def numbers(order):
    """Check the amount of a step before it reaches the state; return the order.

    :raise ValueError: it is no positive number, or beyond the bounds
    """
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


def _view(read, world, _request):
    life.catch_up(world)
    return read(world)


def _get_clock(world, _request):
    return report.clock(world)


def _set_clock(world, request):
    order = _body(request)
    world.clock.move(parse_bounded_instant(_required(order, "now")), bool(order.get("force")))
    life.catch_up(world)
    return report.clock(world)


def _advance_clock(world, request):
    advance(world, _required(_body(request), "hours"))
    return report.clock(world)


def _person_step(world, request, person_id):
    step_person(world, person_id, _body(request))
    return [entry for entry in report.persons(world) if entry["idClient"] == person_id]


def _request_step(world, request, request_id):
    step_request(world, request_id, numbers(_body(request)))
    return report.requests(world, request_id)[-1]


def _order_refusal(kind, world, request):
    codes = _required(_body(request), "codes")
    add_refusal(world.store, kind, codes)
    return {"codes": codes}


def _get_faults(world, _request):
    return faults.list_faults(world.store)


def _add_fault(world, request):
    faults.add_fault(world.store, _body(request))
    return faults.list_faults(world.store)


def _clear_faults(world, _request):
    faults.clear_faults(world.store)
    return []


def _add_provider(world, request):
    _keep_provider(world.store, _body(request))
    return report.providers(world)


def _get_options(world, _request):
    return world.options


def _set_options(world, request):
    world.set_options(_body(request))
    return world.options


def _reset(world, _request):
    world.reset()
    return report.clock(world)


_PATHS = (
    ("GET", "/clock", _get_clock),
    ("POST", "/clock", _set_clock),
    ("POST", "/clock/advance", _advance_clock),
    ("POST", "/persons/<person_id>/step", _person_step),
    # An invoice number may hold slashes: FAC/2026/00012.
    ("POST", "/requests/<path:request_id>/step", _request_step),
    ("POST", "/registrations/next", functools.partial(_order_refusal, "registration")),
    ("POST", "/requests/next", functools.partial(_order_refusal, "request")),
    ("GET", "/faults", _get_faults),
    ("POST", "/faults", _add_fault),
    ("DELETE", "/faults", _clear_faults),
    ("POST", "/providers", _add_provider),
    ("GET", "/options", _get_options),
    ("POST", "/options", _set_options),
    ("POST", "/reset", _reset),
    ("GET", "/bank", functools.partial(_view, functools.partial(bank.statement, show=True))),
    ("GET", "/balances", functools.partial(_view, bank.balances)),
    *(
        ("GET", f"/{read.__name__}", functools.partial(_view, read))
        for read in (report.state, report.persons, report.requests, report.calls, report.providers)
    ),
)


def routes(world):
    """Return the routes of the steering paths."""
    return [
        Route(method, f"/_simulator{path}", functools.partial(_tell if method == "GET" else _obey, handle, world))
        for method, path, handle in _PATHS
    ]
