"""Which open lines of the account of payouts a line of the bank may be (docs/money.md, "The bank").

Urssaf groups transfers, splits them, and may deduct what it takes back. Sums are whole cents and agree exactly, or
there is no proposal: nothing is ever written off. The search is bounded, and gives the same for the same lines in any
order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from operator import attrgetter

from ..http.folding import fold_words

#: What is looked at: lines from so many days before the bank's to so many after.
DAYS_BEFORE, DAYS_AFTER = 60, 10
#: The bank shows a transfer on its day or a little later: only then is it matched by itself.
SURE_BEFORE, SURE_AFTER = 15, 5
#: Lines that are no transfer of their own come together only from days that are as near to each other.
SPAN = 10
MOST_DATES = 10  # consecutive dates in one line of the bank
MOST_LINES = 1000  # for sums of whole dates and transfers
MOST_TAKEN_BACK = 12  # recoveries deducted from one line: up to three of these, or all that there are
MOST_LOOSE = 24  # lines of which pairs and triples are tried: 2 300 sums
MOST_FOUND = 20

#: How a proposal came about, the likeliest first.
KINDS = ("line", "transfer", "dates", "less", "some", "part")
#: What Urssaf announced as one: alone among the proposals, it may be matched without a person.
SURE_KINDS = ("line", "transfer")


@dataclass(frozen=True)
class Open:
    """An open line of the account.

    :ivar cents: what is open of it; positive where Urssaf owes it, negative where it is to be taken back
    :ivar day: of the transfer
    :ivar transfer: the same for all lines that Urssaf announced as one transfer; ``None`` where it is none
    """

    id: int
    cents: int
    day: date
    transfer: Hashable = None


@dataclass(frozen=True)
class Shown:
    """A line of the bank.

    :ivar cents: what is not matched of it, positive for money that came
    """

    id: int
    cents: int
    day: date


@dataclass(frozen=True)
class Proposal:
    """Lines that a line of the bank may be.

    :ivar kind: one of ``KINDS``
    :ivar distance: days between the bank's line and the farthest of them
    """

    kind: str
    ids: frozenset[int]
    distance: int

    @property
    def order(self) -> tuple:
        return KINDS.index(self.kind), self.distance, len(self.ids), sorted(self.ids)


def names_urssaf(*texts: str | None) -> bool:
    """Tell whether a label of the bank names Urssaf, in whatever case, with accents or dots between the letters."""
    for text in texts:
        words = fold_words(text)
        if any("urssaf" in word for word in words) or " u r s s a f " in f" {' '.join(words)} ":
            return True
    return False


def exact(shown: Shown, lines: Iterable[Open]) -> list[Proposal]:
    """Return the sets of lines whose sum is exactly that of a line of the bank, the likeliest first.

    :return: at most ``MOST_FOUND``; none for a line of zero
    """
    return _all_exact(shown, lines)[:MOST_FOUND]


def _all_exact(shown: Shown, lines: Iterable[Open]) -> list[Proposal]:
    if not shown.cents:
        return []
    sign = 1 if shown.cents > 0 else -1
    near = _near(shown, lines, DAYS_BEFORE, DAYS_AFTER)
    same = [line for line in near if line.cents * sign > 0][:MOST_LINES]
    taken = [line for line in near if line.cents * sign < 0][:MOST_TAKEN_BACK]
    by_sum = defaultdict(list)
    for kind, group in _groups(same):
        by_sum[sum(line.cents for line in group)].append((kind, group))
    found = list(by_sum[shown.cents])
    for deducted in _deductions(taken):
        wanted = shown.cents - sum(line.cents for line in deducted)
        found += [("less", (*group, *deducted)) for _kind, group in by_sum.get(wanted, ())]
    found += [("some", group) for group in _loose(same[:MOST_LOOSE], shown.cents)]
    return _ranked(shown, found)


def part(shown: Shown, lines: Iterable[Open], others: Iterable[Shown] = ()) -> Proposal | None:
    """Return the one line of which a line of the bank may be a part: where Urssaf splits a transfer.

    :param others: lines of the bank of Urssaf's; a line that they make up with this one comes before a nearer one
    """
    sign = 1 if shown.cents > 0 else -1
    larger = [
        line for line in _near(shown, lines, SURE_BEFORE, SURE_AFTER) if line.cents * sign > shown.cents * sign > 0
    ]
    rest = {other.cents for other in others if other.id != shown.id}
    whole = [line for line in larger if line.cents - shown.cents in rest]
    chosen = (whole or larger)[:1]
    return Proposal("part", frozenset({chosen[0].id}), _distance(shown, chosen)) if chosen else None


def certain(shown: Iterable[Shown], lines: Iterable[Open]) -> dict[int, Proposal]:
    """Return what may be matched without a person: exactly one candidate on each side, near in time.

    :param shown: all unmatched lines of the bank that name Urssaf
    :return: by the id of a line of the bank
    """
    shown, lines = list(shown), list(lines)
    found = {each.id: _all_exact(each, lines) for each in shown}
    claims = Counter(line_id for proposals in found.values() for line_id in _touched(proposals))
    split = _split(shown, lines)
    days = {line.id: line.day for line in lines}
    sure = {}
    for each in shown:
        if len(found[each.id]) != 1:
            continue
        proposal = found[each.id][0]
        is_alone = all(claims[line_id] == 1 and line_id not in split for line_id in proposal.ids)
        is_near = all(-SURE_AFTER <= (each.day - days[line_id]).days <= SURE_BEFORE for line_id in proposal.ids)
        if proposal.kind in SURE_KINDS and is_alone and is_near:
            sure[each.id] = proposal
    return sure


def _near(shown: Shown, lines: Iterable[Open], before: int, after: int) -> list[Open]:
    """Return the lines of the days around, the nearest first."""
    since, until = shown.day - timedelta(days=before), shown.day + timedelta(days=after)
    near = [line for line in lines if since <= line.day <= until]
    return sorted(near, key=lambda line: (abs((line.day - shown.day).days), line.day, line.id))


def _groups(lines: list[Open]) -> Iterator[tuple[str, tuple[Open, ...]]]:
    """Yield what Urssaf may have sent as one: a line, a transfer, all lines of consecutive dates."""
    for line in lines:
        yield "line", (line,)
    transfers, dates = defaultdict(list), defaultdict(list)
    for line in lines:
        dates[line.day].append(line)
        if line.transfer is not None:
            transfers[line.transfer].append(line)
    for group in transfers.values():
        if len(group) > 1:
            yield "transfer", tuple(group)
    days = sorted(dates)
    for start in range(len(days)):
        group = []
        for day in days[start : start + MOST_DATES]:
            if (day - days[start]).days > SPAN:
                break
            group += dates[day]
            if len(group) > 1:
                yield "dates", tuple(group)


def _deductions(taken: list[Open]) -> Iterator[tuple[Open, ...]]:
    for size in (1, 2, 3):
        yield from combinations(taken, size)
    if len(taken) > 3:
        yield tuple(taken)


def _loose(lines: list[Open], cents: int) -> Iterator[tuple[Open, ...]]:
    for size in (2, 3):
        for group in combinations(lines, size):
            days = [line.day for line in group]
            if sum(line.cents for line in group) == cents and (max(days) - min(days)).days <= SPAN:
                yield group


def _ranked(shown: Shown, found: list[tuple[str, tuple[Open, ...]]]) -> list[Proposal]:
    """Return the proposals in order, each set of lines once, as the likeliest that it is."""
    ranked = {}
    for kind, group in found:
        proposal = Proposal(kind, frozenset(line.id for line in group), _distance(shown, group))
        if proposal.ids not in ranked or proposal.order < ranked[proposal.ids].order:
            ranked[proposal.ids] = proposal
    return sorted(ranked.values(), key=attrgetter("order"))


def _distance(shown: Shown, lines: Iterable[Open]) -> int:
    return max(abs((line.day - shown.day).days) for line in lines)


def _touched(proposals: list[Proposal]) -> set[int]:
    return {line_id for proposal in proposals for line_id in proposal.ids}


def _split(shown: list[Shown], lines: list[Open]) -> set[int]:
    """Return the ids of the lines that two lines of the bank make up: of a transfer that came in two."""
    amounts = Counter(each.cents for each in shown)
    split = set()
    for line in lines:
        for first in amounts:
            second = line.cents - first
            enough = amounts[first] > 1 if first == second else second in amounts
            if enough and first * line.cents > 0 and second * line.cents > 0:
                split.add(line.id)
                break
    return split
