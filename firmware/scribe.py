"""Makes the unit's records: a sequence, a time and the battery to each, sealed, and journalled."""

from firmware.gnss.fix import THREE_D as MODE_3D
from firmware.gnss.fix import Fix as Position
from firmware.identity import Identity
from firmware.journal import Journal
from firmware.outbox import Outbox
from firmware.utc import Utc
from protocol import record
from protocol.seal import up_channel

VERSION = (0, 1)


class Scribe:
    """Each method makes one record and returns its sequence, which then is `newest`. `battery`:
    percent."""

    def __init__(self, identity: Identity, journal: Journal, outbox: Outbox, utc: Utc) -> None:
        self.battery = record.BATTERY_UNKNOWN
        self.newest = 0
        self._channel = up_channel(identity.key, identity.unit, identity.epoch)
        self._journal = journal
        self._outbox = outbox
        self._utc = utc

    def boot(self, boots: int, cause: int, clean: int, exception: str, now_ms: int) -> int:
        """The unit has started; how the last run ended."""
        sequence, stamp = self._begin(now_ms)
        name = exception.encode()[:12]
        return self._end(record.Boot(sequence, *stamp, boots, cause, clean, *VERSION, name))

    def fix(self, fix: Position, at_rest: bool, lease_s: int, now_ms: int) -> int:
        """A position, at its own time if that is resolved and can be true."""
        sequence, stamp = self._begin(now_ms)
        clock = self._utc.clock(fix.time_resolved)
        quality = record.THREE_D if fix.mode == MODE_3D else 0
        quality |= record.ESTIMATED if fix.estimated else 0
        quality |= record.AT_REST if at_rest else 0
        said = record.Fix(
            sequence,
            *stamp,
            fix.lat_e7,
            fix.lon_e7,
            fix.a95_dm,
            fix.speed_cm_s,
            fix.course,
            record.pack_source(fix.source, quality),
            self.battery,
            record.pack_satellites(fix.satellites, clock),
            lease_s if self._utc.heard else record.LEASE_UNHEARD,
        )
        return self._end(said)

    def event(self, code: int, raised: int, detail: int, now_ms: int) -> int:
        """Something that the unit sensed or found out."""
        sequence, stamp = self._begin(now_ms)
        uptime_s = self._utc.uptime_s(now_ms)
        return self._end(
            record.Event(sequence, *stamp, code, raised, detail, uptime_s, self.battery)
        )

    def receipt(self, delivery_id: int, outcome: int, now_ms: int) -> int:
        """What became of a warning, or of the clearing of a latch."""
        sequence, stamp = self._begin(now_ms)
        return self._end(record.Receipt(sequence, *stamp, delivery_id, outcome))

    def tombstone(self, first: int, last: int, reason: int) -> int:
        """These sequences will never come."""
        sequence = self._journal.next_sequence()
        return self._end(record.Tombstone(sequence, 0, first, last, reason))

    def _begin(self, now_ms: int) -> tuple[int, tuple[int, int, int]]:
        return self._journal.next_sequence(), self._utc.stamp(now_ms)

    def _end(self, said: record.Record) -> int:
        self._outbox.add(record.encode(said, self._channel))
        self.newest = int(said[0])  # type: ignore[index]
        return self.newest
