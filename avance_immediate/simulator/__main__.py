"""``python3 avance_immediate/simulator``, or ``python3 -m simulator`` beside it: the server (README)."""

import runpy
import sys
from pathlib import Path

if __package__:
    from .server import main

    main()
else:
    # Started as a folder, which is no package: what it imports is relative.
    package = Path(__file__).resolve().parent
    sys.path[0] = str(package.parent)
    runpy.run_module(package.name, run_name="__main__", alter_sys=True)
