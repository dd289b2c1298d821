"""A rest that a unit claims, held against where it is seen.

A unit at rest says since which of its records it has not moved (protocol/README.md, "Rest"). Two
positions of one claimed rest that lie apart refute it. Receivers err, and in a town by a few
hundred metres that they do not know of: it takes three positions in a row, none of them near.
"""

from typing import Any

from host.proximity.fix import pack, radius_m, unpack
from host.proximity.geodesy import chord_m
from host.proximity.hypothesis import ENOUGH
from host.proximity.types import Fix

REFLECTED_M = 250.0  # by so much more than it tells may a receiver err that nobody moves


class Stay:
    """`place`: the first position known of the rest that was claimed last. `until_ms`: up to when
    it surely was there. `strays`: how many positions in a row have come since that lie elsewhere.
    """

    __slots__ = ("place", "strays", "until_ms")

    def __init__(self) -> None:
        self.place: Fix | None = None
        self.until_ms = 0
        self.strays = 0

    def see(self, fix: Fix) -> None:
        """A position comes, which is newer than all before."""
        self.strays = self.strays + 1 if self.is_apart(fix) else 0

    def claim(self, since: int, last: Fix, at_ms: int) -> bool:
        """The unit says, then, that it has not moved since a record, `last` being its newest
        position. Returns whether that is refuted."""
        if self.place is not None and since > self.place.sequence:
            self.place, self.strays = None, 0  # another rest
        if self.place is None and since <= last.sequence:
            self.place = last
        if not self.strays:
            self.until_ms = at_ms
        return self.strays >= ENOUGH

    @property
    def unsure(self) -> bool:
        """Whether the next position decides."""
        return 0 < self.strays <= ENOUGH

    def is_apart(self, fix: Fix) -> bool:
        """Whether a position lies elsewhere than this rest allows."""
        place = self.place
        if place is None:
            return False
        reach_m = radius_m(place) + radius_m(fix) + REFLECTED_M
        return chord_m(place[5:8], fix[5:8]) > reach_m

    def at(self, time_ms: int) -> Fix | None:
        """Where it was then, if the rest says so."""
        place = self.place
        if place is None or not place.time_ms <= time_ms <= self.until_ms:
            return None
        return place._replace(time_ms=time_ms)

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON."""
        return [pack(self.place), self.until_ms, self.strays]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.place = unpack(state[0])
        self.until_ms, self.strays = state[1:]
