"""Random worlds, each a function of its seed: a scenario file's content, as a dictionary.

A *calm* world breaks nothing: its networks are slow and its receivers noisy, and that is all. A
*rough* one loses, doubles, delays and cuts off messages, blinds receivers, and stops and restarts
units and host.
"""

from collections.abc import Iterator
from math import cos, radians, sin
from random import Random
from typing import Any

DURATION_S = 900.0
SPEED_MAX_M_S = 40.0

Document = dict[str, Any]


def random_world(seed: int, *, rough: bool) -> Document:
    """One or two offenders and protected persons; two orders may share a person."""
    chance = Random(f"world/{seed}")
    persons = chance.choice((("B1", "V1"), ("B1", "V1", "V2"), ("B1", "V1", "B2")))
    orders = {"order1": _order(chance, "B1", ["V1"])}
    if "B2" in persons:
        orders["order2"] = _order(chance, "B2", ["V1"])
    elif "V2" in persons and chance.random() < 0.5:
        orders["order2"] = _order(chance, "B1", ["V2"])
    elif "V2" in persons:
        orders["order1"]["protected"].append("V2")
    units = {name: _unit(chance, name, rough) for name in persons}
    return {
        "seed": seed,
        "start": "2026-03-02T14:00:00Z",
        "duration_s": DURATION_S,
        "origin": [14.6349, -90.5069],
        "orders": orders,
        "units": units,
        "faults": list(_faults(chance, persons)) if rough else [],
    }


def _order(chance: Random, offender: str, protected: list[str]) -> Document:
    return {
        "offender": offender,
        "protected": protected,
        "alert_m": chance.choice((350, 500, 500, 1000)),
        "strength": chance.choice(("strict", "supervised")),
    }


def _unit(chance: Random, name: str, rough: bool) -> Document:
    offends = name.startswith("B")
    far_m = 0.0 if name == "V1" else 800 * (15_000 / 800) ** chance.random()
    bearing = radians(chance.uniform(0, 360))
    at = {"north_m": far_m * cos(bearing), "east_m": far_m * sin(bearing)}
    return {
        "role": "offender" if offends else "victim",
        "person": name,
        "movement": {"at": at, "legs": [_leg(chance, offends) for _ in range(6)]},
        "gnss": _gnss(chance, rough),
        "network": _network(chance, rough),
    }


def _leg(chance: Random, offends: bool) -> Document:
    # The one chases V1, who looks after herself: units that chase each other have no path.
    kinds = ("stand", "drive", "walk", "approach", "pass_by", "leave") if offends else ("drive",)
    kind = chance.choice((*kinds, "stand"))
    if kind == "stand":
        return {"move": kind, "for_s": chance.uniform(10, 300)}
    speed_m_s = chance.uniform(0.8, 2.5 if kind == "walk" else SPEED_MAX_M_S * 0.99)
    leg = {"move": kind, "speed_m_s": speed_m_s}
    if kind in ("walk", "drive"):
        reach_m = speed_m_s * chance.uniform(20, 300)
        return {**leg, "bearing_deg": chance.uniform(0, 359), "distance_m": reach_m}
    leg["unit"] = "V1"
    if kind == "approach":
        return {**leg, "to_m": chance.uniform(10, 900)}
    if kind == "pass_by":
        return {**leg, "at_m": chance.uniform(0, 900), "beyond_m": chance.uniform(100, 4000)}
    return {**leg, "until_m": chance.uniform(1000, 8000)}


def _gnss(chance: Random, rough: bool) -> Document:
    gnss: Document = {
        "sigma_m": chance.uniform(0.5, 8),
        "correlation_s": chance.choice((0, 20, 120)),
        "acquire_s": chance.uniform(0.5, 5),
    }
    if chance.random() < 0.3:
        gnss["coarse"] = [{**_spell(chance, 300), "sigma_m": chance.uniform(20, 200)}]
    if rough and chance.random() < 0.4:
        gnss["dropouts"] = [_spell(chance, 300)]
    return gnss


def _network(chance: Random, rough: bool) -> Document:
    network: Document = {
        "latency_ms": round(50 * 30 ** chance.random()),
        "jitter_ms": round(10 * 100 ** chance.random()),
    }
    if rough:
        for fault in ("loss", "duplicate", "reorder"):
            network[fault] = chance.choice((0, 0, 0.02, 0.1))
        if chance.random() < 0.5:
            way = chance.choice(("both", "up", "down"))
            network["cuts"] = [{**_spell(chance, 400), "direction": way}]
    return network


def _faults(chance: Random, persons: tuple[str, ...]) -> Iterator[Document]:
    for half_s in (0, DURATION_S / 2):  # nobody falls who still lies on the ground
        if chance.random() < 0.35:
            yield {"fault": "host_crash", **_fall(chance, half_s)}
        if chance.random() < 0.35:
            yield {"fault": "reboot", "unit": chance.choice(persons), **_fall(chance, half_s)}


def _fall(chance: Random, from_s: float) -> Document:
    return {"at_s": from_s + chance.uniform(0, 300), "down_s": chance.uniform(1, 90)}


def _spell(chance: Random, longest_s: float) -> Document:
    from_s = _when_s(chance)
    return {"from_s": from_s, "until_s": from_s + chance.uniform(5, longest_s)}


def _when_s(chance: Random) -> float:
    return chance.uniform(0, DURATION_S - 100)
