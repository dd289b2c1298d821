"""Load made ahead: orders with two units each, and their sealed records."""

from collections.abc import Iterator
from random import Random
from sys import intern

from host.core.outcome import Received
from host.registry.types import Assignment, Order, Registry, Role, Unit
from protocol import record
from protocol.seal import KEY_BYTES, Channel, up_channel

PLACE = (146_000_000, -905_000_000)
APART_E7 = 900_000  # of latitude: 10 km between the parties of an order
STROLL_E7 = 60  # they move some metres between fixes
_BATCH_MS = 5000  # between two fixes of a unit


def key_of(unit: int) -> bytes:
    """The key of a unit of any fleet."""
    return unit.to_bytes(KEY_BYTES, "big")


class Fleet:
    """`orders` pairs, far enough apart that nothing happens to them, near enough to matter."""

    def __init__(self, orders: int, seed: int = 1) -> None:
        self.orders = orders
        self._random = Random(seed)
        self._keys = [key_of(n) for n in range(2 * orders)]
        self._channels: list[Channel] = [
            up_channel(key, self.name(n), 1) for n, key in enumerate(self._keys)
        ]
        self._sequences = [0] * (2 * orders)

    def name(self, unit: int) -> str:
        """Even ones are bracelets, each followed by its order's victim unit."""
        return f"{'V' if unit & 1 else 'B'}{unit >> 1:06d}"

    def registry(self) -> Registry:
        """All units, worn, and all orders, in force; names are interned, as the store does it."""
        units, worn = [], []
        for n, key in enumerate(self._keys):
            name, role = intern(self.name(n)), Role.VICTIM if n & 1 else Role.OFFENDER
            units.append(Unit(name, role, key, 1))
            worn.append(Assignment(name, f"person {name}", 0))
        orders = [
            Order(f"O{n:06d}", 1, offender.person, (victim.person,))
            for n, (offender, victim) in enumerate(zip(worn[::2], worn[1::2], strict=True))
        ]
        return Registry(tuple(units), tuple(worn), tuple(orders))

    def fix(self, unit: int, at_ms: int, north_e7: int | None = None) -> bytes:
        """The unit's next sealed fix; `north_e7` from PLACE (None: where it always is)."""
        self._sequences[unit] += 1
        if north_e7 is None:
            north_e7 = (unit & 1) * APART_E7
        fix = record.Fix(
            self._sequences[unit],
            record.UTC,
            at_ms // 1000,
            at_ms % 1000,
            PLACE[0] + north_e7 + self._random.randrange(STROLL_E7),
            PLACE[1] + (unit >> 1) * 100,
            50,
            0,
            0,
            record.pack_source(record.GNSS, record.THREE_D),
            90,
            record.pack_satellites(9, record.CLOCK_RESOLVED),
            5,
        )
        return record.encode(fix, self._channels[unit])

    def messages(self, rounds: int, start_ms: int, records: int = 1) -> Iterator[Received]:
        """`rounds` messages of each unit, in an order drawn anew each round; one round lasts as
        long as its records say, so a unit reports every five seconds whatever the fleet's size."""
        units = list(range(2 * self.orders))
        round_ms = _BATCH_MS * records
        for turn in range(rounds):
            self._random.shuffle(units)
            for place, unit in enumerate(units):
                at_ms = start_ms + turn * round_ms + place * round_ms // len(units)
                times = [at_ms - _BATCH_MS * back for back in reversed(range(records))]
                payload = b"".join(self.fix(unit, time) for time in times)
                yield Received(self.name(unit), payload, at_ms)
