"""What a receiver makes of the truth: a slowly wandering error, gaps, and faults.

The error of each axis is a Gauss-Markov process: e(t + dt) = a e(t) + sqrt(1 - a^2) sigma N(0, 1)
with a = exp(-dt / tau). Each unit has a stream of chance of its own, seeded by the scenario's seed
and the unit's name: adding a unit changes nothing for the others.
"""

from dataclasses import dataclass, replace
from math import ceil, exp, sqrt
from random import Random

from simulator.scenario.ground import Spot, moved
from simulator.scenario.schema.faults import (
    ClockError,
    Dateless,
    Drift,
    Fault,
    Freeze,
    Jump,
    OnReceiver,
    Repeat,
)
from simulator.scenario.schema.units import Coarse, Gnss
from simulator.scenario.schema.words import Spell

A95_PER_SIGMA = 2.4477  # of a round normal distribution: sqrt(-2 ln 0.05)
_ACCURACY_MIN_M = 1.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What the receiver says at one instant: where, how sure (95 %), and how wrong its clock is."""

    spot: Spot
    accuracy_m: float
    clock_error_ms: int
    dated: bool = True  # whether it knows what time it is


class Noise:
    """One receiver's view of the truth. Ask with times that do not go back."""

    def __init__(
        self, seed: int, unit: str, gnss: Gnss, faults: tuple[Fault, ...], start_ms: int
    ) -> None:
        self._gnss = gnss
        self._start_ms = start_ms
        self._chance = Random(f"{seed}/gnss/{unit}")
        self._faults = [
            fault for fault in faults if isinstance(fault, OnReceiver) and fault.unit == unit
        ]
        self._error = (self._chance.gauss(0, 1), self._chance.gauss(0, 1))
        self._drawn_ms = start_ms
        self._held: dict[int, Spot] = {}  # per fault: where the receiver was when it began
        self._told = 0  # how many positions so far
        self._last: tuple[Sight, int] | None = None  # and when

    def blind_until_ms(self, now_ms: int) -> int | None:
        """Until when there surely is no position; None: there may be one now."""
        at_s = (now_ms - self._start_ms) / 1000
        ends_s = [one.until_s for one in self._gnss.dropouts if _within(one, at_s)]
        return self._start_ms + ceil(max(ends_s) * 1000) if ends_s else None

    def see(self, truth: Spot, now_ms: int) -> Sight | None:
        """The position as received, or None where there is none."""
        at_s = (now_ms - self._start_ms) / 1000
        if any(_within(spell, at_s) for spell in self._gnss.dropouts):
            return None
        coarse = next((one for one in self._gnss.coarse if _within(one, at_s)), None)
        view: Coarse | Gnss = coarse or self._gnss
        north, east = self._wander(now_ms)
        accuracy_m = view.accuracy_m or max(_ACCURACY_MIN_M, A95_PER_SIGMA * view.sigma_m)
        spot = moved(truth, north * view.sigma_m, east * view.sigma_m)
        self._told += 1
        sight = Sight(spot, accuracy_m, 0)
        for index, fault in enumerate(self._faults):
            if fault.at_s <= at_s < fault.at_s + fault.for_s:
                sight = self._spoil(sight, index, fault, now_ms)
        self._last = sight, now_ms
        return sight

    def _spoil(self, sight: Sight, index: int, fault: OnReceiver, now_ms: int) -> Sight:
        """What a fault makes of it."""
        spot = sight.spot
        held = self._held.setdefault(index, spot)
        if isinstance(fault, ClockError):
            return replace(sight, clock_error_ms=sight.clock_error_ms + fault.by_s * 1000)
        if isinstance(fault, Dateless):
            return replace(sight, dated=False)
        if isinstance(fault, Repeat):
            if self._last is None or self._told % 2:
                return sight
            last, at_ms = self._last
            return replace(last, clock_error_ms=last.clock_error_ms + at_ms - now_ms)
        if isinstance(fault, Jump):
            spot = moved(spot, fault.north_m, fault.east_m)
        elif isinstance(fault, Drift):
            lasted_s = (now_ms - self._start_ms) / 1000 - fault.at_s
            spot = moved(spot, fault.north_m_s * lasted_s, fault.east_m_s * lasted_s)
        elif isinstance(fault, Freeze) or self._told % fault.every == 0:  # else it alternates
            spot = held
        return replace(sight, spot=spot)

    def _wander(self, now_ms: int) -> tuple[float, float]:
        """The error in standard deviations, north and east."""
        tau_s = self._gnss.correlation_s
        kept = exp(-(now_ms - self._drawn_ms) / 1000 / tau_s) if tau_s else 0.0
        fresh = sqrt(1 - kept * kept)
        north, east = self._error
        draw = self._chance.gauss
        self._error = (kept * north + fresh * draw(0, 1), kept * east + fresh * draw(0, 1))
        self._drawn_ms = now_ms
        return self._error


def _within(spell: Spell, at_s: float) -> bool:
    return spell.from_s <= at_s < spell.until_s
