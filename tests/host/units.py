"""Units as the host sees them: sealed bytes up, sealed bytes down."""

from typing import Any

from host.registry.types import Assignment, Order, Registry, Role, Unit
from protocol import command, record
from protocol.seal import down_channel, up_channel

PLACE = (146_000_000, -905_000_000)
METRE_E7 = 90  # of latitude, nearly

BRACELET = Unit("B1", Role.OFFENDER, bytes(range(32)), 1)
VICTIM_UNIT = Unit("V1", Role.VICTIM, bytes(range(32, 64)), 1)
ORDER = Order("O1", 1, "juan", ("ana",))
REGISTRY = Registry(
    (BRACELET, VICTIM_UNIT), (Assignment("B1", "juan", 0), Assignment("V1", "ana", 0)), (ORDER,)
)


class FieldUnit:
    """One unit in the field: makes sealed records, reads sealed commands."""

    def __init__(self, unit: Unit) -> None:
        self.id = unit.id
        self.sequence = 0
        self._up = up_channel(unit.key, unit.id, unit.epoch)
        self._down = down_channel(unit.key, unit.id, unit.epoch)

    def fix(self, at_ms: int, north_m: float = 0.0) -> bytes:
        """A sealed fix so far north of PLACE, good to 5 m."""
        self.sequence += 1
        fix = record.Fix(
            self.sequence,
            record.UTC,
            at_ms // 1000,
            at_ms % 1000,
            PLACE[0] + round(north_m * METRE_E7),
            PLACE[1],
            50,
            0,
            0,
            record.pack_source(record.GNSS, record.THREE_D),
            90,
            record.pack_satellites(9, record.CLOCK_RESOLVED),
            5,
        )
        return record.encode(fix, self._up)

    def event(self, at_ms: int, code: int, raised: int = 1) -> bytes:
        """A sealed event."""
        self.sequence += 1
        event = record.Event(
            self.sequence, record.UTC, at_ms // 1000, at_ms % 1000, code, raised, 0, 60, 90
        )
        return record.encode(event, self._up)

    def receipt(self, at_ms: int, delivery_id: int, outcome: int) -> bytes:
        """A sealed receipt for a warning."""
        self.sequence += 1
        receipt = record.Receipt(
            self.sequence, record.UTC, at_ms // 1000, at_ms % 1000, delivery_id, outcome
        )
        return record.encode(receipt, self._up)

    def read(self, sealed: bytes) -> Any:
        """A command to this unit."""
        return command.decode(sealed, self._down)
