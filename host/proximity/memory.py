"""What is remembered of a party beside its position: how fast it went lately, and where it last was
when that was well known. It carries no promise; the quiet clock (quiet.py) lives on it."""

from typing import Any

from host.proximity.fix import pack, unpack
from host.proximity.levels import FINE_A95_M
from host.proximity.pace import NO_PACE, Pace
from host.proximity.types import Fix
from protocol.contact import STILL_S


class Memory:
    """`fine`: the newest position that is not coarse, as if it had been made later by all rests
    since: so old it would be, had its wearer moved all the time. `stood_ms`: until when that is
    reckoned."""

    __slots__ = ("fine", "pace", "stood_ms")

    def __init__(self) -> None:
        self.pace = NO_PACE
        self.fine: Fix | None = None
        self.stood_ms = 0

    def take(self, before: Fix | None, fix: Fix, rested: bool) -> None:
        """One more position. `rested`: whether nobody has moved since the one before."""
        self.pace = self.pace.gone(before, fix)
        if fix.a95_m <= FINE_A95_M:
            self.fine, self.stood_ms = fix, fix.time_ms
        elif rested and before is not None:
            self.stayed(before.time_ms, fix.time_ms)

    def stayed(self, since_ms: int, until_ms: int) -> None:
        """The wearer surely did not move between the two."""
        from_ms = max(since_ms, self.stood_ms)
        if self.fine is not None and until_ms > from_ms:
            self.fine = self.fine._replace(time_ms=self.fine.time_ms + until_ms - from_ms)
            self.stood_ms = until_ms

    def settled(self, rested_ms: int, at_ms: int) -> None:
        """The wearer rests anew, as the unit says; until `rested_ms` it rested before."""
        self.stayed(at_ms - STILL_S * 1000, at_ms)
        self.pace = self.pace.settled(rested_ms, at_ms)

    def stir(self, at_ms: int) -> None:
        """The unit says that its wearer moves."""
        self.pace = self.pace.moved(at_ms)

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON."""
        return [self.pace.state(), pack(self.fine), self.stood_ms]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        pace, fine, self.stood_ms = state
        self.pace, self.fine = Pace(*pace), unpack(fine)
