"""Short or long, and what a long run tells: `python3 -m scripts soak` sets these variables, and reads what is noted."""

import json
import os
from pathlib import Path

#: Everything is tried, and not a sample of it.
IS_LONG = os.environ.get("AVANCE_SOAK") == "long"
STEPS = int(os.environ.get("AVANCE_SOAK_STEPS", "60"))
SEED = int(os.environ.get("AVANCE_SOAK_SEED", "19"))
_RESULTS = os.environ.get("AVANCE_SOAK_RESULTS")


def note(kind: str, **values) -> None:
    """Add a line to the results of a run: ``{"kind", …}``."""
    if _RESULTS:
        with Path(_RESULTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **values}) + "\n")
