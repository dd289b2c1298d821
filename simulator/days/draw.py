"""Ordinary days, each a function of seed, pair and day alone: a scenario file's content.

A pair keeps its homes and its order's strength; its days are of one kind after the other, and each
is a world of its own, from midnight to midnight. The two never come within the pre-alert distance
of each other, by construction (kinds.py).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from simulator.days.cover import charge, gnss, network, radio
from simulator.days.kinds import HOMES, KINDS, STRENGTHS, Kind
from simulator.days.way import DAY_S, Way, sides, ways

BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)  # midnight in Guatemala, a Monday
ORIGIN = [14.6349, -90.5069]
HIS, HERS = "B1", "V1"
_SEEDS = 1 << 31

Document = dict[str, Any]


class Drawn(NamedTuple):
    """A day that was drawn; `kind` names it."""

    name: str
    kind: str
    homes_m: float
    document: Document


def ordinary_days(seed: int, pairs: int, days: int) -> Iterator[Drawn]:
    """Of each pair each day."""
    for pair in range(pairs):
        for day in range(days):
            yield ordinary_day(seed, pair, day)


def ordinary_day(seed: int, pair: int, day: int) -> Drawn:
    """One day of one pair, both counted from 0."""
    lives = Random(f"days/{seed}/{pair}")
    kind = KINDS[(pair + day) % len(KINDS)]
    strength = STRENGTHS[(pair + pair // len(KINDS)) % len(STRENGTHS)]
    (homes,) = lives.choices(list(HOMES), weights=list(HOMES.values()))
    homes_m = 1000 * lives.uniform(*homes)
    his_side, her_side = sides(lives.uniform(0, 360), homes_m)
    chance = Random(f"days/{seed}/{pair}/{day}")
    his, hers = ways(chance, kind, his_side, her_side)
    units, faults = {}, []
    for unit, role, person, way in (
        (HIS, "offender", "juan", his),
        (HERS, "victim", "ana", hers),
    ):
        battery_pct, measured = charge(chance, unit)
        worn = {"role": role, "person": person, "battery_pct": battery_pct}
        units[unit] = {**worn, **_senses(chance, kind, way)}
        faults += measured
    document = {
        "about": f"An ordinary day ({kind.name}, {strength}): homes {homes_m / 1000:.1f} km apart.",
        "seed": chance.randrange(_SEEDS),
        "start": (BEGIN + timedelta(days=day)).isoformat(),
        "duration_s": DAY_S,
        "origin": ORIGIN,
        "orders": {"order1": {"offender": "juan", "protected": ["ana"], "strength": strength}},
        "units": units,
        "faults": faults,
    }
    return Drawn(f"pair-{pair + 1}-day-{day + 1}", kind.name, homes_m, document)


def _senses(chance: Random, kind: Kind, way: Way) -> Document:
    return {
        "movement": way.movement,
        "gnss": gnss(chance, way.stays),
        "radio": radio(chance, way.stays),
        "network": network(chance, kind.network, way.stays),
    }
