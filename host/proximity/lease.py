"""How long a unit may sleep: granted with each answer, and for a bracelet not exact.

Exact intervals are a range finder (four of them place the protected person within 89 m), so a
bracelet's lease is rounded down to one of a few steps, and after a longer step has become
possible it dwells on the shorter one for a random while. That alone would not do: where a step
begins is a circle about her, and a few slow crossings of it place her within 20 m. So a bracelet's
lease depends on no more of where she is than the cell of a grid, as wide as an alert reaches.
"""

from math import cos, radians
from typing import Final

from host.proximity.geodesy import chord_m, earth_centred
from host.proximity.types import Fix
from protocol.seal import hmac_sha256

STEPS_S = (600, 120, 30)
CELL_E7: Final = 130_000  # of latitude, 1.44 to 1.45 km; as wide as it is high
CELL_RADIUS_M = 1_040.0  # from a cell's middle to its farthest corner
_COS_MIN = 0.01  # cells about the poles are narrower


def veil_m(seeker: Fix | None, hidden: Fix | None) -> float:
    """What a distance loses, in metres, if of one end only its cell may be known; never negative.

    Taken is the cell's middle, less what it may be away from the true place.
    """
    if seeker is None or hidden is None:
        return 0.0
    lat_e7 = hidden.lat_e7 // CELL_E7 * CELL_E7 + CELL_E7 // 2
    width_e7 = int(CELL_E7 / max(_COS_MIN, cos(radians(lat_e7 / 1e7))))
    middle = earth_centred(lat_e7, hidden.lon_e7 // width_e7 * width_e7 + width_e7 // 2)
    return chord_m(seeker[5:8], hidden[5:8]) - chord_m(seeker[5:8], middle) + CELL_RADIUS_M


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
