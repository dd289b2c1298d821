"""What an order keeps its offender away from: a protected person, or a fixed zone.

Each cause knows how to measure how near he is to it, how much slack the bound leaves, and for how
long, as far as it alone goes, a party may stay unheard. The order goes through them.
"""

from collections.abc import Sequence
from math import inf

from host.proximity.bound import after_ms, reach, slack_m
from host.proximity.estimate import can_show, sigma_m
from host.proximity.fence import Fence
from host.proximity.geodesy import arc_m, chord_m
from host.proximity.hypothesis import Hypothesis
from host.proximity.lease import lease_within_s
from host.proximity.levels import FINE_A95_M, FRESH_AGE_MS, Limits, Measured, Nearness
from host.proximity.sweep import swept
from host.proximity.track import Track
from host.proximity.types import Fix, Level, Source
from host.registry.types import Order, Zone


class VictimCause(Nearness):
    """One protected person, who moves as well."""

    __slots__ = ("on", "slack_m", "victim")

    def __init__(self, order: Order, person: str, victim: Track) -> None:
        limits = Limits(inf, order.pre_alert_m, order.alert_m, order.contact_m)
        super().__init__(f"victim:{person}", limits)
        self.victim = victim
        self.on = False  # whether it is in force
        self.slack_m = 0.0  # as last assessed

    def measure(
        self, offender: Track, moved: Track | None, staying: Sequence[Track] = ()
    ) -> list[Measured]:
        """How far the two are apart, wherever each may be; nothing where one was never seen, or
        neither has `moved`.

        `moved`: whose fix has just come, and with it a leg to sweep; None for no leg. `staying`:
        who still is where they told last.
        """
        if moved not in (None, offender, self.victim):
            return []
        his, hers = offender.shown, self.victim.shown
        newest = moved.shown[0] if moved is not None else None
        clears = not (offender.lone or self.victim.lone)
        stay = offender in staying, self.victim in staying
        if len(his) == len(hers) == 1:  # thousands of times a second
            return [self._apart(his[0], hers[0], newest, clears, stay)]
        return [self._apart(one, other, newest, clears, stay) for one in his for other in hers]

    def _apart(
        self,
        his: Hypothesis,
        hers: Hypothesis,
        newest: Hypothesis | None,
        clears: bool,
        stay: tuple[bool, bool],
    ) -> Measured:
        he, she = his.fix, hers.fix
        x, y, z = he.x_m - she.x_m, he.y_m - she.y_m, he.z_m - she.z_m
        distance_m = arc_m((x * x + y * y + z * z) ** 0.5)
        start_m = nearest_m = distance_m
        if newest is his or newest is hers:
            other = hers if newest is his else his
            start_m, nearest_m = swept(newest, other, distance_m, self.limits.pre_alert_m)
        at_ms, sigma = max(he.time_ms, she.time_ms), sigma_m(he.a95_m, she.a95_m)
        coarse = he.a95_m > FINE_A95_M or she.a95_m > FINE_A95_M
        both_gnss = he.source is Source.GNSS and she.source is Source.GNSS
        return Measured(
            at_ms,
            distance_m,
            start_m,
            nearest_m,
            sigma,
            newest is not None
            and _counts(his, he.time_ms if stay[0] else at_ms)
            and _counts(hers, she.time_ms if stay[1] else at_ms),
            _ceiling(self.limits, both_gnss, sigma) if coarse or not both_gnss else Level.BREACH,
            clears and he.dated and she.dated,
            coarse,
        )

    def until_ms(self, offender: Track, used_m: float, now_ms: int) -> int:
        """Until when he cannot have come within the alert distance. Both have an anchor.

        `used_m`: of his reach, so far. From now on he counts as moving even where his rest is
        trusted: her unit holds the promise, and if nobody tells it, it does not hear him move off.
        """
        hers = reach(self.victim, now_ms, self.victim.rests(now_ms))
        self.slack_m = slack_m(offender, self.victim, self.limits.alert_m, used_m + hers.used_m)
        return after_ms(now_ms, self.slack_m, offender.speed_m_s + hers.rate_m_s)

    @property
    def others(self) -> tuple[Track, ...]:
        """Who moves, beside him."""
        return (self.victim,)

    def gap_m(self, he: Fix, she: Fix) -> float:
        """How far beyond the alert distance the two are, 95 % sure, at these fixes; or less than
        nothing."""
        return chord_m(he[5:8], she[5:8]) - self.limits.alert_m - he.a95_m - she.a95_m

    def allowance_s(self, offender: Track, own_m_s: float) -> float:
        """For how long she, moving at up to `own_m_s`, may go unheard from now.

        His full speed counts, because he may move off meanwhile.
        """
        rate_m_s = own_m_s + offender.speed_m_s
        return lease_within_s(self.slack_m / rate_m_s) if rate_m_s > 0 else inf


