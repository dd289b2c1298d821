"""Wrong rules of levels: what raises one, and what is taken for evidence that it is over."""

from typing import Any

from host.proximity import cause, levels
from host.proximity.cause import VictimCause
from host.proximity.levels import Nearness
from host.proximity.order import OrderState
from host.proximity.track import Track
from host.proximity.types import Level
from tests.simulator.mutants.mutant import HOST, Patches, after


@HOST.mutant
def left_after_60_s() -> Patches:
    """A pause in an approach is no departure."""
    yield levels, "LEAVE_AFTER_MS", 60_000


@HOST.mutant
def left_after_2_fixes() -> Patches:
    """Two may be wrong."""
    yield levels, "LEAVE_FIXES", 2


@HOST.mutant
def level_lowered_by_a_timer() -> Patches:
    """Silence proves nothing."""

    def lower(told: Any, state: OrderState, _: int) -> Any:
        for one in state.causes:
            one.move(Level.CLEAR)
        return told

    yield OrderState, "timer", after(OrderState.timer, lower)


@HOST.mutant
def chance_of_being_near_ignored() -> Patches:
    """Whoever tells a coarse position may well be inside."""
    yield levels, "entered", lambda apart, limit, *_: "distance" if apart <= limit else ""


@HOST.mutant
def chance_of_being_still_near_ignored() -> Patches:
    """A coarse position is no proof of being outside."""
    yield levels, "left", lambda apart, limit, *_: apart > limit + max(50.0, limit / 10)


@HOST.mutant
def left_at_the_limit() -> Patches:
    """Whoever stands at the edge goes in and out."""
    yield levels, "left", lambda apart, limit, *_: apart > limit


@HOST.mutant
def stale_position_clears() -> Patches:
    """Where she was is not where she is."""
    yield cause, "_counts", lambda *_: True


@HOST.mutant
def passing_unseen() -> Patches:
    """He drives by between two positions."""
    yield cause, "swept", lambda moved, other, apart, within: (apart, apart)


@HOST.mutant
def only_he_moves() -> Patches:
    """She walks towards him."""

    def measure(
        measured: Any, self: VictimCause, _: Track, moved: Track | None, *_staying: Any
    ) -> Any:
        return None if moved is self.victim else measured

    yield VictimCause, "measure", after(VictimCause.measure, measure)


@HOST.mutant
def falls_to_clear() -> Patches:
    """Whoever leaves the contact distance is still within the alert distance."""

    def clear(fall: Any, *_: Any) -> Any:
        return fall and (Level.CLEAR, fall[1])

    yield Nearness, "_left", after(Nearness._left, clear)
