"""How long a unit may sleep: granted with each answer, and for a bracelet not exact.

Exact intervals are a range finder (four of them place the protected person within 89 m), so a
bracelet's lease is rounded down to one of a few steps, and after a longer step has become
possible it dwells on the shorter one for a random while. That alone would not do: where a step
begins is a circle about her, and a few slow crossings of it place her within 20 m. So a bracelet's
lease depends on no more of where she is than the cell of a grid, as wide as an alert reaches; and
who stays about the edge of a cell remains in it, or going to and fro would tell of the edge. The
same holds for a zone that is not disclosed to him.
"""

from math import cos, radians
from typing import Final, NamedTuple

from host.proximity.geodesy import Vector, chord_m, earth_centred
from protocol.contact import FORGOTTEN_S, IDLE_S, MARGIN_S
from protocol.seal import hmac_sha256

STEPS_S = (600, 120, 30)
CELL_E7: Final = 130_000  # of latitude, 1.44 to 1.45 km; as wide as it is high
CELL_RADIUS_M = 1_240.0  # from a cell's middle to the farthest corner of what it holds
_HELD = 1.2  # of half a cell: one no farther from its middle has not left it
_COS_MIN = 0.01  # cells about the poles are narrower


class Cell(NamedTuple):
    """One cell of the grid, by its middle and half its width; it is as wide as it is high."""

    lat_e7: int
    lon_e7: int
    half_width_e7: int

    def holds(self, lat_e7: int, lon_e7: int) -> bool:
        """Whether a place lies within, or just outside."""
        return (
            abs(lat_e7 - self.lat_e7) <= _HELD * (CELL_E7 // 2)
            and abs(lon_e7 - self.lon_e7) <= _HELD * self.half_width_e7
        )


def cell_of(lat_e7: int, lon_e7: int, last: Cell | None = None) -> Cell:
    """The cell in which a place is, or the last one while that holds it."""
    if last is not None and last.holds(lat_e7, lon_e7):
        return last
    middle_e7 = lat_e7 // CELL_E7 * CELL_E7 + CELL_E7 // 2
    half_width_e7 = int(CELL_E7 / max(_COS_MIN, cos(radians(middle_e7 / 1e7)))) // 2
    column = lon_e7 // (2 * half_width_e7)
    return Cell(middle_e7, (2 * column + 1) * half_width_e7, half_width_e7)


def veil_m(distance_m: float, seeker: Vector, cell: Cell, extent_m: float = 0.0) -> float:
    """What a distance loses, in metres, if of its hidden end only the cell may be known.

    Never negative. Taken is the cell's middle, less what the true place, or all of a zone that
    is up to `extent_m` large about it, may be away from there.
    """
    nearest_m = chord_m(seeker, earth_centred(cell.lat_e7, cell.lon_e7)) - CELL_RADIUS_M - extent_m
    return distance_m - nearest_m


def lease_within_s(silent_s: float) -> float:
    """The longest lease whose unit is missed within `silent_s` seconds; negative for none."""
    lease_s = silent_s - MARGIN_S
    return lease_s if lease_s <= IDLE_S else max(IDLE_S, lease_s - FORGOTTEN_S)


def victim_lease_s(allowance_s: float, floor_s: int) -> int:
    """Whole seconds, at least the unit's floor."""
    return max(floor_s, int(allowance_s))


def bracelet_lease_s(
    allowance_s: float, floor_s: int, last_s: int, secret: bytes, draw: bytes
) -> int:
    """One of the steps that fit the allowance, or the floor.

    A longer step than the last is taken with probability one half, by a coin that only the host
    can throw: HMAC of `draw` (which never repeats) under the host's secret.
    """
    step_s = next((step for step in STEPS_S if step <= allowance_s), floor_s)
    step_s = max(step_s, floor_s)
    if step_s > last_s and hmac_sha256(secret, draw)[0] < 128:
        return max(last_s, floor_s)
    return step_s
