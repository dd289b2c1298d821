"""Where every record is in the end: in the host's store, still on its unit's flash, or lost.

A unit may erase a record only once the host has committed it, so none may be lost, whatever
happens on the way. Counted is what units ever sent and what their flash holds in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from host.ingest.row import RecordRow
from protocol.record import FIX, sequence_of, split

_RECORDS = ("fix", "event", "boot", "receipt", "tombstone", "unknown")


@dataclass(frozen=True, slots=True)
class Account:
    """`stored` and `waiting` count fixes; `lost` counts records of any kind."""

    fixes_made: int
    stored: int
    waiting: int
    lost: int


class Custody:
    """Sees every message that units send."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int], bool] = {}  # (unit, sequence) -> whether it is a fix

    def sent(self, unit: str, message: bytes) -> None:
        """A unit sends sealed records."""
        self._saw(unit, split(message)[0])

    def account(self, rows: Iterable[RecordRow], pending: Mapping[str, Iterable[bytes]]) -> Account:
        """`rows`: the host's input log. `pending`: what each unit's flash holds unacknowledged."""
        waiting: set[tuple[str, int]] = set()
        for unit, sealed in pending.items():
            held = list(sealed)
            self._saw(unit, held)
            waiting.update((unit, sequence_of(one)) for one in held)
        stored = {(row.unit, row.sequence) for row in rows if row.kind in _RECORDS}
        fixes = {key for key, is_fix in self._made.items() if is_fix}
        return Account(
            fixes_made=len(fixes),
            stored=len(fixes & stored),
            waiting=len(fixes & waiting - stored),
            lost=len(self._made.keys() - stored - waiting),
        )

    def _saw(self, unit: str, records: Iterable[bytes]) -> None:
        for sealed in records:
            self._made[unit, sequence_of(sealed)] = sealed[0] & 0x0F == FIX
