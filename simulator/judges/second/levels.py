"""How near: levels are entered at the first position that shows them, left only on evidence.

Where proximity.md leaves a detail open there are two readings. What shows a level by either may
raise it, what shows it by both must. In the same way a level may, and must, be left.
"""

from dataclasses import dataclass
from typing import NamedTuple

CLEAR, PRE_ALERT, ALERT, BREACH = range(4)
NAMES = ("clear", "pre_alert", "alert", "breach")

LEAVE_MS = 120_000  # of time of fixes
LEAVE_FIXES = 3
FRESH_MS = 60_000
SHARP_M = 100.0  # a95, at most, of what clears
ENTER_P, LEAVE_P = 0.25, 0.05
NEAR_P = 0.01  # probabilities that differ by less are the same
NEAR_M = 1.0  # distances, likewise
NEAR_MS = 1_000


class Reading(NamedTuple):
    """Something that holds `surely`, by every reading, or `perhaps`, by one."""

    surely: bool
    perhaps: bool


def at_most(value: float, limit: float, near: float) -> Reading:
    """Whether value <= limit."""
    return Reading(value <= limit - near, value <= limit + near)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one position shows of one limit: whether it is `outside` by more than the margin;
    `counts`: whether it is fresh and sharp enough to clear; `against`: whether it surely speaks
    against that; `dated`: whether it may clear at all."""

    outside: Reading
    counts: Reading
    against: bool
    dated: bool = True

    @classmethod
    def of(cls, outside: Reading, counts: Reading, dated: bool) -> "Sight":
        """That of one pair of positions."""
        return cls(outside, counts, counts.surely and not outside.perhaps, dated)

    def only_against(self) -> "Sight":
        """The same, where something else makes it doubtful."""
        counts = Reading(False, self.counts.perhaps)
        return Sight(self.outside, counts, self.against, self.dated)

    @classmethod
    def of_all(cls, known: list["Sight"], everything: list["Sight"]) -> "Sight":
        """That of all that may be true: what surely may, and what perhaps may."""
        return cls(
            Reading(
                all(sight.outside.surely for sight in everything),
                all(sight.outside.perhaps for sight in known),
            ),
            Reading(
                all(sight.counts.surely for sight in everything),
                all(sight.counts.perhaps for sight in known),
            ),
            any(sight.against for sight in known),
            all(sight.dated for sight in known),
        )


class Tally:
    """What speaks for leaving one level, by the two readings."""

    def __init__(self) -> None:
        self._perhaps: list[int] = []  # times of positions since the last that surely was inside
        self._surely: list[int] = []  # of those in a row that surely count
        self._since_ms: int | None = None  # of the last that surely was inside

    def start(self, at_ms: int) -> None:
        """Begin anew, at a position of this time."""
        self._perhaps, self._surely = [], []
        self._since_ms = at_ms

    def start_surely(self) -> None:
        """Begin anew by the narrower reading alone."""
        self._surely = []

    def add(self, sight: Sight, at_ms: int) -> None:
        """One more position, made at `at_ms`."""
        if sight.against:
            self.start(at_ms)
            return
        if sight.outside.surely and not sight.dated:
            return
        if sight.counts.perhaps and sight.outside.perhaps and sight.dated:
            self._perhaps.append(at_ms)
        if not (sight.counts.surely and sight.outside.surely):
            self._surely = []
        elif at_ms > max(self._surely, default=-1):  # the very time is no further evidence
            self._surely.append(at_ms)

    @property
    def leaves(self) -> Reading:
        """Whether the level must, and may, be left."""
        since = [] if self._since_ms is None else [self._since_ms]
        return Reading(
            len(self._surely) >= LEAVE_FIXES and _span_ms(self._surely) >= LEAVE_MS,
            len(self._perhaps) >= LEAVE_FIXES
            and _span_ms([*since, *self._perhaps]) >= LEAVE_MS - NEAR_MS,
        )


def _span_ms(times: list[int]) -> int:
    return max(times) - min(times)


class Shown(NamedTuple):
    """The level that is shown `surely`, and the one that is shown `perhaps`."""

    surely: int
    perhaps: int


class Levels:
    """One cause of one order. `level`: what the host has said before this step."""

    def __init__(self) -> None:
        self.level = CLEAR
        self._tallies = {level: Tally() for level in (PRE_ALERT, ALERT, BREACH)}
        self._shown = Shown(CLEAR, CLEAR)
        self._left: set[int] = set()  # levels that may have been left in this step

    def show(self, surely: int, perhaps: int, at_ms: int) -> None:
        """A position, or a way, shows a level. If that is a new one, its evidence begins here: at
        the first of a backlog that perhaps shows it, for the host may have taken it up there."""
        before = self._shown
        self._shown = Shown(max(before.surely, surely), max(before.perhaps, perhaps))
        for risen in range(max(self.level, before.perhaps) + 1, perhaps + 1):
            self._tallies[risen].start(at_ms)

    def add(self, level: int, sight: Sight, at_ms: int) -> None:
        """What a position says of leaving one level."""
        self._tallies[level].add(sight, at_ms)
        if self._tallies[level].leaves.perhaps:
            self._left.add(level)

    def inside(self, fresh: Reading, surely: int, perhaps: int, at_ms: int) -> None:
        """A position, however coarse, shows these levels: none of them is being left."""
        for level, tally in self._tallies.items():
            if fresh.surely and level <= surely:
                tally.start(at_ms)
            elif fresh.perhaps and level <= perhaps:
                tally.start_surely()

    def crossed(self, level: int, at_ms: int) -> None:
        """On the way to this position, from outside, the limit of a level was surely passed."""
        self._tallies[level].start(at_ms)

    def settle(self, said: int) -> tuple[str, str] | None:
        """Compare with what the host says after a step: (rule, what is right) if that is wrong."""
        before, self.level = self.level, said
        wrong = self._wrong(before, said)
        self._shown = Shown(CLEAR, CLEAR)
        self._left.clear()
        if said != before:
            for tally in self._tallies.values():
                tally.start_surely()
        return wrong

    def lapse(self, said: int) -> None:
        """What is not in force has no level, or the last one that it had."""
        self.level = said
        self._shown = Shown(CLEAR, CLEAR)
        self._left.clear()

    def _wrong(self, before: int, said: int) -> tuple[str, str] | None:
        shown = self._shown
        if said < shown.surely:
            return "level.missed", f"{NAMES[shown.surely]}: it is shown"
        if said > max(before, shown.perhaps):
            return "level.unfounded", f"{NAMES[max(before, shown.perhaps)]}: no more is shown"
        if not self._left.issuperset(range(said + 1, before + 1)):
            return "level.lowered", f"{NAMES[before]}: nothing proves that it is over"
        if said == before and said > CLEAR and self._tallies[said].leaves.surely:
            return "level.kept", f"less than {NAMES[before]}: it is proven to be over"
        return None
