"""Wrong rules of conditions, leases and answers: who is watched, how long who may sleep."""

from typing import Any

from host.core import answers, centre
from host.proximity import cause, order, track
from host.proximity.cause import VictimCause, ZoneCause
from host.proximity.lease import RHYTHM
from host.proximity.order import OrderState
from host.proximity.quiet import Quiet
from host.proximity.schedule import ALWAYS_MS
from host.proximity.track import Track
from host.proximity.types import Condition
from protocol.command import RESTING
from protocol.contact import MARGIN_S
from tests.simulator.mutants.mutant import HOST, Patches, after


@HOST.mutant
def silence_is_safety() -> Patches:
    """Nobody who is silent is watched."""
    yield Track, "lack", lambda *_: ""
    yield Track, "lacks_ms", property(lambda _: ALWAYS_MS)


@HOST.mutant
def heard_is_watched() -> Patches:
    """A jammed bracelet sends its heartbeats, and says no position."""
    yield Track, "lack", lambda his, now_ms: "overdue" if now_ms >= his.due_ms else ""
    yield Track, "lacks_ms", property(lambda his: his.due_ms)


@HOST.mutant
def dated_by_receipt() -> Patches:
    """What was held back for minutes is no sign of life."""
    yield centre, "said_ms", lambda parts, newest, now_ms: now_ms


@HOST.mutant
def alarms_once_he_may_be_anywhere() -> Patches:
    """Whatever he was seen to do, and however near: her unit shakes when it is too late."""
    yield Quiet, "_plausible_until_ms", lambda *_: ALWAYS_MS


@HOST.mutant
def alarms_for_nothing() -> Patches:
    """Networks have gaps of a minute several times a day."""
    yield OrderState, "quiet_until_ms", lambda _, now_ms: now_ms


@HOST.mutant
def held_for_twice_as_long() -> Patches:
    """However far he was: somebody has to look in the end."""
    longest_ms = Quiet._longest_ms
    yield Quiet, "_longest_ms", lambda *known: 2 * longest_ms(*known)


@HOST.mutant
def unassured_unsaid() -> Patches:
    """That a promise has ended is shown at once."""
    original = OrderState._assess
    yield OrderState, "_assess", lambda self, now_ms, _: original(self, now_ms, [])


@HOST.mutant
def new_is_an_alarm() -> Patches:
    """Whoever is alarmed by each enrolment soon looks no more."""
    yield order, "GRACE_MS", 0


@HOST.mutant
def new_over_and_over() -> Patches:
    """A bracelet that is switched off and on again and again would never be missed."""
    yield track, "RESTARTS_APART_MS", 0


@HOST.mutant
def new_hides_what_is_worse() -> Patches:
    """He is near her, and is seen no more."""
    original = OrderState.quiet_until_ms
    yield OrderState, "quiet_until_ms", lambda one, now: max(original(one, now), one._grace_ms)


@HOST.mutant
def lease_without_margin() -> Patches:
    """The answer takes its time."""
    yield cause, "lease_within_s", lambda silent_s: silent_s


@HOST.mutant
def no_connection_forgotten() -> Patches:
    """A carrier forgets one that is idle, and finding that out takes its time."""
    yield cause, "lease_within_s", lambda silent_s: silent_s - MARGIN_S


@HOST.mutant
def cap_ignored() -> Patches:
    """Nobody may be silent for an hour."""
    yield order, "LEASE_CAP_S", 3600.0
    yield answers, "LEASE_CAP_S", 3600.0


@HOST.mutant
def near_cap_ignored() -> Patches:
    """A level is left only on fresh positions."""
    yield order, "LEASE_RAISED_CAP_S", 600.0


@HOST.mutant
def lease_twice_as_long() -> Patches:
    """He may drive off while she sleeps."""
    yield VictimCause, "allowance_s", after(VictimCause.allowance_s, lambda s, *_: 2 * s)


@HOST.mutant
def his_lease_tells_that_she_is_near() -> Patches:
    """He would find her by how often his bracelet speaks."""

    def nearer(lease_s: int, wearer: Any, *_: Any) -> int:
        near = any(state.condition is Condition.WATCHED for state in wearer.orders)
        return 0 if near else lease_s

    yield answers, "_rhythm_s", after(answers._rhythm_s, nearer)


@HOST.mutant
def his_lease_tells_of_a_pre_alert() -> Patches:
    """Nobody has told him of it."""

    def raised(lease_s: int, wearer: Any, *_: Any) -> int:
        return 0 if any(state.level for state in wearer.orders) else lease_s

    yield answers, "_rhythm_s", after(answers._rhythm_s, raised)


@HOST.mutant
def his_lease_tells_of_a_hidden_zone() -> Patches:
    """He would find it by how often his bracelet speaks."""

    def near(_: bool, zone: ZoneCause, offender: Track, within_s: float) -> bool:
        near_m = zone.limits.pre_alert_m + offender.speed_m_s * within_s
        return any(zone.fence.distance_m(one.fix[5:8]) <= near_m for one in offender.shown)

    yield ZoneCause, "is_known_near", after(ZoneCause.is_known_near, near)


@HOST.mutant
def no_floor_after_a_warning() -> Patches:
    """He is near, and speaks as seldom as ever."""
    yield answers, "RHYTHM", RHYTHM._replace(warned_s=0)


@HOST.mutant
def strict_like_supervised() -> Patches:
    """Nothing is assumed of him between two words of his."""
    yield answers, "RHYTHM", RHYTHM._replace(resting_strict_s=600)


@HOST.mutant
def first_order_only() -> Patches:
    """Another order's offender is nearer."""
    original = answers._assured

    def assured(wearer: Any, now_ms: int) -> tuple[int, int, int]:
        all_of_them, wearer.orders = wearer.orders, wearer.orders[:1]
        try:
            return original(wearer, now_ms)
        finally:
            wearer.orders = all_of_them

    yield answers, "_assured", assured


@HOST.mutant
def rest_unflagged() -> Patches:
    """Her unit does not know that it must shrink the promise when she moves off."""

    def unflagged(said: tuple[int, int, int], *_: Any) -> tuple[int, int, int]:
        return said[0], said[1] & ~RESTING, 100

    yield answers, "_assured", after(answers._assured, unflagged)