class ZoneCause(Nearness):
    """One fixed zone: inside is a breach."""

    __slots__ = ("fence", "on", "slack_m")

    def __init__(self, zone: Zone, fence: Fence) -> None:
        super().__init__(f"zone:{zone.id}", Limits(inf, 2 * zone.margin_m, zone.margin_m, 0))
        self.fence = fence
        self.on = False
        self.slack_m = 0.0

    def measure(
        self, offender: Track, moved: Track | None, _staying: Sequence[Track] = ()
    ) -> list[Measured]:
        """How far he is from the zone's edge, wherever he may be; nothing where he was never seen,
        or has not `moved`."""
        if moved not in (None, offender):
            return []
        newest = moved.shown[0] if moved is not None else None
        return [self._inside(his, newest, not offender.lone) for his in offender.shown]

    def _inside(self, his: Hypothesis, newest: Hypothesis | None, clears: bool) -> Measured:
        fix, before = his.fix, his.before
        distance_m = self.fence.distance_m(fix[5:8])
        start_m = nearest_m = distance_m
        if newest is his and before is not None:
            start_m = self.fence.distance_m(before[5:8])
            nearest_m = min(distance_m, self.fence.nearest_m(before[5:8], fix[5:8]))
        sigma, coarse = sigma_m(fix.a95_m, 0.0), fix.a95_m > FINE_A95_M
        gnss = fix.source is Source.GNSS
        return Measured(
            fix.time_ms,
            distance_m,
            start_m,
            nearest_m,
            sigma,
            newest is not None and _counts(his, fix.time_ms),
            _ceiling(self.limits, gnss, sigma, self.fence.extent_m)
            if coarse or not gnss
            else Level.BREACH,
            clears and fix.dated,
            coarse,
            straight=True,
        )

    def until_ms(self, offender: Track, used_m: float, now_ms: int) -> int:
        """Until when he cannot have come within its margin. He has an anchor."""
        if offender.anchor is None:
            raise ValueError("a party without an anchor has no bound")
        self.slack_m = self.fence.distance_m(offender.anchor[5:8]) - self.limits.alert_m - used_m
        return after_ms(now_ms, self.slack_m, offender.speed_m_s)

    @property
    def others(self) -> tuple[Track, ...]:
        """Who moves, beside him: nobody."""
        return ()

    def gap_m(self, he: Fix) -> float:
        """How far beyond the margin he is, 95 % sure, at this fix; or less than nothing."""
        return self.fence.distance_m(he[5:8]) - self.limits.alert_m - he.a95_m

    def is_known_near(self, offender: Track, within_s: float) -> bool:
        """Whether it is disclosed to him, and its pre-alert within his reach."""
        if not (self.on and self.fence.zone.disclosed):
            return False
        near_m = self.limits.pre_alert_m + offender.speed_m_s * within_s
        return any(self.fence.distance_m(one.fix[5:8]) <= near_m for one in offender.shown)


Cause = VictimCause | ZoneCause


def _ceiling(limits: Limits, gnss: bool, sigma: float, extent_m: float = 0.0) -> Level:
    """The highest level that may be raised by what is coarse, or is not of GNSS.

    `extent_m`: how far what lies within the innermost limit reaches.
    """
    levels = (Level.BREACH, Level.ALERT) if gnss else ()
    shown = (one for one in levels if can_show(extent_m + limits[one], sigma))
    return next(shown, Level.PRE_ALERT)


def _counts(known: Hypothesis, at_ms: int) -> bool:
    """Whether a party's last fix may speak of leaving a level: believed, fresh, and of GNSS."""
    fix = known.fix
    if fix.fixed:
        return True
    fresh = at_ms - fix.time_ms <= FRESH_AGE_MS and known.fixes > 0
    return fresh and fix.source is Source.GNSS
