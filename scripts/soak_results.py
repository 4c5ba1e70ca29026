"""What `make soak` writes to docs/reliability.md: what was tried by a run, and what held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from harness import faults

from . import paths, tables

FILE = paths.CHECKOUT / "docs" / "reliability.md"
LONG = ("once", "an hour", "a day")
#: The operations of HTTP in the table of the client, as titles.
TITLES = {
    faults.TOKEN: "token",
    faults.REGISTER: "register",
    faults.STATUS: "status",
    faults.SEND: "send",
    faults.SEARCH: "look up, refresh",
}
HELD = """
- A request that Urssaf had accepted was never sent again. (The proxy that spoils answers knows what Urssaf accepted.
  The fault *one missing*, which denies it, is left out: there Urssaf itself refuses the second one, and a person
  decides.)
- What was queued has arrived, once and without a click, or a rule of [money.md](money.md) asks a person, who has been
  told by one activity, and by no second one.
- Each payout of Urssaf's is in the books once, or awaits a person who was told; payments, their lines and what is
  left of each invoice agree to the cent.
- A client was registered once. What Urssaf says of requests and clients is what Odoo shows.
- No secret, account number or day of birth is in the log, in a note, in an activity or in the log of calls, and no
  e-mail address of a client in the log.
"""


@dataclass
class Found:
    """What a run noted.

    :ivar passed: how many tests passed, by part
    :ivar kills: processes ended by SIGKILL, in all
    """

    passed: dict[str, int]
    killed: Counter[str] = field(default_factory=Counter)
    tried: dict[str, dict[str, int]] = field(default_factory=dict)
    cells: int = 0
    walk: dict[str, int] = field(default_factory=dict)
    life: dict[str, int] = field(default_factory=dict)
    minutes: int = 0

    @classmethod
    def of(cls, notes: list[dict], passed: dict[str, int]) -> Found:
        """Read the notes of a run."""
        found = cls(passed)
        for note in notes:
            if note["kind"] == "kills":
                found.killed[note["operation"]] += note["count"]
            elif note["kind"] == "faults":
                found.tried.setdefault(note["fault"], {})[note["long"]] = note["asked"]
                found.cells += len(note["operations"])
            elif note["kind"] in ("walk", "life"):
                setattr(found, note["kind"], note)
        return found

    @property
    def steps(self) -> int:
        return self.walk.get("steps", 0)

    @property
    def kills(self) -> int:
        return self.killed.total() + self.walk.get("kill", 0)

    def line(self) -> str:
        """Say it in one line."""
        return f"{self.steps} steps, {self.kills} kills, {self.cells} operations with a fault, {self.minutes} minutes"


def write(found: Found, command: str, day: date) -> None:
    """Write the page."""
    FILE.write_text(page(found, command, day), encoding="utf-8")


def page(found: Found, command: str, day: date) -> str:
    """Return the page: what was done, what held, and the tables."""
    parts = [
        "# Reliability",
        "This page was written by a run, on " + day.isoformat() + f", of {found.minutes} minutes:",
        f"```sh\n{command}\n```",
        f"**{found.line()}: all of this held.** `make test` tries the same in a short form.",
        _left_out(found),
        "## What held\n" + HELD.rstrip(),
        "How it is done: Odoo's processes are real ones (`tests/e2e/mortal.py`), on one PostgreSQL, and live at any"
        " moment of\ntime; between them and the simulator of Urssaf stands a proxy that spoils answers"
        " (`harness/fault_proxy.py`).",
        _about_kills(found),
        _about_walk(found),
        _about_faults(found),
        _about_client(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _left_out(found: Found) -> str:
    """Name the parts that were not in this run: nothing that is said below is about them."""
    parts = {
        "kills at each commit": found.killed,
        "Odoo with each fault": found.tried,
        "the random walk": found.walk,
        "many requests at once": found.life,
    }
    missing = [name for name, part in parts.items() if not part]
    return f"Not in this run, in its long form: {', '.join(missing)}." if missing else ""


def _about_kills(found: Found) -> str:
    if not found.killed:
        return ""
    rows = [(name, count) for name, count in found.killed.items()]
    text = "SIGKILL at each commit of the process, right before it and right after, each time on new records."
    return f"## Killed at each commit\n\n{text}\n\n" + tables.markdown(("operation", "kills"), rows, figures=True)


def _about_walk(found: Found) -> str:
    if not found.walk:
        return ""
    rows = [
        ("steps", found.steps),
        ("answers spoilt", found.walk["spoilt"]),
        ("processes killed (SIGKILL at a commit)", found.walk.get("kill", 0)),
        ("connections to PostgreSQL cut (`pg_terminate_backend`)", found.walk.get("cut", 0)),
        ("statements refused as with a full disk (SQLSTATE 53100)", found.walk.get("full", 0)),
    ]
    text = (
        "People send, register, ask; scheduled actions run, also two of them at once, or fail; Urssaf and clients act;"
        "\nfaults begin and end; time passes: in any order. After fifty steps at most everything comes to rest, and is"
        f"\nchecked. Seed {found.walk['seed']}."
    )
    walk = f"## The random walk\n\n{text}\n\n" + tables.markdown(("what", "how often"), rows, figures=True)
    if found.life:
        walk += (
            f"\n\nAnd {found.life['requests']} requests at once with all that Urssaf pays and takes back, to the cent"
            f"\n(`test_random_life.py`, seed {found.life['seed']})."
        )
    return walk


def _about_faults(found: Found) -> str:
    if not found.tried:
        return ""
    rows = []
    for name, tried in found.tried.items():
        asked = ["not run" if long not in tried else tried[long] or "–" for long in LONG]
        rows.append((faults.FAULTS[name].family, name, *asked))
    text = (
        "Token, register, status, send one, send ten, look up, refresh, record, take back: each of those that the fault"
        " can\nhappen to, once; then all of them for an hour, and for a day. The figures: of how many requests a person"
        " has to decide\nafterwards, of some fifteen in each case; – where everything came by itself."
    )
    return f"## Odoo with each fault\n\n{text}\n\n" + tables.markdown(("kind", "fault", *LONG), rows)


def _about_client(found: Found) -> str:
    if not found.passed.get("plain"):
        return ""
    rows = [
        (fault.family, fault.name, *(fault.means.get(operation, "") for operation in TITLES))
        for fault in faults.FAULTS.values()
    ]
    text = (
        f"What the client of the API knows after each call, over HTTP ({found.passed['plain']} cases). *Not sent*, *not"
        " handled* and *refused*\nare certain; after *unknown* Urssaf is asked before anything is sent again, and of a"
        " read nothing was learnt;\n*believed*: no client can tell, and the rules of [money.md](money.md) judge what it"
        " says."
    )
    return f"## The client with each fault\n\n{text}\n\n" + tables.markdown(("kind", "fault", *TITLES.values()), rows)
