"""A unit that somebody wears: its keys, its ledger, its track, and what it last said of itself."""

from typing import Any

import orjson

from host.ingest.ledger import Ledger
from host.proximity.order import OrderState
from host.proximity.track import Track
from host.registry import Role, Unit
from protocol.seal import Channel, up_channel


class Wearer:
    """One enrolled unit with its present wearer; `orders` are those that bind this wearer."""

    __slots__ = (
        "alarms",
        "battery",
        "channel",
        "connected",
        "ledger",
        "orders",
        "person",
        "track",
        "unit",
    )

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.channel: Channel = up_channel(unit.key, unit.id, unit.epoch)
        self.ledger = Ledger()
        self.person: str | None = None
        self.track = Track()
        self.orders: tuple[OrderState, ...] = ()
        self.battery: int | None = None
        self.connected = False
        self.alarms: tuple[str, ...] = ()  # codes raised and not healed

    @property
    def offends(self) -> bool:
        """Whether this is a bracelet."""
        return self.unit.role is Role.OFFENDER

    def state(self) -> bytes:
        """What must survive a restart, as JSON."""
        kept: list[Any] = [
            self.unit.epoch,
            self.person,
            self.ledger.state(),
            self.track.state(),
            self.battery,
            self.alarms,
        ]
        return orjson.dumps(kept)

    def restore(self, state: bytes) -> None:
        """Take what `state` gave; a ledger of another enrolment epoch is not this one's."""
        epoch, self.person, ledger, track, self.battery, alarms = orjson.loads(state)
        self.alarms = tuple(alarms)
        self.track.restore(track)
        if epoch == self.unit.epoch:
            self.ledger.restore(ledger)
