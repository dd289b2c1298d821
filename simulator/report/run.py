"""What a report is drawn from: a run, simulated or replayed, with nothing of how it was made."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from host.registry.types import Order
from simulator.scenario.ground import Spot, wrapped
from simulator.worlds.report import Event

DOWN = "down"  # a condition: the host does not run
SAMPLES = 1200  # as many as a wide picture has pixels
NEAR = 3.0  # in widest limits: a cause that was never so near is told in words
_ZONE_M = 100.0

Step = tuple[int, int, int]  # UTC ms, lat_e7, lon_e7
Limits = tuple[tuple[str, float], ...]  # (level, metres), the widest first


class Wearer(NamedTuple):
    """Who wears a unit, one after the other, and where they truly were (simulated) or their track
    says (replayed)."""

    unit: str
    persons: tuple[str, ...]
    is_offender: bool
    path: tuple[Step, ...]

    @property
    def person(self) -> str:
        """Their names."""
        return " / ".join(self.persons)

    def at(self, at_ms: int) -> Spot:
        """Where at an instant, straight between the steps."""
        index = bisect_right(self.path, at_ms, key=lambda step: step[0])
        if index in (0, len(self.path)):
            _, lat_e7, lon_e7 = self.path[max(0, index - 1)]
            return lat_e7, wrapped(lon_e7)
        (start_ms, *start), (end_ms, *end) = self.path[index - 1], self.path[index]
        share = (at_ms - start_ms) / (end_ms - start_ms)
        east_e7 = wrapped(end[1] - start[1])
        return round(start[0] + (end[0] - start[0]) * share), wrapped(
            round(start[1] + east_e7 * share)
        )


class Closeness(NamedTuple):
    """How far apart an offender and one cause of an order were: (UTC ms, metres), in order.

    terms: (from when, limits), one for each version of the order.
    """

    order: str
    cause: str
    name: str
    terms: tuple[tuple[int, Limits], ...]
    samples: tuple[tuple[int, float], ...]

    def limits_at(self, at_ms: int) -> Limits:
        """What the limits are at an instant."""
        return next(limits for from_ms, limits in reversed(self.terms) if from_ms <= at_ms)

    @property
    def nearest(self) -> tuple[int, float]:
        """When they were nearest, and how near."""
        return min(self.samples, key=lambda sample: sample[1])

    @property
    def nearness(self) -> float:
        """How near they came, in widest limits: below 1 they were within one."""
        widest_m = max(limits[0][1] for _, limits in self.terms)
        return self.nearest[1] / max(widest_m, _ZONE_M)  # a zone may have no margin


class Trouble(NamedTuple):
    """Something broken on purpose. `unit` empty: the host. `until_ms` None: a moment."""

    what: str
    unit: str
    from_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """`promises`: by order, (since when UTC ms, condition). `assured`: (at, until; 0 for not).

    rests: by unit, from when until when its wearer truly rests. searches: by unit, since when its
    receiver was on, or off. live: there was no looking into the host, so that its promises are
    known in part only.
    reading: how recorded tracks were read, in sentences; complaints: why a run failed.
    """

    replayed: bool
    name: str
    about: str
    start_ms: int
    end_ms: int
    wearers: tuple[Wearer, ...]
    orders: tuple[Order, ...]
    closeness: tuple[Closeness, ...]
    troubles: tuple[Trouble, ...]
    events: tuple[Event, ...]
    promises: Mapping[str, tuple[tuple[int, str], ...]]
    assured: Mapping[str, tuple[tuple[int, int], ...]]
    summary: Event
    rests: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    searches: Mapping[str, tuple[tuple[int, bool], ...]] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()

    def of(self, kind: str, order: str | None = None) -> list[Event]:
        """The events of a type, of one order or of all."""
        return [
            event
            for event in self.events
            if event["type"] == kind and (order is None or event.get("order") == order)
        ]


def instant_ms(event: Event) -> int:
    """When an event was, as UTC milliseconds."""
    return round(datetime.fromisoformat(event["at"]).timestamp() * 1000)


def thinned(
    samples: Iterable[tuple[int, float]], start_ms: int, end_ms: int
) -> Iterator[tuple[int, float]]:
    """Of what falls within a pixel the least and the greatest, so that no approach is lost."""
    pixel_ms = max(1, (end_ms - start_ms) // SAMPLES)
    pixels: dict[int, list[tuple[int, float]]] = {}
    for sample in samples:
        pixels.setdefault((sample[0] - start_ms) // pixel_ms, []).append(sample)
    for within in pixels.values():
        by_distance = sorted(within, key=lambda sample: sample[1])
        yield from sorted({by_distance[0], by_distance[-1]})
