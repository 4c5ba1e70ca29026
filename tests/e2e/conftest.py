import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts import runtime
from tests.e2e.bad_hours import BadHours
from tests.e2e.world import World


@pytest.fixture(scope="session")
def shared_world():
    runtime.ensure()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        db = stack.enter_context(runtime.temporary_database("e2e"))
        yield World(db, folder, stack)


@pytest.fixture
def world(shared_world):
    """The servers, which tests share; each test has invoices of its own. Every fault that it forces must happen."""
    yield shared_world
    unused = shared_world.simulator.unused_faults()
    shared_world.simulator.call("DELETE", "faults")
    assert not unused, "a fault was prepared and never met"


@pytest.fixture(scope="module")
def bad_hours():
    """A provider whose answers can be spoilt and whose processes can die; the tests of a file share it."""
    runtime.ensure()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        db = stack.enter_context(runtime.temporary_database("bad_hours"))
        yield BadHours(db, folder, stack, "bad-hours")
