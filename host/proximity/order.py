"""One protection order, live: levels per cause, what it can promise, and what leases it allows.

Either party's fix is judged in the same way. The state depends on nothing but what was observed
and the times passed in; `due_ms` says when `timer` wants to be called next.
"""

from collections.abc import Sequence
from math import inf
from typing import Any

from host.proximity.announced import Announced
from host.proximity.bound import Reach, reach, slack_m
from host.proximity.cause import Cause, VictimCause, ZoneCause
from host.proximity.fence import Fence
from host.proximity.lease import lease_within_s
from host.proximity.levels import NO_LIMITS, Measured, Nearness
from host.proximity.quiet import Quiet
from host.proximity.schedule import ALWAYS_MS, causes_in_force
from host.proximity.track import Track
from host.proximity.types import Condition, Level, Signal, Transition
from host.registry.types import Order, Strength
from protocol.contact import IDLE_S, MARGIN_S

LEASE_CAP_S = 600.0
LEASE_RAISED_CAP_S = float(IDLE_S)  # a level is left only on fresh fixes of both
SETTLE_MS = 30_000  # a promise that ends sooner is not worth announcing
GRACE_MS = 60_000  # before it is an alarm that what is new cannot be promised anything yet

Signals = list[Signal]


class OrderState:
    """The live state of one order. Tracks are shared with the wearers' other orders."""

    __slots__ = (
        "_active",
        "_bounded",
        "_resting",
        "_retired",
        "_since_ms",
        "announced",
        "boundary_ms",
        "causes",
        "condition",
        "offender",
        "order",
        "quiet",
        "quiet_ms",
        "reason",
        "until_ms",
        "victims",
    )

    def __init__(
        self,
        order: Order,
        offender: Track,
        victims: tuple[Track, ...],
        fences: tuple[Fence, ...],
        now_ms: int,
        quiet: Quiet = Quiet(),  # noqa: B008 - it never changes
    ) -> None:
        """`victims` in the order of `order.protected`, `fences` of `order.zones`."""
        self.order = order
        self.quiet = quiet
        self.offender = offender
        self.victims = victims
        self.causes: tuple[Cause, ...] = (
            *(VictimCause(order, *one) for one in zip(order.protected, victims, strict=True)),
            *(ZoneCause(*one) for one in zip(order.zones, fences, strict=True)),
        )
        self._retired: tuple[Nearness, ...] = ()  # causes that only earlier versions had
        self.condition = Condition.UNASSURED
        self.reason = "new_order"
        self.until_ms = 0  # assured until; meaningful while assured
        self.announced = Announced(now_ms)
        self.quiet_ms = ALWAYS_MS  # until when it is no alarm that it is unassured
        self._since_ms = now_ms
        self._resting: tuple[Track, ...] = ()  # whose rest the promise, or the clock, counts on
        self._bounded = False  # whether each cause in force has its slack
        self._active = False
        self.boundary_ms = 0  # when the order, or a cause of it, next comes into force or ends
        self._look_at_clock(now_ms)
        if not self._active:
            self.condition, self.reason = Condition.INACTIVE, "not_in_force"

    # What can happen

    def observe(self, moved: Track, now_ms: int) -> Signals:
        """A believed fix of `moved`, which is one of this order's parties, has just come; the order
        is to be assessed once all that came with it is observed."""
        signals: Signals = []
        if self._active and moved.shown:
            self._judge(moved.shown[0].fix.time_ms, now_ms, moved, signals)
        return signals

    def contact(self, now_ms: int) -> Signals:
        """Something has changed: positions, a contact, a doubt, a wearer moving off."""
        signals: Signals = []
        self._assess(now_ms, signals)
        return signals

    def judge_anew(self, now_ms: int) -> Signals:
        """Parties or terms are new: judge what is known, without a crossing."""
        signals: Signals = []
        self._look_at_clock(now_ms)
        self._lapse(now_ms, signals)
        self._judge(now_ms, now_ms, None, signals)
        self._assess(now_ms, signals)
        return signals

    def timer(self, now_ms: int) -> Signals:
        """`due_ms` has come."""
        signals: Signals = []
        if now_ms >= self.boundary_ms:
            self._cross_boundary(now_ms, signals)
        self._assess(now_ms, signals)
        return signals

    @property
    def due_ms(self) -> int:
        """When the state may change by itself."""
        due_ms = self.boundary_ms
        if self.condition is Condition.ASSURED:
            due_ms = min(due_ms, self.until_ms, *(track.due_ms for track in self._resting))
        elif self.condition is Condition.WATCHED:
            due_ms = min(due_ms, self.offender.lacks_ms, *(one.lacks_ms for one in self.victims))
        elif self.announced.condition is not self.condition:
            due_ms = self.announced.since_ms  # nobody has said so yet
        elif self.announced.awaits(self.reason):
            due_ms = min(due_ms, self.quiet_ms, *(track.due_ms for track in self._resting))
        return due_ms

    # What can be asked

    @property
    def level(self) -> Level:
        """The highest level of any cause."""
        return max((cause.level for cause in self.causes), default=Level.CLEAR)

    def allowance_s(self, track: Track, now_ms: int) -> float:
        """For how long the wearer of `track`, whom it protects, may go unheard, from now, as far as
        this order cares.

        To be asked right after the order was assessed at the same `now_ms`.

        lease_i ends at n - M + S / (r v_i + v_j), a longer one sooner by what a forgotten
        connection may cost: his full speed counts, because he may move off while she sleeps.
        """
        until_boundary_s = max(0.0, (self.boundary_ms - now_ms) / 1000)
        cap_s = min(LEASE_CAP_S, lease_within_s(until_boundary_s + MARGIN_S))
        if not self._active:
            return cap_s
        if self.level >= Level.PRE_ALERT:
            cap_s = min(cap_s, LEASE_RAISED_CAP_S)
        if not self._bounded:
            return 0.0  # a party's fixes contradict each other, or it was never seen
        own_m_s = 0.0 if self.rests(track, now_ms) else track.speed_m_s
        for cause in self.causes:
            if cause.on and isinstance(cause, VictimCause) and cause.victim is track:
                cap_s = min(cap_s, cause.allowance_s(self.offender, own_m_s))
        return max(0.0, cap_s)

    def nears_known_zone(self, within_s: float) -> bool:
        """Whether he can come near a zone that is disclosed to him within that time."""
        zones = (one for one in self.causes if isinstance(one, ZoneCause))
        return any(zone.is_known_near(self.offender, within_s) for zone in zones)

    def contact_possible(self, now_ms: int) -> bool:
        """Whether the bound permits that the offender is within the contact distance of anyone."""
        if self.offender.anchor is None or self.offender.contested:
            return True
        for victim in self.victims:
            if victim.anchor is None or victim.contested:
                return True
            used_m = self._reach(self.offender, now_ms).used_m + self._reach(victim, now_ms).used_m
            if slack_m(self.offender, victim, self.order.contact_m, used_m) <= 0:
                return True
        return False

    def rests(self, track: Track, now_ms: int) -> bool:
        """Whether the promise counts on this party's staying at rest: not once it is overdue."""
        if track is self.offender and (self.order.strength is Strength.STRICT or not track.paged):
            return False
        return track.rests(now_ms)

    # How it is judged

    def _judge(self, at_ms: int, now_ms: int, moved: Track | None, signals: Signals) -> None:
        """`moved` None: what is known may show a level, but no crossing, and none is left."""
        staying = self._staying(now_ms) if self.level > Level.CLEAR else ()
        for cause in self.causes:
            measured = cause.measure(self.offender, moved, staying) if cause.on else None
            if not measured:
                continue
            change = cause.observe(measured)
            if change is not None and not self._implausible(cause, change[0], measured, now_ms):
                self._move(cause, *change, at_ms, now_ms, signals)

    def _implausible(self, cause: Cause, level: Level, by: Sequence[Measured], now_ms: int) -> bool:
        """Whether what may raise no more than a pre-alert does, and it is known better where he
        is."""
        if level <= cause.level or any(one.ceiling > Level.PRE_ALERT for one in by):
            return False
        beyond_m = cause.limits.pre_alert_m - cause.limits.alert_m
        return self.quiet.slack_m(cause, self.offender, now_ms) > beyond_m

    def _staying(self, now_ms: int) -> tuple[Track, ...]:
        """Who is as fresh as their last word, between two words too."""
        if self.order.strength is Strength.STRICT:
            return ()
        parties = (self.offender, *self.victims)
        return tuple(one for one in parties if self.rests(one, now_ms) and not one.contested)

    def _move(
        self, nearness: Nearness, level: Level, reason: str, at_ms: int, now_ms: int, told: Signals
    ) -> None:
        before = nearness.move(level)
        distance_m = None if nearness.distance_m == inf else nearness.distance_m
        order, cause, rise = self.order.id, nearness.cause, nearness.rise
        told.append(
            Transition(order, cause, at_ms, now_ms, before, level, rise, reason, distance_m)
        )

    # What can be promised

    def _reach(self, track: Track, now_ms: int) -> Reach:
        return reach(track, now_ms, self.rests(track, now_ms))

    def _until_ms(self, now_ms: int) -> int:
        """Assured until: nobody can have come within an alert distance unseen before that."""
        used_m = self._reach(self.offender, now_ms).used_m
        until_ms = ALWAYS_MS
        for cause in self.causes:
            if cause.on:
                until_ms = min(until_ms, cause.until_ms(self.offender, used_m, now_ms))
        self._bounded = True
        return until_ms

    def _promise(self, now_ms: int) -> tuple[Condition, str]:
        if not self._active:
            return Condition.INACTIVE, "not_in_force"
        self._bounded = False
        parties = (self.offender, *self.victims)
        self._resting = tuple(track for track in parties if self.rests(track, now_ms))
        for track in parties:
            if track.contact_ms < self._since_ms:
                return Condition.UNASSURED, "new_order"
            if track.contested:
                return Condition.UNASSURED, "disbelieved"
            if track.anchor is None:
                return Condition.UNASSURED, "no_position"
        until_ms = self._until_ms(now_ms)
        self.until_ms = min(until_ms, self.boundary_ms)  # what comes into force then is not seen
        if until_ms > now_ms + (0 if self.announced.condition is Condition.ASSURED else SETTLE_MS):
            return Condition.ASSURED, "far"
        for track in parties:
            if lack := track.lack(now_ms):
                who = "offender" if track is self.offender else "victim"
                return Condition.UNASSURED, f"{lack}_{who}"
        return Condition.WATCHED, "near"

    def _assess(self, now_ms: int, signals: Signals) -> None:
        condition, reason = self.condition, self.reason = self._promise(now_ms)
        order = self.order.id
        signals += self.announced.change(order, condition, reason, self.until_ms, now_ms)
        if self.announced.awaits(reason):
            self.quiet_ms = self.quiet_until_ms(now_ms)
            parties = (self.offender, *self.victims)
            self._resting = tuple(track for track in parties if track.rests(now_ms))
            if now_ms >= self.quiet_ms:
                signals.append(self.announced.alarm(order, reason, now_ms))

    def quiet_until_ms(self, now_ms: int) -> int:
        """Until when it is no alarm that nothing is promised, or will not be once the promise ends.

        To be asked right after the order was assessed at the same `now_ms`.
        """
        begun_ms = now_ms
        if self.condition is Condition.ASSURED:
            begun_ms = self.until_ms
        elif self.condition is Condition.UNASSURED:
            begun_ms = self.announced.since_ms
        causes = [cause for cause in self.causes if cause.on]
        zone = self.order.time_zone
        quiet_ms = self.quiet.until_ms(self.offender, causes, begun_ms, now_ms, zone)
        if any(track.off for track in (self.offender, *self.victims)):
            return now_ms
        return quiet_ms if self.level > Level.CLEAR else max(quiet_ms, self._grace_ms)

    @property
    def _grace_ms(self) -> int:
        """Until when the order, or a unit of it, is new, which may be why nothing is promised."""
        begun_ms = max(track.begun_ms for track in (self.offender, *self.victims))
        return max(self._since_ms, begun_ms) + GRACE_MS

    def _look_at_clock(self, now_ms: int) -> bool:
        """Returns whether any cause has come into force or ended."""
        changed = False
        self._active, in_force, self.boundary_ms = causes_in_force(self.order, now_ms)
        for cause, on in zip(self.causes, in_force, strict=True):
            changed |= cause.on != on
            cause.on = on
        return changed

    def _cross_boundary(self, now_ms: int, signals: Signals) -> None:
        changed = self._look_at_clock(now_ms)
        self._lapse(now_ms, signals)
        if changed:
            self._judge(now_ms, now_ms, None, signals)

    def _lapse(self, now_ms: int, signals: Signals) -> None:
        """What is not in force, or is not of this version, has no level."""
        over = [cause for cause in self.causes if not cause.on]
        for nearness in (*over, *self._retired):
            if nearness.level > Level.CLEAR:
                self._move(nearness, Level.CLEAR, "not_in_force", now_ms, now_ms, signals)

    # Across restarts and versions

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON. Tracks are kept with their units."""
        return [
            self.order.version,
            str(self.announced.condition),
            self._since_ms,
            [nearness.state() for nearness in (*self.causes, *self._retired)],
            *self.announced.state(),
        ]

    def restore(self, state: list[Any], now_ms: int) -> None:
        """Take what `state` gave; the rest is worked out at the next `judge_anew` or `timer`.

        A new version is unassured until both units have answered it, but keeps its levels. A
        cause that it no longer has is cleared, and goes on counting its rises should it return.
        """
        version, announced, since_ms, known, *clock = state
        self.announced.restore(announced, clock, now_ms)
        self._since_ms = since_ms if version == self.order.version else now_ms
        kept = {nearness[0]: nearness for nearness in known}
        for cause in self.causes:
            if cause.cause in kept:
                cause.restore(kept.pop(cause.cause))
        self._retired = tuple(Nearness(name, NO_LIMITS) for name in kept)
        for nearness in self._retired:
            nearness.restore(kept[nearness.cause])
        self._active = False
        for cause in self.causes:
            cause.on = False
        self.boundary_ms = now_ms
