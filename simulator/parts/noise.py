"""What a receiver makes of the truth: a slowly wandering error, gaps, and faults.

The error of each axis is a Gauss-Markov process: e(t + dt) = a e(t) + sqrt(1 - a^2) sigma N(0, 1)
with a = exp(-dt / tau). Each unit has a stream of chance of its own, seeded by the scenario's seed
and the unit's name: adding a unit changes nothing for the others.
"""

from dataclasses import dataclass
from math import exp, sqrt
from random import Random

from simulator.scenario.ground import Spot, moved
from simulator.scenario.schema.faults import ClockError, Fault, Jump
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


class Noise:
    """One receiver's view of the truth. Ask with times that do not go back."""

    def __init__(
        self, seed: int, unit: str, gnss: Gnss, faults: tuple[Fault, ...], start_ms: int
    ) -> None:
        self._gnss = gnss
        self._start_ms = start_ms
        self._chance = Random(f"{seed}/gnss/{unit}")
        own = [fault for fault in faults if getattr(fault, "unit", None) == unit]
        self._jumps = [fault for fault in own if isinstance(fault, Jump)]
        self._clocks = [fault for fault in own if isinstance(fault, ClockError)]
        self._error = (self._chance.gauss(0, 1), self._chance.gauss(0, 1))
        self._drawn_ms = start_ms

    def see(self, truth: Spot, now_ms: int) -> Sight | None:
        """The position as received, or None where there is none."""
        at_s = (now_ms - self._start_ms) / 1000
        if any(_within(spell, at_s) for spell in self._gnss.dropouts):
            return None
        coarse = next((one for one in self._gnss.coarse if _within(one, at_s)), None)
        view: Coarse | Gnss = coarse or self._gnss
        north, east = self._wander(now_ms)
        north_m, east_m = north * view.sigma_m, east * view.sigma_m
        for jump in self._jumps:
            if jump.at_s <= at_s < jump.at_s + jump.for_s:
                north_m, east_m = north_m + jump.north_m, east_m + jump.east_m
        wrong_s = sum(
            clock.by_s for clock in self._clocks if clock.at_s <= at_s < clock.at_s + clock.for_s
        )
        accuracy_m = view.accuracy_m or max(_ACCURACY_MIN_M, A95_PER_SIGMA * view.sigma_m)
        return Sight(moved(truth, north_m, east_m), accuracy_m, wrong_s * 1000)

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
