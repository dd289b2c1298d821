"""What was decided before a host took over, by rules that were others: it is not decided anew, and
what the chain itself holds of it is looked at. That is every input's bytes, and of each incident
and delivery all that it ever was.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import orjson

from host.core.audit import Entry
from host.core.outcome import Outcome
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.evidence.difference import Differs
from host.ingest.reception import position_of
from host.ingest.row import RecordRow
from host.registry.types import Item, Unit
from protocol.errors import WireError
from protocol.record import Fix, decode
from protocol.seal import Channel, up_channel

_POSITION = ("time_ms", "lat_e7", "lon_e7", "a95_mm")


class Earlier:
    """An earlier time, entry by entry and row by row.

    `erased`: orders whose incidents and deliveries of then cannot be told any more.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        """`items`: all that was ever entered in the registry."""
        self.erased: set[str] = set()
        self._channels: dict[str, list[Channel]] = {}
        for unit in items:
            if isinstance(unit, Unit):
                channel = up_channel(unit.key, unit.id, unit.epoch)
                self._channels.setdefault(unit.id, []).append(channel)

    def check_position(self, number: int, row: RecordRow) -> None:
        """A fix is stored as its unit has sealed it. Raises Differs."""
        if row.kind != "fix":
            return
        fix = self._read(row)
        if not isinstance(fix, Fix):
            raise Differs("input_log", number, "it is no fix that its unit has sealed")
        for name, due in zip(_POSITION, position_of(fix), strict=True):
            if getattr(row, name) != due:
                raise Differs("input_log", number, f"{name} does not follow from its bytes", name)

    def _read(self, row: RecordRow) -> Any:
        """The record that its unit has sealed; None for none, by all keys that it ever had."""
        for channel in self._channels.get(row.unit, ()):
            with suppress(WireError):
                return decode(row.sealed, channel)
        return None

    def outcome_of(self, entry: Entry) -> Outcome:
        """The incident or delivery that an entry says has changed."""
        kind = entry.kind.partition(".")[0]
        if kind not in ("incident", "delivery"):
            return Outcome()
        if entry.data is None:
            self.erased.add(entry.order)
            return Outcome()
        data = orjson.loads(entry.data)
        if kind == "incident":
            return Outcome(incidents=[Incident.from_json(data)])
        return Outcome(deliveries=[Delivery.from_json(data)])
