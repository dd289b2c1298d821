"""What it takes to be watched, and how she is told who is not far from it."""

from dataclasses import replace

from host.core.outcome import Changed, Connection
from host.proximity.types import Condition
from host.registry.types import Assignment, Registry, Role, Strength
from protocol import command, record
from tests.host.scene import ORDER, REGISTRY, World, alarms, at_ms, levels, unit


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


def test_what_was_long_on_its_way_does_not_make_watched() -> None:
    """Somebody holds back what the bracelet says; its broker link is up all the while."""
    world = World()
    for s in range(0, 200, 5):
        world.fix("V1", s)
        if s < 60:
            world.fix("B1", s, 1500)
        else:
            world.hear("B1", s, world.voices["B1"].fix(s - 45, 1500))
    state = world.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "overdue_offender")
    (told,) = world.fix("V1", 200).answers
    assert (told.assured_until_s, told.flags) == (0, 0)


def test_a_bracelet_that_may_be_off_promises_no_more_than_where_it_was_cut() -> None:
    world = World()
    world.both(0, 20_000)
    world.hear("B1", 10, world.voices["B1"].event(10, record.STRAP))
    state = world.centre.roster.orders["O1"]
    for s in range(15, 600, 5):
        world.both(s, 20_000)
        runs_m = 20_000 - 40 * (state.until_ms - at_ms(0)) / 1000
        assert state.condition is Condition.UNASSURED or runs_m > 400
    assert (state.condition, state.reason) == (Condition.UNASSURED, "off_offender")
    world.restart()
    world.both(600, 20_000)
    state = world.centre.roster.orders["O1"]
    assert state.reason == "off_offender"
    cleared = world.voices["B1"].event(605, record.STRAP, 0, detail=record.CLEARED)
    world.hear("B1", 605, cleared)
    world.both(610, 20_000)
    assert state.condition is Condition.ASSURED


def test_a_restarted_unit_at_rest_is_not_taken_to_rest_on() -> None:
    supervised = replace(ORDER, strength=Strength.SUPERVISED)
    world = World(replace(REGISTRY, orders=(supervised,)))
    for s in range(0, 600, 5):
        world.fix("V1", s)
        if s % 100 == 0:
            world.hear("B1", s, world.voices["B1"].rest(s, 12_000))
    world.hear("B1", 610, world.voices["B1"].boot(610))
    for s in range(615, 1000, 5):
        world.fix("V1", s)
        world.hear("B1", s, world.voices["B1"].event(s, record.GNSS_LOST))
    state = world.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "blind_offender")


def test_one_who_is_faster_than_his_bound_is_seen_all_the_same() -> None:
    world = World()
    seen = set()
    for s in range(0, 120, 5):
        seen |= set(levels(world.both(s, 3000 - 55 * s)))
    assert {"pre_alert", "alert"} <= seen
    assert world.centre.roster.orders["O1"].reason == "disbelieved"


def test_what_is_raised_already_is_told_of_a_new_order() -> None:
    world = World(replace(REGISTRY, orders=()))
    world.fix("B1", 0, 9000)
    world.hear("B1", 5, world.voices["B1"].event(5, record.STRAP))
    told = world.step(Changed(ORDER, at_ms(10)))
    assert alarms(told) == [("strap", True)]
    assert [one.cause for one in told.incidents] == ["strap:B1"]
    again = world.step(Changed(replace(ORDER, version=2, alert_m=600), at_ms(20)))
    assert alarms(again) == []


def test_a_strap_that_is_open_when_the_unit_is_put_on_is_told() -> None:
    world = World(replace(REGISTRY, assignments=REGISTRY.assignments[1:]))
    world.hear("B1", 5, world.voices["B1"].event(5, record.STRAP))
    told = world.step(Changed(Assignment("B1", "juan", at_ms(10)), at_ms(10)))
    assert alarms(told) == [("strap", True)]
    assert world.centre.roster.wearers["B1"].track.off
