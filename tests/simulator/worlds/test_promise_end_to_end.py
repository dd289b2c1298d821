"""The promise as a whole: random worlds, judged by the true paths.

Firmware, host and store are the real ones, on virtual time. What is tested of a world depends on
its seed alone.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import cos, radians
from typing import NamedTuple

import pytest

from host.base.clock import iso
from host.proximity.lease import CELL_E7, STEPS_S
from protocol import command
from protocol.command import Answer, FixNow
from protocol.command import Warning as Warned
from simulator.judges.custody import Account
from simulator.judges.oracle import LATE_MS, Breach, Oracle
from simulator.judges.recorder import Recorder, Timeline, Told
from simulator.judges.truth import Pair, pairs_of
from simulator.scenario.scenario import Scenario, load
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.report import Event
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from tests.simulator.worlds.random_world import Document, random_world

CALM, ROUGH = (100, 101, 103, 107, 115), (3, 28, 41, 53, 2108, 2111)
WORLDS = [*((seed, False) for seed in CALM), *((seed, True) for seed in ROUGH)]
FLOOR_S = 5
LEVELS = ("clear", "pre_alert", "alert", "breach")

worlds = pytest.mark.parametrize(("seed", "rough"), WORLDS)


class Run(NamedTuple):
    scenario: Scenario
    recorder: Recorder
    chronicle: Chronicle
    events: list[Event]
    account: Account


def run(document: Document) -> Run:
    with scratch_folder() as folder:
        file = folder / "world.json"
        file.write_text(json.dumps(document))
        scenario, events = load(file), list[Event]()
        chronicle, recorder = Chronicle(scenario, events.append), Recorder(scenario)
        account = World(scenario, chronicle, folder, recorder).run()
        return Run(scenario, recorder, chronicle, events, account)


@cache
def seen(seed: int, rough: bool) -> Run:
    return run(random_world(seed, rough=rough))


def spans(until: Timeline, end_ms: int) -> Iterator[tuple[int, int]]:
    """From when to when a promise held that was renewed, or withdrawn, now and then."""
    for (from_ms, until_ms), (next_ms, _) in pairwise([*until, (end_ms, 0)]):
        if min(next_ms, until_ms) > from_ms:
            yield from_ms, min(next_ms, until_ms)


def broken(pair: Pair, until: Timeline, end_ms: int) -> list[tuple[int, float]]:
    """When, and how near, somebody was within the alert distance although it was promised not."""
    alert_m = pair.order.alert_m
    return [
        (at_ms, apart_m)
        for from_ms, until_ms in spans(until, end_ms)
        for at_ms, apart_m in pair.samples(from_ms, until_ms - 1, alert_m)
        if apart_m is not None and apart_m <= alert_m
    ]


def ever(timeline: Timeline, from_ms: int, until_ms: int) -> bool:
    """Whether something held at any time in between."""
    steps = pairwise([*timeline, (until_ms + 1, 0)])
    return any(on and at_ms <= until_ms and ms > from_ms for (at_ms, on), (ms, _) in steps)


@worlds
def test_while_it_is_assured_nobody_is_within_the_alert_distance(seed: int, rough: bool) -> None:
    world = seen(seed, rough)
    end_ms = world.scenario.end_ms
    for pair in pairs_of(world.scenario):
        unit = world.scenario.unit_of(pair.cause.removeprefix("victim:"))
        assert broken(pair, world.recorder.host_until[pair.order.id], end_ms) == []
        assert broken(pair, world.recorder.unit_until[unit], end_ms) == []


@worlds
def test_a_breach_is_warned_of_or_nobody_thought_that_all_was_well(seed: int, rough: bool) -> None:
    world = seen(seed, rough)
    for breach in Oracle(world.scenario).breaches(world.chronicle.facts.felt):
        ended = breach.at_ms + LATE_MS > world.scenario.end_ms
        if breach.kind == "distance" and breach.missed and not ended:
            assert alarmed(world, breach) or (rough and uncovered(world, breach)), breach


def alarmed(world: Run, breach: Breach) -> bool:
    """Whether the alert of an earlier approach still stood."""
    changes = [event for event in world.events if event["type"] == "transition"]
    levels = [
        event["to"]
        for event in changes
        if (event["order"], event["cause"]) == (breach.order, breach.cause)
        and event["at"] <= iso(breach.at_ms)
    ]
    return levels[-1:] in (["alert"], ["breach"])


def uncovered(world: Run, breach: Breach) -> bool:
    """Whether the order was unassured, or her unit said so, before it was too late."""
    unit = world.scenario.unit_of(breach.cause.removeprefix("victim:"))
    told = (world.recorder.host_unassured[breach.order], world.recorder.uncovered[unit])
    return any(ever(timeline, breach.at_ms, breach.at_ms + LATE_MS) for timeline in told)


@worlds
def test_nothing_is_lost_or_felt_twice_or_lowered_without_evidence(seed: int, rough: bool) -> None:
    world = seen(seed, rough)
    assert world.account.lost == 0
    assert [felt for felt, times in Counter(world.recorder.presented).items() if times > 1] == []
    for event in world.events:
        if event["type"] == "transition":
            fell = LEVELS.index(event["to"]) < LEVELS.index(event["from"])
            assert not fell or event["rule"] == "evidence"


@pytest.mark.parametrize("seed", CALM)
def test_in_a_calm_world_she_is_never_told_that_there_is_no_cover(seed: int) -> None:
    recorder = seen(seed, False).recorder
    assert not any(on for timeline in recorder.uncovered.values() for _, on in timeline)


def test_the_same_seed_gives_the_same_bytes() -> None:
    seed, rough = WORLDS[-1]
    again, before = run(random_world(seed, rough=rough)), seen(seed, rough)
    assert again.recorder.digest == before.recorder.digest
    assert again.events == before.events


# What a bracelet hears


@worlds
def test_a_bracelet_hears_a_lease_and_of_being_near_and_nothing_else(
    seed: int, rough: bool
) -> None:
    for told in seen(seed, rough).recorder.told_units:
        assert len(told.sealed) == command.COMMAND_BYTES
        said = told.command
        if not told.unit.startswith("B") or isinstance(said, FixNow):
            continue
        if isinstance(said, Answer):
            assert (said.flags, said.assured_until_s, said.shrink_pct) == (0, 0, 100)
            assert said.lease_s in (FLOOR_S, *STEPS_S)
        else:
            assert isinstance(said, Warned)
            assert said.level >= command.ALERT


def prowl(north_m: float, east_m: float) -> list[tuple[int, str]]:
    """What a bracelet hears that is carried to and fro 4 to 8 km from her home, and when.

    Counted from the south-western corner of the cell in which she lives.
    """
    south_e7 = 112 * CELL_E7
    west_e7 = -600 * int(CELL_E7 / cos(radians((south_e7 + CELL_E7 // 2) / 1e7)))
    spots = [(4000, 0), (8000, 0), (0, 8000), (0, 4000), (-1000, 7000), (4000, 1000)]
    legs = [
        {"move": "drive", "to": {"north_m": north, "east_m": east}, "speed_m_s": 20}
        for north, east in spots
    ]
    way = {"at": {"north_m": 8000}, "legs": legs}
    home = {"at": {"north_m": north_m, "east_m": east_m}}
    recorder = run(
        {
            "start": "2026-03-02T14:00:00Z",
            "duration_s": 1500,
            "origin": [south_e7 / 1e7, west_e7 / 1e7],
            "orders": {"order1": {"offender": "juan", "protected": ["ana"]}},
            "units": {
                "B1": {"role": "offender", "person": "juan", "movement": way},
                "V1": {"role": "victim", "person": "ana", "movement": home},
            },
        }
    ).recorder
    return [heard(told) for told in recorder.told_units if told.unit == "B1"]


def heard(told: Told) -> tuple[int, str]:
    said = told.command
    return told.at_ms, str(said.lease_s) if isinstance(said, Answer) else type(said).__name__


def test_a_bracelet_hears_the_same_wherever_in_a_cell_she_lives() -> None:
    here, there = prowl(100, 100), prowl(1300, 1200)
    assert here == there
    assert {said for _, said in here} >= {"5", "30"}  # its way does cross a step's edge


# What random worlds have found


def test_a_bracelet_that_is_heard_but_blind_does_not_come_near_unalarmed() -> None:
    """Its heartbeats without a position once kept the order watched."""
    document = random_world(53, rough=True)
    world = run(document)
    (breach,) = Oracle(world.scenario).breaches(world.chronicle.facts.felt)[:1]
    assert ever(world.recorder.host_unassured[breach.order], breach.at_ms - 60_000, breach.at_ms)
