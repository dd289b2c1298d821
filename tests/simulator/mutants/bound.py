"""Wrong rules of the bound: what is possible, or promised, is reckoned wrongly."""

from typing import Any

from host.core.roster import Roster
from host.ingest import judge as ingest
from host.proximity import bound, cause, order
from host.proximity.cause import VictimCause, ZoneCause
from host.proximity.fix import radius_m
from host.proximity.order import OrderState
from host.proximity.schedule import ALWAYS_MS
from host.proximity.track import Track
from tests.simulator.mutants.mutant import HOST, Patches, after


@HOST.mutant
def margin_left_out() -> Patches:
    """Whoever has just moved off is not yet heard."""
    yield bound, "MARGIN_S", 0.0


@HOST.mutant
def age_forgotten() -> Patches:
    """Positions are taken for those of now."""

    def reach(track: Track, now_ms: int, rests: bool) -> bound.Reach:
        assert track.anchor is not None
        return bound.Reach(radius_m(track.anchor), 0.0 if rests else track.speed_m_s)

    yield cause, "reach", reach
    yield order, "reach", reach


@HOST.mutant
def radius_of_95_percent() -> Patches:
    """One position in twenty is farther off."""
    yield bound, "radius_m", lambda fix: max(30.0, fix.a95_m)


@HOST.mutant
def no_least_radius() -> Patches:
    """Receivers claim a metre and are wrong by ten."""
    yield bound, "radius_m", lambda fix: 3 * fix.a95_m


@HOST.mutant
def his_speed_forgotten() -> Patches:
    """He drives towards her, too."""
    original = bound.after_ms
    yield cause, "after_ms", lambda now, slack, rate: original(now, slack, max(1, rate - 40))


@HOST.mutant
def her_rest_is_for_ever() -> Patches:
    """A unit that is silent may have been carried off."""

    def asleep(said: Any, state: OrderState, _: int) -> Any:
        state._resting = ()  # or it would be woken for it again and again
        return said

    yield Track, "rests", lambda track, _: track.resting
    yield OrderState, "_promise", after(OrderState._promise, asleep)


@HOST.mutant
def promise_counts_on_his_rest() -> Patches:
    """When nobody can tell her unit, it does not hear that he moves off."""

    def longer(until_ms: int, _: VictimCause, offender: Track, __: float, now_ms: int) -> int:
        return now_ms + (until_ms - now_ms) * 2 if offender.rests(now_ms) else until_ms

    yield VictimCause, "until_ms", after(VictimCause.until_ms, longer)


@HOST.mutant
def alert_distance_forgotten() -> Patches:
    """He is near long before he meets her."""
    original = bound.slack_m
    yield cause, "slack_m", lambda one, other, limit, used: original(one, other, 0.0, used)


@HOST.mutant
def zone_forgotten() -> Patches:
    """The promise is one of all that an order keeps him from."""
    yield ZoneCause, "until_ms", lambda *_: ALWAYS_MS


@HOST.mutant
def strap_ignored() -> Patches:
    """The bracelet lies in a bin."""
    yield Track, "take_off", lambda *_: None


@HOST.mutant
def moving_off_ignored() -> Patches:
    """She does not rest any more."""
    yield Track, "moved_off", lambda *_: None


@HOST.mutant
def future_believed() -> Patches:
    """A clock that is ahead makes old positions new."""
    yield ingest, "FUTURE_MS", 1 << 60


@HOST.mutant
def boundary_ignored() -> Patches:
    """What comes into force then was not looked at."""

    def unbounded(until_ms: int, state: OrderState, _: int) -> int:
        state.boundary_ms = ALWAYS_MS
        return until_ms

    yield OrderState, "_until_ms", after(OrderState._until_ms, unbounded)


@HOST.mutant
def new_version_assured_at_once() -> Patches:
    """A new order is unassured until both units have answered it."""

    def answered(_: None, state: OrderState, *__: Any) -> None:
        state._since_ms = 0

    yield OrderState, "restore", after(OrderState.restore, answered)


@HOST.mutant
def distances_of_the_old_version() -> Patches:
    """An order that was enlarged keeps him no farther away."""
    original = Roster.put_order

    def put_order(self: Roster, item: Any, now_ms: int) -> OrderState:
        before = self.orders[item.id]
        state = original(self, item, now_ms)
        for new, old in zip(state.causes, before.causes, strict=True):
            new.limits = old.limits
        return state

    yield Roster, "put_order", put_order
