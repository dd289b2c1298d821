"""Keeps of a run, while it goes on, what its report is drawn from."""

from collections.abc import Sequence

from host.core.centre import Centre
from host.core.outcome import Outcome
from host.proximity.types import Condition
from simulator.parts.virtual_unit import Signal, VirtualUnit
from simulator.report.run import DOWN, instant_ms
from simulator.worlds.report import Event, Tell
from simulator.worlds.witness import Nobody


class Recording(Nobody):
    """Every event, and how the host's promises stood: a witness where a world has room for one.

    Without one (a live run), the events tell at least when an order was unassured.
    """

    def __init__(self, tell: Tell) -> None:
        self.events: list[Event] = []
        self.pass_on = tell
        self._promises: dict[str, list[tuple[int, str]]] = {}
        self._assured: dict[str, list[tuple[int, int]]] = {}
        self._searches: dict[str, list[tuple[int, bool]]] = {}

    def tell(self, event: Event) -> None:
        """Keep an event, and pass it on."""
        self.events.append(event)
        self.pass_on(event)

    @property
    def promises(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """By order, since when which condition held."""
        if self._promises:
            return {order: tuple(changes) for order, changes in self._promises.items()}
        told: dict[str, list[tuple[int, str]]] = {}
        for event in self.events:
            if event["type"] == "assurance":
                told.setdefault(event["order"], []).append((instant_ms(event), event["to"]))
        return {order: tuple(changes) for order, changes in told.items()}

    @property
    def assured(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """By order, until when it was assured at each moment at which that changed; 0: not."""
        return {order: tuple(changes) for order, changes in self._assured.items()}

    @property
    def searches(self) -> dict[str, tuple[tuple[int, bool], ...]]:
        """By unit, since when its receiver was on, or off."""
        return {unit: tuple(changes) for unit, changes in self._searches.items()}

    def unit_stands(self, unit: VirtualUnit, felt: Sequence[Signal], now_ms: int) -> None:  # noqa: ARG002
        self.note_search(unit.name, unit.searches, now_ms)

    def unit_died(self, unit: str, now_ms: int) -> None:
        self.note_search(unit, False, now_ms)

    def note_search(self, unit: str, searches: bool, now_ms: int) -> None:
        """Whether a unit's receiver is on."""
        changes = self._searches.setdefault(unit, [])
        if not changes or changes[-1][1] != searches:
            changes.append((now_ms, searches))

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:  # noqa: ARG002
        for order, state in centre.roster.orders.items():
            condition = str(state.condition)
            changes = self._promises.setdefault(order, [])
            if not changes or changes[-1][1] != condition:
                changes.append((now_ms, condition))
            until_ms = state.until_ms if state.condition is Condition.ASSURED else 0
            known = self._assured.setdefault(order, [])
            if not known or known[-1][1] != until_ms:
                known.append((now_ms, until_ms))

    def host_died(self, now_ms: int) -> None:
        for changes in self._promises.values():
            changes.append((now_ms, DOWN))
        for known in self._assured.values():
            known.append((now_ms, 0))
