"""What is refused is kept as evidence, but not without end: so much of each unit and hour."""

from collections import Counter

from host.ingest.ledger import REPLAYED
from host.ingest.row import RecordRow
from protocol.errors import BadSeal, UnknownKey, UnknownVersion

KEPT_MAX = 100  # rows of a unit, and of all unknown units together, in an hour; 400 kB at most
FULL = "quarantine_full"
UNKNOWN_UNIT = "unknown_unit"

_HOUR_MS = 3_600_000
# Anybody can send these, and they change nothing: a recomputation does without them. What the
# unit itself has sealed for the first time is always kept, whatever is wrong with it.
_ANYBODYS = frozenset((BadSeal.reason, UnknownKey.reason, UnknownVersion.reason, REPLAYED))


class Quarantine:
    """How much of the present hour's is kept. Deterministic: hours are those of the input."""

    __slots__ = ("_hour", "_kept")

    def __init__(self) -> None:
        self._hour = 0
        self._kept: Counter[str] = Counter()

    def keep(self, rows: list[RecordRow], now_ms: int, counters: Counter[str]) -> list[RecordRow]:
        """The rows of one message that go into the log; those left out are counted."""
        return [row for row in rows if self._keeps(row, now_ms, counters)]

    def _keeps(self, row: RecordRow, now_ms: int, counters: Counter[str]) -> bool:
        if not (row.kind == "message" or (row.kind == "record" and row.verdict in _ANYBODYS)):
            return True
        if now_ms // _HOUR_MS != self._hour:
            self._hour = now_ms // _HOUR_MS
            self._kept.clear()
        name = "" if row.verdict == UNKNOWN_UNIT else row.unit
        if self._kept[name] >= KEPT_MAX:
            counters[FULL] += 1
            return False
        self._kept[name] += 1
        return True
