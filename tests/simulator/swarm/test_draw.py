"""Random worlds draw from everything that a scenario can say, and are always scenarios."""

from collections import Counter
from typing import Any, get_args

from simulator.judges.invariants import is_calm
from simulator.scenario.scenario import Scenario, build
from simulator.scenario.schema import Scenario as Said
from simulator.scenario.schema.faults import Fault
from simulator.swarm.draw import random_world
from simulator.swarm.play import NOWHERE, said
from tests.conftest import SWARM_SEED

WORLDS = 400
LINK = ("loss", "duplicate", "reorder", "cuts", "holds", "forgets_idle_s")


def scenarios() -> list[Scenario]:
    return [build(said(random_world(SWARM_SEED + i)), NOWHERE) for i in range(WORLDS)]


def kinds_of_fault() -> set[str]:
    kinds: set[str] = set()
    for model in get_args(get_args(Fault)[0]):
        kinds |= set(get_args(model.model_fields["fault"].annotation))
    return kinds


def test_worlds_are_scenarios_and_draw_from_everything() -> None:
    drawn = scenarios()
    seen: Counter[str] = Counter()
    for scenario in drawn:
        seen.update(features(scenario.document))
        seen[f"calm {is_calm(scenario)}"] += 1
    wanted = {f"fault {kind}" for kind in kinds_of_fault()}
    wanted |= {f"operator {verb}" for verb in ("acknowledge", "resolve", "shelve", "call")}
    wanted |= {f"order {key}" for key in ("schedule", "valid_from_s", "valid_until_s", "changes")}
    wanted |= {f"order {key}" for key in ("zones", "shared", "two protected")}
    wanted |= {f"zone {key}" for key in ("schedule", "polygon", "circle", "hidden")}
    wanted |= {f"network {key}" for key in (*LINK,)}
    wanted |= {f"unit {key}" for key in ("handovers", "flash_kb", "dropouts", "coarse")}
    wanted |= {f"{role} {n}" for role in ("offender", "victim") for n in (1, 2, 3, 4, 5)}
    wanted |= {"calm True", "calm False"}
    assert wanted - seen.keys() == set()


def features(document: Said) -> set[str]:
    found = {f"fault {fault.fault}" for fault in document.faults}
    found |= {f"operator {act.verb}" for act in document.operators}
    for order in document.orders.values():
        for key in ("schedule", "valid_from_s", "valid_until_s", "changes", "zones"):
            if getattr(order, key):
                found.add(f"order {key}")
        if len(order.protected) > 1:
            found.add("order two protected")
        for zone in order.zones.values():
            found.add("zone polygon" if zone.polygon else "zone circle")
            found |= {"zone schedule"} if zone.schedule else set()
            found |= set() if zone.disclosed else {"zone hidden"}
    offenders = [order.offender for order in document.orders.values()]
    if len(set(offenders)) < len(offenders):
        found.add("order shared")
    roles = Counter(unit.role for unit in document.units.values())
    found |= {f"{role} {count}" for role, count in roles.items()}
    for unit in document.units.values():
        found |= told("network", unit.network, *LINK)
        found |= told("unit", unit, "handovers", "flash_kb")
        found |= told("unit", unit.gnss, "dropouts", "coarse")
    return found


def told(name: str, model: Any, *keys: str) -> set[str]:
    return {f"{name} {key}" for key in keys if getattr(model, key)}


def test_a_calm_world_breaks_nothing() -> None:
    assert all(
        is_calm(build(said(random_world(SWARM_SEED + i, rough=False)), NOWHERE))
        for i in range(WORLDS // 4)
    )
