"""The long form of the tests that break things: every fault, a kill at every commit, and a random walk of any length.

`make test` runs the same tests in a short form. This may take hours; `--steps`, `--kills` and `--skip` make it shorter.
At its end, if all of it passed, it writes what was tried to docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import tempfile
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

from . import paths, runtime, soak_results, test
from .console import say

#: The parts, in this order, with what is said of each, and their tests.
PARTS = {
    "plain": "each operation of the client with each fault",
    "kills": "SIGKILL at each commit of each operation of Odoo",
    "faults": "each operation of Odoo with each fault, once, for an hour, for a day",
    "walk": "a random walk",
    "life": "the random life of many requests, with all payouts and what is taken back",
}
E2E = {
    "kills": "tests/e2e/test_killed_anywhere.py",
    "faults": "tests/e2e/test_faults.py",
    "walk": "tests/e2e/test_random_walk.py",
}
PLAIN = "tests/urssaf/test_fault_matrix.py"
SHOWN_EVERY_SECONDS = 60


def main() -> int:
    """Run the parts, say how far they are, and write the page when all passed."""
    options = _options()
    runtime.ensure()
    results = Path(tempfile.mkstemp(suffix=".jsonl", prefix="soak-")[1])
    os.environ |= _environment(options, results)
    outcomes = {}
    started = time.monotonic()
    with runtime.stop_on_signals():
        for part in (part for part in PARTS if part not in options.skip):
            say(f"\n== {PARTS[part]}")
            with _Progress(results):
                outcomes[part] = _run(part, options)
            say(f"{PARTS[part]}: {outcomes[part].passed} passed, {outcomes[part].failed} failed")
    found = soak_results.Found.of(_read(results), {part: outcome.passed for part, outcome in outcomes.items()})
    found.minutes = round((time.monotonic() - started) / 60)
    failed = sum(outcome.failed for outcome in outcomes.values())
    enough = found.steps >= options.steps * ("walk" in outcomes) and found.kills >= options.kills
    say(f"\nResult: {'all held' if not failed else f'{failed} failed'}; {found.line()}; notes of the run: {results}")
    if not enough:
        say(f"Fewer than the {options.steps} steps or the {options.kills} kills that were asked for.")
    if failed or not enough:
        return 1
    soak_results.write(found, _command(options), date.today())
    say(f"Written to {soak_results.FILE.relative_to(paths.CHECKOUT)}.")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10_000, help="of the random walk, at least (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=100, help="processes killed, at least (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=500, help="of the random life (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=19, help="of all chances (default: %(default)s)")
    parser.add_argument("--skip", choices=PARTS, action="append", default=[], help="leave a part out (may be repeated)")
    return parser.parse_args()


def _environment(options: argparse.Namespace, results: Path) -> dict[str, str]:
    return {
        "AVANCE_SOAK": "long",
        "AVANCE_SOAK_STEPS": str(options.steps),
        "AVANCE_SOAK_SEED": str(options.seed),
        "AVANCE_SOAK_RESULTS": str(results),
        "URSSAF_LIFE_REQUESTS": str(options.requests),
        "URSSAF_LIFE_SEED": str(options.seed),
    }


def _run(part: str, options: argparse.Namespace) -> test.Outcome:
    if part == "plain":
        return test.run_pytest("soak-plain", [PLAIN], partial=False)
    if part == "life":
        with test.odoo_arguments("soak") as command:
            file = f"{paths.ADDON}/tests/test_random_life.py"
            outcome = test.run_pytest("soak-life", [*command, file], partial=False)
        with Path(os.environ["AVANCE_SOAK_RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": "life", "requests": options.requests, "seed": options.seed}) + "\n")
        return outcome
    return test.run_pytest(f"soak-{part}", [E2E[part]], partial=False)


def _command(options: argparse.Namespace) -> str:
    """The command that makes the same run again."""
    arguments = ["--steps", options.steps, "--kills", options.kills, "--requests", options.requests]
    arguments += ["--seed", options.seed, *(word for part in options.skip for word in ("--skip", part))]
    return f"make soak ARGS={shlex.quote(' '.join(map(str, arguments)))}"


def _read(results: Path) -> list[dict]:
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]


class _Progress:
    """Says now and then how far a part is."""

    def __init__(self, results: Path):
        self._results = results
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exc_info) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._over.wait(SHOWN_EVERY_SECONDS):
            notes = _read(self._results)
            counted = Counter(note["kind"] for note in notes)
            walked = [note for note in notes if note["kind"] == "progress"][-1:]
            said = [f"{counted['kills']} operations killed", f"{counted['faults']} faults"]
            said += [f"{note['steps']} steps with {note['kills']} kills" for note in walked]
            say(f"  … {', '.join(said)}")
