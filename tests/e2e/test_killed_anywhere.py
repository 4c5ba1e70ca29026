"""SIGKILL at each commit of each operation, before it and after: nothing is done twice, nothing lost (docs/money.md).

In `make test` at every fourth of them; at each by `make soak`.
"""

import pytest

from tests.e2e import soak
from tests.e2e.bad_hours import CALLS
from tests.e2e.mortals import Fate

#: A call has fewer commits.
MOST_COMMITS = 40
EVERY = 1 if soak.IS_LONG else 4


def deaths(phase):
    """Yield where to die, from the first commit on."""
    for at in range(1, MOST_COMMITS):
        for after in (False, True):
            if (2 * at + after + phase) % EVERY == 0:
                yield Fate("kill", at, after)


@pytest.mark.parametrize(("phase", "name"), list(enumerate(CALLS)), ids=list(CALLS))
def test_killed_at_each_commit(bad_hours, phase, name):
    killed = 0
    for fate in deaths(phase):
        act = CALLS[name](bad_hours)
        bad_hours.mortals.fate = fate
        if bad_hours.attempt(act) != "died":
            assert fate.at < MOST_COMMITS - 1, "it never ends"
            break
        killed += 1
    assert killed * EVERY >= 8, "it has hardly a commit"
    bad_hours.come_to_rest()
    bad_hours.check()
    soak.note("kills", operation=name, count=killed)
