"""The level of one (order, cause): entered at the first fix that shows it, left only on evidence.

Silence and timers never lower a level. To leave one it takes, over 120 s of fix time, at least
three new fixes, none older than 60 s or coarser than 100 m, each of them 95 % sure to be beyond
L + max(50 m, L / 10). A fix that fails starts the count anew; one whose counterpart is stale,
or which is coarse, counts neither for nor against; one whose time cannot be true, only against.
"""

from math import inf
from typing import Any, NamedTuple

from host.proximity.estimate import entered, left
from host.proximity.types import Level

LEAVE_AFTER_MS = 120_000
LEAVE_FIXES = 3
FRESH_AGE_MS = 60_000
FRESH_A95_M = 100.0

_RAISED = (Level.BREACH, Level.ALERT, Level.PRE_ALERT)


class Measured(NamedTuple):
    """One measurement of a cause: how far, how sure, and whether it speaks of leaving a level
    (`fresh`), and not only against it (`dated`)."""

    at_ms: int
    distance_m: float
    start_m: float  # distance at the start of the leg that was swept; distance_m for none
    nearest_m: float  # least distance on that leg
    sigma_m: float
    fresh: bool
    ceiling: Level  # the highest level that this source of position may raise
    straight: bool = False
    dated: bool = True


class Limits(NamedTuple):
    """The distances at which the levels are entered, indexed by Level."""

    clear_m: float
    pre_alert_m: float
    alert_m: float
    breach_m: float


NO_LIMITS = Limits(inf, 0, 0, 0)


class Nearness:
    """How near: the live level of one cause of one order."""

    __slots__ = ("cause", "distance_m", "evidence", "level", "limits", "rise")

    def __init__(self, cause: str, limits: Limits) -> None:
        self.cause = cause
        self.limits = limits
        self.level = Level.CLEAR
        self.rise = 0
        self.distance_m = inf
        # Per level above clear: (time of the first fix in a row that shows it left, how many).
        self.evidence: dict[Level, tuple[int, int]] | None = None

    def observe(self, measured: Measured) -> tuple[Level, str] | None:
        """The new level and the name of the rule, or None when nothing changes.

        The caller applies it with `move`, so that a judgement can be asked for without effect.
        """
        self.distance_m = measured.distance_m
        if self.level is Level.CLEAR:
            far_m = self.limits.pre_alert_m + measured.sigma_m
            if measured.nearest_m > far_m and measured.distance_m > far_m:
                return None  # beyond the reach of every rule: thousands of times a second
        level, rule = self._reached(measured)
        if level > self.level:
            return level, rule
        if self.level is Level.CLEAR or not measured.fresh:
            return None
        return self._left(measured)

    def move(self, level: Level) -> Level:
        """Take a new level; returns the one before. A rise is counted, evidence starts anew."""
        before, self.level = self.level, level
        if level > before:
            self.rise += 1
            self.evidence = {}
        elif self.evidence is not None:
            kept = {key: value for key, value in self.evidence.items() if key <= level}
            self.evidence = kept if level > Level.CLEAR else None
        return before

    def _reached(self, measured: Measured) -> tuple[Level, str]:
        for level in _RAISED:
            limit_m = self.limits[level]
            rule = entered(measured.distance_m, limit_m, measured.sigma_m, measured.straight)
            if not rule and measured.nearest_m <= limit_m:
                rule = "swept"
            if rule:
                return min(level, measured.ceiling), rule
        return Level.CLEAR, ""

    def _left(self, measured: Measured) -> tuple[Level, str] | None:
        lowest = self.level
        evidence = self.evidence = {} if self.evidence is None else self.evidence
        for level in _RAISED:
            if level > self.level:
                continue
            limit_m = self.limits[level]
            # The way from inside to this fix is no crossing; from outside to outside it is.
            outside = level in evidence and measured.start_m > limit_m
            crossed = outside and measured.nearest_m <= limit_m
            if crossed or not left(
                measured.distance_m, limit_m, measured.sigma_m, measured.straight
            ):
                evidence.pop(level, None)
                continue
            if not measured.dated:
                continue
            first_ms, count = evidence.get(level, (measured.at_ms, 0))
            count += 1
            evidence[level] = (first_ms, count)
            if count >= LEAVE_FIXES and measured.at_ms - first_ms >= LEAVE_AFTER_MS:
                lowest = min(lowest, Level(level - 1))
        # Limits grow as levels fall, so evidence against a lower level covers those above it.
        return (lowest, "evidence") if lowest < self.level else None

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON; distances are measured again."""
        evidence = [[int(level), *seen] for level, seen in (self.evidence or {}).items()]
        return [self.cause, int(self.level), self.rise, evidence]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        _, level, self.rise, evidence = state[:4]
        self.level = Level(level)
        kept = {Level(key): (first_ms, count) for key, first_ms, count in evidence}
        self.evidence = kept or None
