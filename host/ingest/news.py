"""What ingest passes on: one type each for what a unit's records can mean to its orders."""

from typing import NamedTuple

from host.proximity.hypothesis import Dropped
from host.proximity.types import Fix


class Moved(NamedTuple):
    """A fix is believed; the wearer's track has taken it."""

    fix: Fix


class Doubted(NamedTuple):
    """What was believed of the position is so no longer, or the wearer moves off."""


class Unsure(NamedTuple):
    """At rest, and nobody knows at which of several places: the next position will tell."""


class CameLate(NamedTuple):
    """A plausible fix older than the live one: evidence only."""

    fix: Fix


class Alarmed(NamedTuple):
    """The unit raises an alarm, or reports that one has healed."""

    code: str
    raised: bool
    at_ms: int


class Receipted(NamedTuple):
    """A receipt: what became of a warning at the unit, or of the clearing of a latch."""

    delivery_id: int
    outcome: int


News = Moved | Doubted | Unsure | Dropped | CameLate | Alarmed | Receipted
