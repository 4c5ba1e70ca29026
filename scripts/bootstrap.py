"""From the machine's bare Python to the project's virtual environment."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from . import odoo_tree, system, venv


def enter() -> None:
    """Install what is missing, and go on inside the virtual environment.

    Outside of it the process starts itself again there with the same arguments, and this call never returns.

    :raise SetupError: something has to be done by hand; the message says what.
    """
    system.ensure()
    with ThreadPoolExecutor() as pool:
        # The one waits for the network, the other for the processor.
        download = pool.submit(odoo_tree.ensure)
        venv.prepare(odoo_tree.expected())
        tree = download.result()
    target = venv.ensure(tree)
    if not venv.active(target):
        sys.stdout.flush()
        interpreter = str(venv.python(target))
        os.execv(interpreter, [interpreter, *sys.orig_argv[1:]])
    # Programs of the environment, like ruff, are called by name.
    os.environ["PATH"] = f"{target / 'bin'}{os.pathsep}{os.environ['PATH']}"
