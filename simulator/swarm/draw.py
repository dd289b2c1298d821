"""Random worlds, each a function of its seed: a scenario file's content, as a dictionary.

A *calm* world breaks nothing: its networks are slow and its receivers noisy, and that is all. A
*rough* one draws from everything that happens in the field.
"""

from math import cos, radians, sin
from random import Random
from typing import Any

from simulator.swarm.rush import rush
from simulator.swarm.trouble import faults, gnss, network, numb, operators

START = "2026-03-02T14:00:00Z"  # 08:00 in Guatemala, a Monday
SPEED_MAX_M_S = 40.0
CALM = 0.2  # share of the worlds

Document = dict[str, Any]


def random_world(seed: int, *, rough: bool | None = None) -> Document:
    """One to five wearers on each side, in orders that share them; `rough` None: by chance."""
    chance = Random(f"world/{seed}")
    drawn = chance.random() >= CALM
    rough = drawn if rough is None else rough
    duration_s = chance.choice((300.0, 600.0, 600.0, 900.0))
    offenders = [f"B{number + 1}" for number in range(_how_many(chance))]
    victims = [f"V{number + 1}" for number in range(_how_many(chance))]
    units = {
        name: _unit(chance, name, rough, duration_s, victims) for name in [*victims, *offenders]
    }
    orders = _orders(chance, offenders, victims, rough, duration_s)
    if rough:
        _hand_over(chance, units, orders, duration_s)
        _claim(Random(f"accuracy/{seed}"), units)
    world: Document = {
        "about": f"a {'rough' if rough else 'calm'} world",
        "seed": seed,
        "start": START,
        "duration_s": duration_s,
        "origin": [14.6349, -90.5069],
        "orders": orders,
        "units": units,
        "faults": list(faults(chance, tuple(units), duration_s)) if rough else [],
        "operators": list(operators(chance, duration_s)) if rough else [],
    }
    if rough:
        rush(chance, world)
        world["faults"] += numb(Random(f"numb/{seed}"), tuple(units), duration_s)
    return world


def _how_many(chance: Random) -> int:
    return chance.choices((1, 2, 3, 4, 5), weights=(66, 20, 8, 4, 2))[0]


# Orders


def _orders(
    chance: Random, offenders: list[str], victims: list[str], rough: bool, duration_s: float
) -> Document:
    """Everybody is in one at least; some are in several."""
    orders: Document = {}
    unbound = list(victims)
    for offender in offenders:
        for _ in range(chance.choice((1, 1, 1, 2))):
            count = min(len(victims), chance.choice((1, 1, 1, 2)))
            protected = chance.sample(victims, count)
            orders[f"order{len(orders) + 1}"] = _order(chance, offender, protected)
            unbound = [person for person in unbound if person not in protected]
    for person in unbound:
        orders[f"order{len(orders) + 1}"] = _order(chance, chance.choice(offenders), [person])
    for order in orders.values():
        if chance.random() < 0.3:
            order["zones"] = {
                f"zone{i + 1}": _zone(chance) for i in range(chance.choice((1, 1, 2)))
            }
        if rough:
            _dates(chance, order, duration_s)
    return orders


def _order(chance: Random, offender: str, protected: list[str]) -> Document:
    return {
        "offender": offender,
        "protected": protected,
        "alert_m": chance.choice((350, 500, 500, 1000)),
        "strength": chance.choice(("strict", "supervised")),
    }


def _zone(chance: Random) -> Document:
    """Near the origin, about which people move."""
    north_m, east_m = chance.gauss(0, 2500), chance.gauss(0, 2500)
    zone: Document = {"margin_m": chance.choice((0, 100, 200, 500))}
    if chance.random() < 0.5:
        zone |= {"at": {"north_m": north_m, "east_m": east_m}}
        zone |= {"radius_m": chance.choice((50, 150, 400))}
    else:
        half_m, lean_m = chance.uniform(40, 400), chance.uniform(-100, 100)
        corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
        zone["polygon"] = [
            {"north_m": north_m + north * half_m, "east_m": east_m + east * half_m + north * lean_m}
            for north, east in corners
        ]
    if chance.random() < 0.3:
        zone["disclosed"] = False
    if chance.random() < 0.3:
        zone["schedule"] = [_window(chance)]
    return zone


