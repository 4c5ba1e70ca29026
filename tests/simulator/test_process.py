"""The process itself: restarts, several threads, the command line."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_a_restart_loses_nothing(start):
    process, driver = start("--clock", "2026-10-20T08:00:00Z")
    person_id = driver.client()
    request_id = driver.send_accepted(person_id)
    driver.steer("faults", {"operation": "search", "fault": "503", "times": 2})
    assert driver.search_call(idDemandePaiements=[request_id]).status_code == 503
    driver.steer("options", {"errors_key": "Errors"})
    driver.steer("registrations/next", {"codes": ["ERR_CONTACT"]})
    before = driver.look("state")
    # Killed without a chance to tidy up.
    process.stop(kill=True)

    _process, again = start("--clock", "2030-01-01T00:00:00Z")
    assert again.look("state") == before
    again._token = driver.token  # it lives on
    assert again.search_call(idDemandePaiements=[request_id]).status_code == 503
    assert again.code(request_id) == "10"
    assert again.register_call(nomNaissance="Martin").status_code == 400
    again.advance(1)
    assert again.code(request_id) == "20"


def test_one_number_from_many_threads_is_accepted_once(simulator):
    person_id = simulator.client()
    request = simulator.request(person_id, numFactureTiers="F1")
    assert simulator.token
    with ThreadPoolExecutor(8) as threads:
        items = [answer[0] for answer in threads.map(lambda _: simulator.send(request), range(24))]
    assert sum(not item["errors"] for item in items) == 1
    assert len(simulator.look("requests")) == 1


def test_one_person_from_many_threads_is_registered_once(simulator):
    assert simulator.token
    with ThreadPoolExecutor(8) as threads:
        statuses = [answer.status_code for answer in threads.map(lambda _: simulator.register_call(), range(16))]
    assert sorted(statuses) == [200] + [400] * 15
    assert len(simulator.look("persons")) == 1


def test_a_fault_ordered_once_hits_one_of_many_threads(simulator):
    assert simulator.token
    simulator.steer("faults", {"operation": "search", "fault": "503"})
    with ThreadPoolExecutor(8) as threads:
        statuses = [answer.status_code for answer in threads.map(lambda _: simulator.search_call(), range(16))]
    assert sorted(statuses) == [400] * 15 + [503]


@pytest.mark.parametrize("arguments", [["--clock", "demain"], ["--port", "x"], ["--unknown"]])
def test_wrong_command_lines(tmp_path, tools, arguments):
    command = [sys.executable, "avance_immediate/simulator", "--state", str(tmp_path / "state.sqlite"), *arguments]
    done = subprocess.run(command, cwd=tools.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "usage" in done.stderr


@pytest.mark.parametrize(
    ("folder", "program"),
    [
        (".", ["avance_immediate/simulator"]),
        ("avance_immediate", ["-m", "simulator"]),
        ("avance_immediate", ["simulator"]),
    ],
)
def test_runs_alone_by_one_command(tools, folder, program):
    command = [sys.executable, *program, "--help"]
    done = subprocess.run(command, cwd=tools.root / folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stdout.startswith("usage: simulator "), done.stderr


def run(tools, program):
    """Run a program beside the simulator; return what it printed."""
    command = [sys.executable, "-c", program]
    folder = tools.root / "avance_immediate"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_imports_nothing_of_odoo_nor_of_the_addon(tools):
    names = "odoo", "avance_immediate", "urssaf", *tools.absent
    program = f"import sys, simulator.server\nprint([name for name in {names!r} if name in sys.modules])"
    assert run(tools, program) == "[]"


def test_the_application_is_there_without_the_page_and_the_server(tools):
    names = "simulator.page", "simulator.doors", "simulator.server", "jinja2"
    program = f"import sys, simulator.app\nprint([name for name in {names!r} if name in sys.modules])"
    assert run(tools, program) == "[]"


def test_what_is_absent_cannot_be_imported(way, tools):
    """The second way of starting it is one: what it takes away is not found, not even a part of it."""
    taken = tools.absent if way == "without" else ()
    program = f"""
import importlib, sys
sys.modules.update(dict.fromkeys({taken!r}))
for name in ("jsonschema", "referencing.jsonschema", "yaml"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        print(name, "absent")
"""
    assert len(run(tools, program).splitlines()) == (3 if taken else 0)
