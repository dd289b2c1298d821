"""The worst that a promise has to stand: he comes at her at nearly the greatest credible speed, she
perhaps at him, and from about then on nobody hears of it.
"""

from math import cos, degrees, radians, sin
from random import Random
from typing import Any

Document = dict[str, Any]

RUSH_M_S = 39.6
SHARE = 0.25  # of the rough worlds


def rush(chance: Random, world: Document) -> None:
    """Turn the first order's parties into two that rush at each other, now and then."""
    if chance.random() >= SHARE:
        return
    order = next(iter(world["orders"].values()))
    his, hers = order["offender"], order["protected"][0]
    from_s = chance.uniform(80, world["duration_s"] - 180)
    bearing_deg, far_m = chance.uniform(0, 360), chance.uniform(3000, 9000)
    bearing = radians(bearing_deg)
    at = {"north_m": far_m * cos(bearing), "east_m": far_m * sin(bearing)}
    comes = {"move": "approach", "speed_m_s": RUSH_M_S, "unit": hers, "to_m": 10}
    world["units"][his]["movement"] = {"at": at, "legs": [_wait(from_s), comes]}
    legs: list[Document] = []
    if chance.random() < 0.5:
        late_s = max(1.0, from_s + chance.uniform(-20, 60))
        goes = {"move": "drive", "speed_m_s": RUSH_M_S, "bearing_deg": degrees(bearing) % 360}
        legs = [_wait(late_s), goes | {"distance_m": far_m}]
    world["units"][hers]["movement"] = {"at": {"north_m": 0, "east_m": 0}, "legs": legs}
    _silence(chance, world, from_s + chance.uniform(-15, 30), his, hers)


def _wait(for_s: float) -> Document:
    return {"move": "stand", "for_s": for_s}


def _silence(chance: Random, world: Document, from_s: float, his: str, hers: str) -> None:
    """The host is gone, or one of the two is cut off."""
    for_s = chance.uniform(60, 170)
    kind = chance.choice(("host", his, hers, "nobody"))
    if kind == "host":
        others = [one for one in world["faults"] if one["fault"] != "host_crash"]
        fall = {"fault": "host_crash", "at_s": from_s, "down_s": for_s}
        world["faults"] = [*others, fall]
    elif kind != "nobody":
        way = chance.choice(("both", "up", "down"))
        cut = {"from_s": from_s, "until_s": from_s + for_s, "direction": way}
        world["units"][kind]["network"]["cuts"] = [cut]
