"""Fixes that contradict each other are hypotheses, not one truth.

Two fixes contradict each other where their discs cannot both be true at the greatest credible
speed. In ordinary life none do, and a party has one hypothesis: all its fixes, in a chain. A fix
that can follow none of the chains that are known begins another, beside them.

One is dropped when three fixes of another have come since its own last one, and
- it is an outlier: a lone fix that has never come back, while those three are three places;
- or 120 s have passed.
An outlier that is dropped is remembered for as long: one that comes back is none. A fix of the very
time of another is that fix told again, and counts for nothing. One at the very place, to the last
digit, shows that its hypothesis has come back, and is no further evidence for it: a receiver that
is frozen while it moves soon has no more than a lone fix to show.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from host.proximity.fix import leads, pack, radius_m, reaches, unpack
from host.proximity.types import Fix

HYPOTHESES_MAX = 3
ENOUGH = 3  # fixes
OUTLIVING_MS = 120_000

# Named reasons why one is dropped, as they are counted and stored.
OUTLIER = "outlier"
OUTLIVED = "outlived"
CROWDED_OUT = "crowded_out"


class Dropped(NamedTuple):
    """A hypothesis that is held no more: its last fix, and why."""

    fix: Fix
    reason: str


class Hypothesis:
    """One chain of fixes, each of which can be true beside the one before it and the anchor.

    `before`: where the last leg began, if there is one. `fixes`: how many of the latest speak for
    it, up to ENOUGH; none where what it rests on is doubted itself. `latest`: the last three that
    came while there was another. `returned`: whether it has come back after another. `shows`:
    whether it may show a level, as a lone fix that contradicts all others may not.
    """

    __slots__ = ("anchor", "before", "fix", "fixes", "latest", "returned", "shows")

    def __init__(
        self,
        fix: Fix,
        before: Fix | None = None,
        anchor: Fix | None = None,
        *,
        shows: bool = True,
    ) -> None:
        self.fix = fix
        self.before = before
        self.anchor = anchor
        self.fixes = 1
        self.latest: tuple[Fix, ...] = ()
        self.returned = False
        self.shows = shows

    def admits(self, fix: Fix, speed_m_s: float) -> bool:
        """Whether a fix can be the next of this chain."""
        last, anchor = self.fix, self.anchor
        if anchor is not None and not reaches(anchor, fix, speed_m_s):
            return False
        return last is anchor or reaches(last, fix, speed_m_s)  # an older anchor allows more

    def take(self, fix: Fix, speed_m_s: float, anchors: bool) -> None:
        """The next of this chain. `anchors`: whether a bound may be built on it."""
        last, anchor = self.fix, self.anchor
        again = fix.time_ms == last.time_ms
        start = self.before if again else last
        self.before = start if start is not None and leads(start, fix) else None
        self.fix = fix
        if anchors and (anchor is None or tightens(anchor, fix, speed_m_s)):
            self.anchor = fix
        if again:
            return
        self.shows = True
        if not self.fixes or fix.lat_e7 != last.lat_e7 or fix.lon_e7 != last.lon_e7:
            if self.fixes < ENOUGH:
                self.fixes += 1
        elif not fix.at_rest and self.fixes > 1:  # it moves, and its receiver is frozen
            self.fixes -= 1

    def remember(self) -> None:
        """Its last fix has come while there is another hypothesis."""
        if not self.latest or self.latest[-1].time_ms < self.fix.time_ms:
            self.latest = (*self.latest[1 - ENOUGH :], self.fix)

    def renumber(self) -> None:
        """Sequences of before cannot be compared with those that come."""
        anchors = self.anchor is self.fix
        self.fix = self.fix._replace(sequence=0)
        self.anchor = self.fix if anchors else self.anchor

    def outvotes(self, other: "Hypothesis") -> bool:
        """Whether three fixes of this one have come since the other's last one."""
        return len(self.latest) == ENOUGH and self.latest[0].time_ms > other.fix.time_ms

    def why_dropped(self, held: Sequence["Hypothesis"], now_ms: int) -> str:
        """The reason for which, of all that are held, it is to be dropped; "" for none."""
        winners = [other for other in held if other.outvotes(self)]
        by_places = any(len(set(map(_place, one.latest))) == ENOUGH for one in winners)
        if by_places and self.fixes <= 1 and not self.returned:
            return OUTLIER
        return OUTLIVED if winners and now_ms - self.fix.time_ms >= OUTLIVING_MS else ""

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON."""
        # The anchor nearly always is the last fix: say so instead of saying it twice.
        anchor = 1 if self.anchor is self.fix else pack(self.anchor)
        latest = [pack(fix) for fix in self.latest]
        return [
            *(pack(self.fix), anchor, pack(self.before)),
            *(self.fixes, int(self.returned), int(self.shows), latest),
        ]

    @classmethod
    def restore(cls, state: list[Any]) -> "Hypothesis":
        """The inverse of `state`."""
        last, anchor, before, fixes, returned, shows, latest = state
        fix = unpack(last)
        if fix is None:
            raise ValueError("a hypothesis without a fix")
        known = cls(fix, unpack(before), fix if anchor == 1 else unpack(anchor))
        known.fixes, known.returned, known.shows = fixes, bool(returned), bool(shows)
        known.latest = tuple(fix for one in latest if (fix := unpack(one)) is not None)
        return known


def part(
    held: list[Hypothesis], outliers: list[Hypothesis], now_ms: int
) -> tuple[tuple[Hypothesis, ...], tuple[Hypothesis, ...], list[Dropped]]:
    """What is kept of the hypotheses, the outliers that may come back, and what was dropped.

    `held`: that of the newest fix first, which stays; each list keeps its order. `outliers`: those
    that were remembered until now.
    """
    reasons = {one: reason for one in held if (reason := one.why_dropped(held, now_ms))}
    kept = [one for one in held if one not in reasons]
    if len(kept) > HYPOTHESES_MAX:
        reasons[weakest := min(kept[1:], key=_strength)] = CROWDED_OUT
        kept.remove(weakest)
    gone = [one for one, reason in reasons.items() if reason != OUTLIVED]
    known = [one for one in (*gone, *outliers) if now_ms - one.fix.time_ms < OUTLIVING_MS]
    if len(kept) == 1 and not known:
        kept[0].latest, kept[0].returned = (), False
    dropped = [Dropped(one.fix, reason) for one, reason in reasons.items()]
    return tuple(kept), tuple(known[:HYPOTHESES_MAX]), dropped


def _strength(one: Hypothesis) -> tuple[bool, bool, int, int]:
    return one.shows, one.returned, one.fixes, one.fix.time_ms


def tightens(anchor: Fix, fix: Fix, speed_m_s: float) -> bool:
    """Whether a fix gives a bound no looser than an anchor does, at any one instant.

    Earlier or later: by this fixes can be ordered.
    """
    aged_m = radius_m(anchor) + speed_m_s * (fix.time_ms - anchor.time_ms) / 1000
    return radius_m(fix) <= aged_m


def _place(fix: Fix) -> tuple[int, int]:
    return fix.lat_e7, fix.lon_e7


_Packed = list[Any] | None


def restore_earlier(
    fix: _Packed, anchor: Any, doubted: _Packed, suspect: _Packed, before: _Packed
) -> tuple[tuple[Hypothesis, ...], Hypothesis | None]:
    """What earlier versions kept: the last fix, whose time may not be known, and two fixes in
    doubt, or one that two records told differently."""
    last, start, sight = unpack(fix), unpack(before), None
    held = last if anchor == 1 else unpack(anchor)
    if last is not None and not last.dated:
        sight, last, start = Hypothesis(last, start), held or unpack(doubted or suspect), None
    if last is None:
        return (), sight
    live, contradicting = Hypothesis(last, start, held), unpack(suspect)
    live.fixes = ENOUGH
    if contradicting is None:
        return (live,), sight
    if doubted is None:
        live.fixes = 0
        return (live,), sight
    return (Hypothesis(contradicting, shows=False), live), sight
