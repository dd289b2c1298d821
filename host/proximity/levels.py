"""The level of one (order, cause): entered at the first fix that shows it, left only on evidence.

Silence and timers never lower a level. To leave one it takes, over 120 s of fix time, at least
three new fixes, none older than 60 s, each of them 95 % sure to be beyond L + max(50 m, L / 10).
A fix that fails starts the count anew; one whose counterpart is stale counts neither for nor
against, nor does one that fails and is coarser than 100 m; one whose time cannot be true counts
only against.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from host.proximity.estimate import entered, left
from host.proximity.types import Level

LEAVE_AFTER_MS = 120_000
LEAVE_FIXES = 3
FRESH_AGE_MS = 60_000
FINE_A95_M = 100.0

_RAISED = (Level.BREACH, Level.ALERT, Level.PRE_ALERT)


class Measured(NamedTuple):
    """One measurement of a cause: how far, how sure, and whether it speaks of leaving a level
    (`fresh`), and not only against it (not `clears`) or for it (`coarse`)."""

    at_ms: int
    distance_m: float
    start_m: float  # distance at the start of the leg that was swept; distance_m for none
    nearest_m: float  # least distance on that leg
    sigma_m: float
    fresh: bool
    ceiling: Level  # the highest level that positions of this source and accuracy may raise
    clears: bool = True
    coarse: bool = False
    straight: bool = False


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

    def observe(self, measured: Sequence[Measured]) -> tuple[Level, str] | None:
        """The new level and the name of the rule, or None when nothing changes.

        `measured`: one for each place where the parties may be, by the newest fix first; at least
        one. Any of them may show a level, each of them must show that it is left. The caller
        applies it with `move`, so that a judgement can be asked for without effect.
        """
        if len(measured) == 1:
            self.distance_m, near = measured[0].distance_m, self._is_near(measured[0])
        else:
            self.distance_m = min(one.distance_m for one in measured)
            near = any(self._is_near(one) for one in measured)
        if self.level is Level.CLEAR and not near:
            return None  # beyond the reach of every rule: thousands of times a second
        level, rule = max((self._reached(one) for one in measured), key=_level)
        if level > self.level:
            return level, rule
        fresh = [one for one in measured if one.fresh]
        if self.level is Level.CLEAR or not fresh:
            return None
        return self._left(fresh, all(one.fresh and one.clears for one in measured), level)

    def _is_near(self, measured: Measured) -> bool:
        far_m = self.limits.pre_alert_m + measured.sigma_m
        return measured.nearest_m <= far_m or measured.distance_m <= far_m

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

    def _left(
        self, fresh: Sequence[Measured], counts: bool, shown: Level
    ) -> tuple[Level, str] | None:
        """`counts`: whether there is nothing but what is fresh, at times that can be true. `shown`:
        the level that this very measurement shows, perhaps on the way to it; it is not left."""
        lowest, at_ms = self.level, fresh[0].at_ms
        evidence = self.evidence = {} if self.evidence is None else self.evidence
        for level in _RAISED:
            if level > self.level:
                continue
            within = [one for one in fresh if self._within(one, level)]
            if any(not one.coarse or self._reached(one)[0] >= level for one in within):
                evidence.pop(level, None)
            if within or not counts:
                continue
            first_ms, count = evidence.get(level, (at_ms, 0))
            count += 1
            evidence[level] = (first_ms, count)
            if count >= LEAVE_FIXES and at_ms - first_ms >= LEAVE_AFTER_MS:
                lowest = min(lowest, Level(level - 1))
        # Limits grow as levels fall, so evidence against a lower level covers those above it.
        lowest = max(lowest, shown)
        return (lowest, "evidence") if lowest < self.level else None

    def _within(self, measured: Measured, level: Level) -> bool:
        """Whether it speaks against leaving a level: perhaps inside, or inside on the way."""
        limit_m = self.limits[level]
        # The way from inside to this fix is no crossing; from outside to outside it is.
        outside = self.evidence and level in self.evidence and measured.start_m > limit_m
        if outside and measured.nearest_m <= limit_m:
            return True
        return not left(measured.distance_m, limit_m, measured.sigma_m, measured.straight)

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


def _level(reached: tuple[Level, str]) -> Level:
    return reached[0]
