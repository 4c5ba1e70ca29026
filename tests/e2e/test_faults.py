"""Each operation of Odoo with each fault: once, for an hour, for a day. Afterwards nothing is lost, doubled or told
twice (`BadHours.check`).

In `make test` once, with one fault of each kind, and one of them for an hour; all by `make soak`.
"""

import pytest

from harness import faults
from tests.e2e import soak
from tests.e2e.bad_hours import OPERATIONS

NAMES = list(faults.FAULTS) if soak.IS_LONG else faults.SAMPLE
HOURS = {"once": 0, "an hour": 1, "a day": 24}
CASES = [(name, "once") for name in NAMES]
CASES += [(name, long) for name in NAMES for long in ("an hour", "a day")] if soak.IS_LONG else [("503", "an hour")]


def operations(fault):
    """Return what the fault can happen to: how it is prepared, and the operation of HTTP, by name."""
    return {name: made for name, made in OPERATIONS.items() if made[0] in fault.means}


def once(world, fault):
    """Let the fault happen to one call of each operation, and to those that follow from it."""
    for name, (http, make) in operations(fault).items():
        act = make(world)
        if name == "token":
            world.forget_token()
        with world.spoilt(fault, http):
            world.attempt(act)
        world.open_queue()


def for_hours(world, fault, hours):
    """Let the fault happen to whatever is called."""
    acts = [make(world) for _http, make in operations(fault).values()]
    with world.spoilt(fault):
        for act in acts:
            world.attempt(act)
        world.forget_token()
        world.live(hours, 20 if hours == 1 else 60)


@pytest.mark.parametrize(("name", "long"), CASES, ids=[f"{name}, {long}" for name, long in CASES])
def test_nothing_is_lost(bad_hours, name, long):
    fault, world = faults.FAULTS[name], bad_hours
    spoilt = world.proxy.spoilt[name]
    if long == "once":
        once(world, fault)
    else:
        for_hours(world, fault, HOURS[long])
    assert world.proxy.spoilt[name] > spoilt
    world.come_to_rest()
    asked = world.undecided()
    world.check(is_told_the_truth=not fault.lies)
    soak.note("faults", fault=name, long=long, operations=list(operations(fault)), asked=len(asked))
    assert fault.asks or not asked, f"a person must decide about {asked}"
