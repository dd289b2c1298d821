"""What a unit says: its messages opened with its keys, each record once."""

from typing import Any

from host.registry.types import Unit
from protocol import record
from protocol.errors import WireError
from protocol.seal import up_channel
from simulator.judges.second.fix import told_ms

_TIMED = (record.Fix, record.Event, record.Boot, record.Receipt)


class Hearing:
    """One enrolment of a unit. `newest`: the greatest sequence heard so far. `there`: whether it
    has said something, or its broker of it, since its broker missed it, at `gone_ms`."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.newest = 0
        self.there = False
        self.gone_ms = 0
        self._channel = up_channel(unit.key, unit.id, unit.epoch)
        self._heard: dict[int, bytes] = {}

    def open(self, message: bytes) -> tuple[list[Any], bool]:
        """(records that are new, by sequence; whether a sequence has come with two contents).

        What is not authentic is nobody's word; an unknown type of record is passed over.
        """
        told: list[Any] = []
        forked = False
        for sealed in record.split(message)[0]:
            try:
                said = record.decode(sealed, self._channel)
            except WireError:
                continue
            sequence = record.sequence_of(sealed)
            if sequence in self._heard:
                forked |= self._heard[sequence] != sealed
                continue
            self._heard[sequence] = sealed
            self.newest = max(self.newest, sequence)
            if said is not None:
                told.append(said)
        told.sort(key=lambda said: said.sequence)
        return told, forked


def made_ms(said: Any, now_ms: int, else_ms: int) -> int:
    """When a record was made, as far as it says so and that can be."""
    at_ms = told_ms(said, now_ms) if type(said) in _TIMED else None
    return else_ms if at_ms is None else min(at_ms, now_ms)
