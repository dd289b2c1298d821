"""A scenario ready to run: what a file says, turned into orders, paths and instants."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path as File

from host.base.document import read
from host.base.errors import UsageError
from host.registry.forms import HOLLOW, is_hollow
from host.registry.types import Assignment, Order
from simulator.scenario import schema
from simulator.scenario.ground import Spot, moved
from simulator.scenario.movement import Path, along_legs, along_track
from simulator.scenario.schema.orders import Order as OrderForm
from simulator.scenario.schema.words import Degrees, Offset
from simulator.tracks.read import read as read_track

ABOUT = "a scenario has start, duration_s, orders and units"


class BadScenario(UsageError):
    """A scenario that cannot be run: the message names file, key, value and what is right."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`paths`: where each unit truly is. All instants are UTC milliseconds.

    orders: as they are at the start. changes: (from when, the order as it is then), in order of
    time. assignments: who wears what; nobody ever wears two units.
    """

    document: schema.Scenario
    seed: int
    start_ms: int
    end_ms: int
    orders: tuple[Order, ...]
    changes: tuple[tuple[int, Order], ...]
    assignments: tuple[Assignment, ...]
    paths: Mapping[str, Path]

    def unit_of(self, person: str) -> str:
        """The unit that a person wears at some time, the only one."""
        return self.worn(person).unit

    def worn(self, person: str) -> Assignment:
        """What a person wears, from when to when."""
        return next(one for one in self.assignments if one.person == person)

    def versions(self, order: str) -> tuple[tuple[int, Order], ...]:
        """(from when, what it says), of one order, in order of time."""
        first = next(one for one in self.orders if one.id == order)
        return ((0, first), *(change for change in self.changes if change[1].id == order))

    def key_of(self, unit: str) -> bytes:
        """A unit's key on virtual time, where no unit makes its own."""
        return hashlib.sha256(f"{self.seed}/key/{unit}".encode()).digest()

    def at_ms(self, offset_s: float) -> int:
        """The instant of a time that the file gives in seconds from the start."""
        return self.start_ms + round(offset_s * 1000)


def load(
    file: File,
    seed: int | None = None,
    start_ms: int | None = None,
    duration_s: float | None = None,
) -> Scenario:
    """Read a scenario; what is given overrules the file. Raises UsageError."""
    return build(read(file, schema.Scenario, ABOUT), file, seed, start_ms, duration_s)


def build(
    said: schema.Scenario,
    file: File,
    seed: int | None = None,
    start_ms: int | None = None,
    duration_s: float | None = None,
) -> Scenario:
    """What a scenario file says, ready to run; `file` is where its tracks lie, and what it is
    called. Raises UsageError."""
    given: dict[str, object] = {}
    if seed is not None:
        given["seed"] = seed
    if start_ms is not None:
        given["start"] = datetime.fromtimestamp(start_ms / 1000, UTC)
    if duration_s is not None:
        given["duration_s"] = duration_s
    return _Builder(file, said.model_copy(update=given)).scenario()


class _Builder:
    """Builds what a scenario needs; each path once, those that others go by first."""

    def __init__(self, file: File, said: schema.Scenario) -> None:
        self._file = file
        self._said = said
        self._start_ms = round(said.start.timestamp() * 1000)
        self._end_ms = self._start_ms + round(said.duration_s * 1000)
        self._paths: dict[str, Path | None] = {}  # None: being built

    def scenario(self) -> Scenario:
        said = self._said
        orders = {name: self._order(name, order) for name, order in said.orders.items()}
        changes = [one for name in orders for one in self._changes(name, orders[name])]
        return Scenario(
            said,
            said.seed,
            self._start_ms,
            self._end_ms,
            tuple(orders.values()),
            tuple(sorted(changes, key=lambda change: change[0])),
            tuple(one for unit in said.units for one in self._assignments(unit)),
            {unit: self._path_of(unit) for unit in said.units},
        )

    def _spot(self, place: Degrees | Offset) -> Spot:
        if isinstance(place, Degrees):
            return round(place.lat * 1e7), round(place.lon * 1e7)
        if self._said.origin is None:
            raise BadScenario(f"{self._file}: origin is missing: north_m, east_m count from it")
        return moved(self._spot(self._said.origin), place.north_m, place.east_m)

    # Orders

    def _order(self, name: str, form: OrderForm) -> Order:
        order = replace(
            form.order(name, self._spot),
            offender_speed_m_s=form.speed_m_s,
            victim_speed_m_s=form.speed_m_s,
            valid_from_ms=self._at_ms(form.valid_from_s),
            valid_until_ms=self._at_ms(form.valid_until_s),
        )
        hollow = next((zone.name for zone in order.zones if is_hollow(zone)), None)
        if hollow is not None:
            raise BadScenario(f"{self._file}: orders.{name}.zones.{hollow}: {HOLLOW}")
        return order

    def _changes(self, name: str, order: Order) -> Iterator[tuple[int, Order]]:
        for index, change in enumerate(self._said.orders[name].changes):
            try:
                order = change.apply(order)
            except ValueError as error:
                key = f"{self._file}: orders.{name}.changes.{index}"
                raise BadScenario(f"{key}: {error}") from error
            yield self._start_ms + round(change.at_s * 1000), order

    def _assignments(self, unit: str) -> Iterator[Assignment]:
        said = self._said.units[unit]
        handed = [(self._start_ms + round(one.at_s * 1000), one.person) for one in said.handovers]
        worn = [(0, said.person), *handed]
        for (from_ms, person), (until_ms, _) in pairwise([*worn, (None, "")]):
            yield Assignment(unit, person, from_ms or 0, until_ms)

    def _at_ms(self, offset_s: float | None) -> int | None:
        return None if offset_s is None else self._start_ms + round(offset_s * 1000)

    # Paths

    def _path_of(self, unit: str) -> Path:
        if unit in self._paths:
            path = self._paths[unit]
            if path is None:
                raise BadScenario(
                    f"{self._file}: units.{unit}.movement: units that follow each other in a "
                    "circle; one of them must go its own way"
                )
            return path
        self._paths[unit] = None
        path = self._paths[unit] = self._path(unit)
        return path

    def _path(self, unit: str) -> Path:
        movement = self._said.units[unit].movement
        if movement.at is not None:
            return along_legs(
                self._spot(movement.at),
                movement.legs * movement.repeat,
                (self._start_ms, self._end_ms),
                self._spot,
                self._path_of,
            )
        key = f"{self._file}: units.{unit}.movement.track"
        try:
            track = read_track(self._file.parent / (movement.track or ""))
        except UsageError as error:
            raise BadScenario(f"{key}: {error}") from error
        if movement.align == "start":
            track = track.starting_at(self._start_ms)
        if track.end_ms <= self._start_ms or track.start_ms >= self._end_ms:
            raise BadScenario(
                f"{key} is {movement.track}: it does not overlap the scenario's time; "
                "align: start would move it there"
            )
        return along_track(track.points)
