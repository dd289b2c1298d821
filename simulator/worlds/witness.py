"""Who looks on while a world runs: the judges that want more than what is told.

A witness sees what the host takes and how it stands after each step, what leaves it, and what a
protected person's unit holds. It changes nothing: a world runs alike with and without one.
"""

from collections.abc import Sequence
from typing import Protocol

from host.core.centre import Centre
from host.core.outcome import Input, Outcome
from simulator.parts.virtual_unit import Signal, VirtualUnit


class Witness(Protocol):
    """Called in order of time, which never goes back. All times are UTC milliseconds."""

    def host_started(self, centre: Centre, now_ms: int) -> None:
        """A host begins, or begins again, from what its store holds."""

    def host_died(self, now_ms: int) -> None:
        """All that the host had in memory is gone."""

    def store_takes(self, takes: bool, now_ms: int) -> None:
        """The host's store takes nothing more, or again what has waited: of what the host takes
        meanwhile nothing is left if it dies."""

    def host_took(self, inputs: Sequence[Input], now_ms: int) -> None:
        """The host is about to take these inputs (none: it only lets time pass)."""

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:
        """How it stands after that, and what came of it."""

    def told(self, unit: str, sealed: bytes, now_ms: int) -> None:
        """A sealed command leaves the host for a unit."""

    def sent(self, unit: str, message: bytes, now_ms: int) -> None:
        """A message leaves a unit for the host."""

    def unit_died(self, unit: str, now_ms: int) -> None:
        """A unit's power fails."""

    def unit_stands(self, unit: VirtualUnit, felt: Sequence[Signal], now_ms: int) -> None:
        """How a unit stands after whatever happened to it, and what its wearer has just felt."""


class Nobody:
    """A witness who looks away."""

    def host_started(self, centre: Centre, now_ms: int) -> None: ...
    def host_died(self, now_ms: int) -> None: ...
    def store_takes(self, takes: bool, now_ms: int) -> None: ...
    def host_took(self, inputs: Sequence[Input], now_ms: int) -> None: ...
    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None: ...
    def told(self, unit: str, sealed: bytes, now_ms: int) -> None: ...
    def sent(self, unit: str, message: bytes, now_ms: int) -> None: ...
    def unit_died(self, unit: str, now_ms: int) -> None: ...
    def unit_stands(self, unit: VirtualUnit, felt: Sequence[Signal], now_ms: int) -> None: ...


class Witnesses:
    """Several of them, each told in turn."""

    def __init__(self, *witnesses: Witness) -> None:
        self._all = witnesses

    def host_started(self, centre: Centre, now_ms: int) -> None:
        for one in self._all:
            one.host_started(centre, now_ms)

    def host_died(self, now_ms: int) -> None:
        for one in self._all:
            one.host_died(now_ms)

    def store_takes(self, takes: bool, now_ms: int) -> None:
        for one in self._all:
            one.store_takes(takes, now_ms)

    def host_took(self, inputs: Sequence[Input], now_ms: int) -> None:
        for one in self._all:
            one.host_took(inputs, now_ms)

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:
        for one in self._all:
            one.host_stands(centre, outcomes, now_ms)

    def told(self, unit: str, sealed: bytes, now_ms: int) -> None:
        for one in self._all:
            one.told(unit, sealed, now_ms)

    def sent(self, unit: str, message: bytes, now_ms: int) -> None:
        for one in self._all:
            one.sent(unit, message, now_ms)

    def unit_died(self, unit: str, now_ms: int) -> None:
        for one in self._all:
            one.unit_died(unit, now_ms)

    def unit_stands(self, unit: VirtualUnit, felt: Sequence[Signal], now_ms: int) -> None:
        for one in self._all:
            one.unit_stands(unit, felt, now_ms)
