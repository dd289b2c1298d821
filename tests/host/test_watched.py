"""What it takes to be watched, and how she is told who is not far from it."""

from dataclasses import replace

from host.outcome import Connection
from host.proximity.types import Condition
from host.registry import Assignment, Registry, Role
from protocol import command, record
from tests.host.scene import ORDER, REGISTRY, World, at_ms, unit


def test_a_unit_that_is_heard_but_blind_is_not_watched() -> None:
    for blind, other in (("B1", "V1"), ("V1", "B1")):
        world = World()
        world.both(0, 1500)
        state = world.centre.roster.orders["O1"]
        for s in range(5, 25, 5):
            world.fix(other, s, 1500 * (other == "B1"))
            world.hear(blind, s, world.voices[blind].event(s, record.GNSS_LOST))
        assert state.condition is Condition.WATCHED
        world.hear(blind, 25, world.voices[blind].event(25, record.GNSS_LOST))
        who = "offender" if blind == "B1" else "victim"
        assert (state.condition, state.reason) == (Condition.UNASSURED, f"blind_{who}")
        world.restart()
        world.fix(blind, 30, 1500 * (blind == "B1"))
        world.fix(other, 30, 1500 * (other == "B1"))
        assert world.centre.roster.orders["O1"].condition is Condition.WATCHED


def test_a_unit_at_rest_may_be_blind() -> None:
    world = World()
    world.fix("B1", 0, 1500)
    world.hear("V1", 0, world.voices["V1"].rest(0))
    for s in range(5, 300, 5):
        world.fix("B1", s, 1500)
        world.hear("V1", s, world.voices["V1"].event(s, record.GNSS_LOST))
    assert world.centre.roster.orders["O1"].condition is Condition.WATCHED


def test_she_whom_he_is_not_near_is_covered_until_she_is_due() -> None:
    eva = unit("V2", Role.VICTIM)
    order = replace(ORDER, protected=("ana", "eva"))
    worn = (*REGISTRY.assignments, Assignment("V2", "eva", 0))
    world = World(Registry((*REGISTRY.units, eva), worn, (order,)))
    for s in range(0, 60, 5):
        world.both(s, 400)
        (told,) = world.fix("V2", s, 9000).answers
    assert world.centre.roster.orders["O1"].condition is Condition.WATCHED
    assert told.lease_s == 30
    assert told.assured_until_s == at_ms(55) // 1000 + told.lease_s + 20


def test_what_ends_before_she_is_answered_again_is_told_as_watched() -> None:
    world = World()
    seen = set()
    for s in range(0, 60, 5):
        (told,) = world.fix("V1", s).answers
        left_s = told.assured_until_s - at_ms(s) // 1000
        assert left_s >= 25 or not told.assured_until_s
        world.fix("B1", s, 4000 - 38 * s)
        seen.add((world.centre.roster.orders["O1"].condition, told.flags))
    assert (Condition.ASSURED, command.WATCHED) in seen


def test_rest_does_not_count_once_the_broker_misses_her_unit() -> None:
    world = World()
    world.step(Connection("V1", True, at_ms(0)))
    world.fix("B1", 0, 9000)
    world.hear("V1", 0, world.voices["V1"].rest(0))
    for s in range(5, 155, 5):
        world.fix("B1", s, 9000)
    state = world.centre.roster.orders["O1"]
    before_ms = state.until_ms
    missed = world.step(Connection("V1", False, at_ms(151)))
    assert not state.rests(world.centre.roster.wearers["V1"].track, at_ms(151))
    assert state.until_ms < before_ms
    # At worst both drive towards each other since the broker last heard her, a margin before.
    slack_m = 9000 - 500 - 30 - 30 - 40 * (151 - 150) - 40 * (90 + 20)
    assert abs(state.until_ms - at_ms(151) - slack_m / 80 * 1000) < 1000
    assert missed.fix_now == []
    world.fix("B1", 176, 9000)
    assert world.step(Connection("V1", True, at_ms(180))).fix_now == ["V1"]
    world.hear("V1", 181, world.voices["V1"].rest(181))
    world.fix("B1", 181, 9000)
    assert state.condition is Condition.ASSURED


def test_a_host_whose_clock_is_behind_refuses_every_fix_and_says_that_nobody_is_watched() -> None:
    world = World()
    world.both(0, 9000)
    behind_s = 3.0
    for s in range(5, 400, 5):
        for name, north_m in (("V1", 0), ("B1", 9000)):
            world.hear(name, s - behind_s, world.voices[name].fix(s, north_m))
    state = world.centre.roster.orders["O1"]
    assert world.centre.counters["future"] == 2 * len(range(5, 400, 5))
    assert (state.condition, state.reason) == (Condition.UNASSURED, "blind_offender")


def test_a_host_whose_clock_is_ahead_promises_less() -> None:
    promised_s = []
    for ahead_s in (0, 30):
        world = World()
        for name, north_m in (("V1", 0), ("B1", 9000)):
            world.hear(name, ahead_s, world.voices[name].fix(0, north_m))
        until_ms = world.centre.roster.orders["O1"].until_ms
        promised_s.append((until_ms - at_ms(ahead_s)) / 1000)
    assert abs(promised_s[0] - promised_s[1] - 30) < 1
