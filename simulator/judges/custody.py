"""Where every record is in the end: in the host's store, still on its unit's flash, or lost.

A unit may erase a record only once the host has committed it, so none may be lost, whatever
happens on the way. Counted is what units ever sent and what their flash holds in the end. Only
fixes may be given up, by a unit whose flash is full and remembers it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from host.ingest.row import RecordRow
from protocol.record import FIX, sequence_of, split

_NOTHING: Mapping[str, int] = {}
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

    def account(
        self,
        rows: Iterable[RecordRow],
        pending: Mapping[str, Iterable[bytes]],
        given_up: Mapping[str, int] = _NOTHING,
    ) -> Account:
        """`rows`: the host's input log. `pending`: what each unit's flash holds unacknowledged.
        `given_up`: up to which sequence it remembers that it has given up fixes."""
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
            lost=sum(
                not (is_fix and key[1] <= given_up.get(key[0], 0))
                for key, is_fix in self._made.items()
                if key not in stored and key not in waiting
            ),
        )

    def _saw(self, unit: str, records: Iterable[bytes]) -> None:
        for sealed in records:
            self._made[unit, sequence_of(sealed)] = sealed[0] & 0x0F == FIX
