"""A pair under one order on flat ground about a place, in metres and seconds."""

from math import cos, radians, sqrt
from typing import Any

from host.proximity.fence import Fence
from host.proximity.fix import make_fix
from host.proximity.geodesy import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from host.proximity.order import OrderState, Signals
from host.proximity.track import Track
from host.proximity.types import Condition, ConditionChange, Level, Source, Transition, Unquiet
from host.registry.types import Order, Zone

START_MS = 1_780_000_000_000
PLACE = (146_000_000, -905_000_000)  # in Guatemala


def shifted(place: tuple[int, int], north_m: float, east_m: float) -> tuple[int, int]:
    """(lat_e7, lon_e7) of a point so far from `place`; longitudes wrap at the antimeridian."""
    lat = radians(place[0] / 1e7)
    w = sqrt(1 - ECCENTRICITY_SQUARED * (1 - cos(lat) ** 2))
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / w**3
    parallel_m = SEMI_MAJOR_M / w * cos(lat)
    lat_e7 = place[0] + round(north_m / meridian_m / radians(1e-7))
    lon_e7 = place[1] + round(east_m / parallel_m / radians(1e-7))
    return lat_e7, (lon_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000


class Pair:
    """The live state of one order, driven fix by fix. Time is seconds from START_MS."""

    def __init__(
        self,
        place: tuple[int, int] = PLACE,
        zones: tuple[Zone, ...] = (),
        floor_s: int = 5,
        **terms: Any,
    ) -> None:
        self.place = place
        self.floor_s = floor_s
        self.order = Order("order", 1, "he", ("she",), zones=zones, **terms)
        self.offender, self.victim = Track(), Track()
        fences = tuple(Fence(zone) for zone in zones)
        self.state = OrderState(self.order, self.offender, (self.victim,), fences, START_MS)
        self.sequence = 0

    def offends(self, at_s: float, north_m: float, east_m: float = 0, **fix: Any) -> Signals:
        """A fix of the offender, received at once."""
        return self._fix(self.offender, at_s, north_m, east_m, **fix)

    def walks(self, at_s: float, north_m: float, east_m: float = 0, **fix: Any) -> Signals:
        """A fix of the protected person, received at once."""
        return self._fix(self.victim, at_s, north_m, east_m, **fix)

    def both(self, at_s: float, north_m: float, **fix: Any) -> Signals:
        """The protected person stands still, and the offender is so far north of her."""
        return self.walks(at_s, 0) + self.offends(at_s, north_m, **fix)

    def passes(self, at_s: float) -> Signals:
        """Let time pass without a fix, firing timers at their own times."""
        signals: Signals = []
        now_ms = START_MS + round(at_s * 1000)
        while self.state.due_ms <= now_ms:
            signals += self.state.timer(self.state.due_ms)
        return signals

    @property
    def level(self) -> Level:
        return self.state.level

    @property
    def condition(self) -> Condition:
        return self.state.condition

    def _fix(
        self,
        track: Track,
        at_s: float,
        north_m: float,
        east_m: float,
        a95_m: float = 5.0,
        source: Source = Source.GNSS,
        at_rest: bool = False,
        dated: bool = True,
    ) -> Signals:
        signals = self.passes(at_s)
        at_ms = START_MS + round(at_s * 1000)
        self.sequence += 1
        lat_e7, lon_e7 = shifted(self.place, north_m, east_m)
        where = lat_e7, lon_e7, a95_m, source
        fix = make_fix("unit", self.sequence, at_ms, *where, at_rest=at_rest, dated=dated)
        if track.believe(fix):
            return signals + self.state.contact(at_ms)
        track.contact_ms = at_ms
        track.due_ms = at_ms + (self.floor_s + 20) * 1000
        return signals + self.state.observe(track, at_ms) + self.state.contact(at_ms)


def levels(signals: Signals) -> list[tuple[str, str]]:
    """(level, reason) of each transition among signals."""
    return [(str(one.after), one.reason) for one in signals if isinstance(one, Transition)]


def alarmed(signals: Signals) -> list[str]:
    """Why it has become an alarm that nothing is promised, each time."""
    return [one.reason for one in signals if isinstance(one, Unquiet)]


def conditions(signals: Signals) -> list[tuple[str, str]]:
    """(condition, reason) of each change of condition among signals."""
    return [(str(one.after), one.reason) for one in signals if isinstance(one, ConditionChange)]
