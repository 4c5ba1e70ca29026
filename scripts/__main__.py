"""`python3 -m scripts COMMAND …`: run the module `scripts.COMMAND`, with everything that it needs installed first.

A command is a module with a function `main()`, which returns the exit code and reads its arguments from `sys.argv`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from . import bootstrap
from .console import SetupError


def _commands() -> list[str]:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem for file in files if "\ndef main() -> int:" in file.read_text(encoding="utf-8")]


def _run() -> int:
    commands = _commands()
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python3 -m scripts {{{','.join(commands)}}} …")
    bootstrap.enter()
    name = sys.argv.pop(1)
    sys.argv[0] = f"python3 -m scripts {name}"
    return importlib.import_module(f"scripts.{name}").main()


if __name__ == "__main__":
    try:
        sys.exit(_run())
    except SetupError as error:
        sys.exit(f"\nerror: {error}")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted")
