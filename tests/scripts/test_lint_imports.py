"""Between the simulator and the rest of the addon nothing is imported, but by one file."""

import pytest

from scripts import lint_imports, paths


@pytest.fixture
def found(tmp_path):
    """Return a function that writes one line into a file of an addon, and gives what the check says."""
    addon = tmp_path / "avance_immediate"
    for folder in ("simulator", "urssaf", "models", "tests"):
        (addon / folder).mkdir(parents=True)
    (addon / "wording.py").touch()

    def check(name, line):
        (addon / name).write_text(f"{line}\n")
        return lint_imports.problems(addon)

    return check


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("simulator/app.py", "from ..urssaf import wire", "avance_immediate.urssaf.wire"),
        ("simulator/app.py", "from .. import wording", "avance_immediate.wording"),
        ("simulator/app.py", "from urssaf.wire import dumps", "urssaf.wire.dumps"),
        ("simulator/app.py", "import urssaf", "urssaf"),
        ("simulator/app.py", "import avance_immediate", "avance_immediate"),
        ("simulator/app.py", "from odoo import models", "odoo.models"),
        ("simulator/app.py", "def later():\n    import odoo.addons.avance_immediate.models", None),
        ("models/x.py", "from ..simulator.app import create_app", "avance_immediate.simulator.app.create_app"),
        ("models/x.py", "from .. import simulator", "avance_immediate.simulator"),
        ("wording.py", "from . import simulator", "avance_immediate.simulator"),
        ("urssaf/x.py", "import simulator.app", "simulator.app"),
        ("tests/x.py", "from odoo.addons.avance_immediate import simulator", None),
        ("models/simulator_adapter.py", "from ..simulator import app", "avance_immediate.simulator.app"),
    ],
)
def test_refused(found, name, line, what):
    [problem] = found(name, line)
    assert problem.startswith(f"avance_immediate/{name}:")
    assert what is None or problem.endswith(f":1: imports {what}")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("simulator/app.py", "from . import wire\nfrom .codes import error\nimport json\nfrom flask import request"),
        ("simulator_adapter.py", "from .simulator.world import World\nfrom . import wording"),
        ("models/x.py", "from .. import wording\nfrom ..urssaf import wire"),
        # The tests of the addon start it as a program; theirs is another file of that name.
        ("tests/common.py", "from .simulator import Simulator"),
    ],
)
def test_left_alone(found, name, line):
    assert found(name, line) == []


def test_addon():
    assert lint_imports.problems(paths.CHECKOUT / paths.ADDON) == []