def _window(chance: Random) -> Document:
    """Minutes of the world's own quarter of an hour, or so."""
    from_minute = chance.randrange(0, 12)
    until_minute = from_minute + chance.randrange(2, 15)
    return {"from": f"08:{from_minute:02}", "until": f"08:{until_minute:02}"}


def _dates(chance: Random, order: Document, duration_s: float) -> None:
    """It begins, ends, changes or is suspended meanwhile."""
    if chance.random() < 0.1:
        order["schedule"] = [_window(chance) for _ in range(chance.choice((1, 2)))]
    if chance.random() < 0.1:
        order["valid_from_s"] = round(chance.uniform(30, duration_s / 2), 3)
    if chance.random() < 0.1:
        order["valid_until_s"] = round(chance.uniform(duration_s / 2, duration_s), 3)
    if chance.random() < 0.2:
        times_s = sorted(chance.sample(range(20, int(duration_s)), chance.choice((1, 2, 3))))
        order["changes"] = [{"at_s": at_s, **_change(chance)} for at_s in times_s]


def _change(chance: Random) -> Document:
    kind = chance.choice(("distances", "strength", "suspended", "suspended"))
    if kind == "distances":
        alert_m = chance.choice((200, 350, 700, 1500))
        return {"alert_m": alert_m, "pre_alert_m": 2 * alert_m}
    if kind == "strength":
        return {"strength": chance.choice(("strict", "supervised"))}
    return {"suspended": chance.random() < 0.5}


# Units


def _unit(chance: Random, name: str, rough: bool, duration_s: float, ahead: list[str]) -> Document:
    """`ahead`: the victims' units, which a bracelet may follow."""
    offends = name.startswith("B")
    far_m = 0.0 if name == "V1" else 800 * (15_000 / 800) ** chance.random()
    bearing = radians(chance.uniform(0, 360))
    at = {"north_m": far_m * cos(bearing), "east_m": far_m * sin(bearing)}
    unit: Document = {
        "role": "offender" if offends else "victim",
        "person": name,
        "movement": {"at": at, "legs": [_leg(chance, offends, ahead) for _ in range(6)]},
        "gnss": gnss(chance, rough, duration_s),
        "network": network(chance, rough, duration_s),
    }
    if rough and chance.random() < 0.1:
        unit["flash_kb"] = chance.choice((24, 28, 32))
    return unit


def _claim(chance: Random, units: Document) -> None:
    """A receiver thinks less of its positions than they are worth, or a unit sends each of them."""
    for unit in units.values():
        if chance.random() < 0.05:
            unit["gnss"]["accuracy_m"] = chance.choice((150, 999.9, 1800))
        if chance.random() < 0.05:
            unit["floor_s"] = 1


def _leg(chance: Random, offends: bool, ahead: list[str]) -> Document:
    # The one chases, the other looks after herself: units that chase each other have no path.
    chases = ("approach", "pass_by", "leave") if offends else ()
    kind = chance.choice(("stand", "stand", "drive", "walk", *chases))
    if kind == "stand":
        return {"move": kind, "for_s": chance.uniform(10, 300)}
    speed_m_s = chance.uniform(0.8, 2.5 if kind == "walk" else SPEED_MAX_M_S * 0.99)
    leg = {"move": kind, "speed_m_s": speed_m_s}
    if kind in ("walk", "drive"):
        reach_m = speed_m_s * chance.uniform(20, 300)
        return {**leg, "bearing_deg": chance.uniform(0, 359), "distance_m": reach_m}
    leg["unit"] = chance.choice(ahead)
    if kind == "approach":
        return {**leg, "to_m": chance.uniform(10, 900)}
    if kind == "pass_by":
        return {**leg, "at_m": chance.uniform(0, 900), "beyond_m": chance.uniform(100, 4000)}
    return {**leg, "until_m": chance.uniform(1000, 8000)}


def _hand_over(chance: Random, units: Document, orders: Document, duration_s: float) -> None:
    """A unit goes to somebody who has an order of his own, or to nobody's order."""
    for name, unit in units.items():
        if chance.random() >= 0.06:
            continue
        person = f"{name}next"
        unit["handovers"] = [{"at_s": round(chance.uniform(60, duration_s), 3), "person": person}]
        like = chance.choice(sorted(orders))
        if chance.random() < 0.7:
            order = {key: value for key, value in orders[like].items() if key != "changes"}
            if unit["role"] == "offender":
                order["offender"] = person
            else:
                order["protected"] = [person]
            orders[f"order{len(orders) + 1}"] = order
