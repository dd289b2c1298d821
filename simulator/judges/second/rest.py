"""A rest that a unit claims: where it was first told, and whether it was seen elsewhere since."""

from simulator.judges.second.earth import distance_m
from simulator.judges.second.fix import Fix

REFUTES = 3  # positions in a row
TOWN_M = 250.0  # by so much walls may mislead a receiver that rests


class Rest:
    """`place`: the first position known of it. `strays`: positions since, in a row, elsewhere."""

    def __init__(self) -> None:
        self.place: Fix | None = None
        self.strays = 0

    @property
    def refuted(self) -> bool:
        """Whether it is a lie, if it is claimed again."""
        return self.strays >= REFUTES

    def strays_at(self, fix: Fix) -> bool:
        """Whether somebody who rests cannot be there."""
        if self.place is None:
            return False
        near_m = self.place.surely_m + fix.surely_m + TOWN_M
        return distance_m(self.place.spot, fix.spot) > near_m

    def see(self, fix: Fix) -> None:
        """A newer position."""
        self.strays = self.strays + 1 if self.strays_at(fix) else 0

    def claim(self, since: int, last: Fix) -> None:
        """Nobody has moved since that record, says the unit that was last seen at `last`."""
        if self.place is not None and self.place.sequence < since:
            self.place, self.strays = None, 0
        if self.place is None and last.sequence >= since:
            self.place = last
