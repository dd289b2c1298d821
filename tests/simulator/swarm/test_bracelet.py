"""What a bracelet hears depends on nothing of hers: no length, no time, no content, no number.

One way leads down to a unit (`World._send_down`), as one does in the host (`Downlink`): answers,
requests for a fix and latches that are cleared all go through it, each in one quality of service.
"""

from copy import deepcopy
from random import Random

import pytest

from protocol import command
from simulator.judges.recorder import Told
from simulator.swarm.draw import Document, random_world
from simulator.swarm.play import play
from simulator.swarm.trouble import faults, gnss, network
from tests.conftest import SWARM_SEED

FIXED = range(1, 13)
FRESH = range(SWARM_SEED, SWARM_SEED + 12)
NEVER_MS = 1 << 62

Heard = tuple[int, int, str, tuple[int, ...]]


def bracelets(world: Document) -> list[str]:
    return [name for name, unit in world["units"].items() if unit["role"] == "offender"]


def his_world(seed: int) -> Document:
    """Offenders who go their ways whoever is where, and nobody who acts on what he sees of her."""
    world = random_world(seed)
    world["operators"] = []
    chance = Random(f"{seed}/his")
    for name in bracelets(world):
        legs = world["units"][name]["movement"]["legs"]
        legs[:] = [leg if "unit" not in leg else way(chance) for leg in legs]
    for order in world["orders"].values():  # a zone may warn him where it lies on his way
        order.pop("zones", None)
    return world


def way(chance: Random) -> Document:
    leg = {"move": "drive", "speed_m_s": chance.uniform(1, 39)}
    return leg | {"bearing_deg": chance.uniform(0, 359), "distance_m": chance.uniform(100, 5_000)}


def beside(world: Document, chance: Random | None) -> Document:
    """The same for him; hers drawn anew: ways, receivers, networks, faults. None: she is far, and
    nothing ever troubles her."""
    world = deepcopy(world)
    his = bracelets(world)
    hers = [name for name in world["units"] if name not in his]
    world["faults"] = [one for one in world["faults"] if one.get("unit") not in hers]
    duration_s = world["duration_s"]
    for name in hers:
        unit = {**world["units"][name], "gnss": {}, "network": {}}
        world["units"][name] = unit
        unit.pop("flash_kb", None)
        if chance is None:
            unit["movement"] = {"at": {"north_m": 300_000, "east_m": 0}}
            continue
        reach_m = chance.choice((300, 3_000, 10_000))
        at = {key: chance.uniform(-reach_m, reach_m) for key in ("north_m", "east_m")}
        unit["movement"] = {"at": at, "legs": [way(chance), way(chance)]}
        unit["gnss"] = gnss(chance, True, duration_s)
        unit["network"] = network(chance, True, duration_s)
        world["faults"] += [
            one for one in faults(chance, (name, name), duration_s) if one.get("unit") == name
        ]
    return world


def what(told: Told) -> Heard:
    """When, and the length, type and all fields of a command; its number is a time."""
    return told.at_ms, len(told.sealed), type(told.command).__name__, tuple(told.command)


def heard(world: Document) -> dict[str, list[Heard]]:
    """What each bracelet hears."""
    told = play(world).recorder.told_units
    return {name: [what(one) for one in told if one.unit == name] for name in bracelets(world)}


def warned_ms(said: list[Heard]) -> int:
    """When somebody is first warned."""
    warned = [one[0] for one in said if one[2] == command.Warning.__name__]
    return min(warned, default=NEVER_MS)


@pytest.mark.parametrize("seed", [*FIXED, *FRESH])
def test_until_he_is_warned_it_is_the_same_wherever_she_is_and_whatever_befalls_her(
    seed: int,
) -> None:
    world, chance = his_world(seed), Random(f"{seed}/hers")
    far = heard(beside(world, None))
    for _ in range(2):
        near = heard(beside(world, chance))
        for name, said in near.items():
            until_ms = min(warned_ms(said), warned_ms(far[name]))
            assert before(said, until_ms) == before(far[name], until_ms)


def before(said: list[Heard], until_ms: int) -> list[Heard]:
    return [one for one in said if one[0] < until_ms]
