"""How fast a party has lately been seen to go: what is plausible of it, not what is possible."""

from typing import Any, NamedTuple

from host.proximity.geodesy import chord_m
from host.proximity.levels import FINE_A95_M
from host.proximity.types import Fix

KEPT_MS = 600_000
_LEG_MAX_MS = 120_000  # between two positions, or the way may have been another one
_WALK_M_S = 2.5
_STEPS_MS = 180_000  # who rests again so soon, the minute of being still included, took a few steps


class Pace(NamedTuple):
    """The fastest leg of the last ten minutes, in m/s, and when it was gone; when the last leg was;
    when it last moved at all. 0 for never."""

    fastest_m_s: float = 0.0
    fastest_ms: int = 0
    leg_ms: int = 0
    moved_ms: int = 0

    def moved(self, at_ms: int) -> "Pace":
        """It says that it moves."""
        return self if at_ms <= self.moved_ms else self._replace(moved_ms=at_ms)

    def gone(self, start: Fix | None, fix: Fix) -> "Pace":
        """After one more fix. `start`: the one before, if there is one.

        A leg counts by what it is surely long: accuracies are no way.
        """
        pace = self if fix.at_rest else self.moved(fix.time_ms)
        if start is None or not 0 < fix.time_ms - start.time_ms <= _LEG_MAX_MS:
            return pace
        if max(start.a95_m, fix.a95_m) > FINE_A95_M:
            return pace
        way_m = max(0.0, chord_m(start[5:8], fix[5:8]) - start.a95_m - fix.a95_m)
        m_s = 1000 * way_m / (fix.time_ms - start.time_ms)
        pace = pace._replace(leg_ms=fix.time_ms)
        if m_s < pace.fastest_m_s and fix.time_ms - pace.fastest_ms <= KEPT_MS:
            return pace
        return pace._replace(fastest_m_s=m_s, fastest_ms=fix.time_ms)

    def settled(self, rested_ms: int, at_ms: int) -> "Pace":
        """It rests again. `rested_ms`: until when it rested before; 0 for never. Steps from one
        rest to the next are as good as seen: no way at all."""
        steps = 0 < rested_ms < at_ms <= rested_ms + _STEPS_MS
        return self._replace(leg_ms=at_ms) if steps else self

    def fastest(self, at_ms: int) -> float:
        """The fastest leg of the ten minutes before, in m/s."""
        return self.fastest_m_s if at_ms - self.fastest_ms <= KEPT_MS else 0.0

    def drives(self, at_ms: int) -> bool:
        """Whether it may have done more than walk in the ten minutes before: it was seen to, or it
        moved and nobody saw how fast."""
        unseen = self.moved_ms > self.leg_ms and at_ms - self.moved_ms <= KEPT_MS
        return unseen or self.fastest(at_ms) > _WALK_M_S

    def stirred(self, at_ms: int) -> bool:
        """Whether it moved at all in the ten minutes before."""
        return at_ms - self.moved_ms <= KEPT_MS

    def state(self) -> list[Any]:
        """As JSON."""
        return list(self)


NO_PACE = Pace()
