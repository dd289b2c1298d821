"""What it takes to be watched, and how she is told who is not far from it."""

from dataclasses import replace

from host.core.outcome import Changed, Connection, CutOff
from host.proximity.types import Condition, Level
from host.registry.types import Assignment, Registry, Role, Strength
from protocol import command, record
from protocol.contact import MARGIN_S
from tests.host.driven_centre import (
    ORDER,
    REGISTRY,
    DrivenCentre,
    alarms,
    at_ms,
    levels,
    unit,
    with_order,
)


def test_a_unit_that_is_heard_but_blind_is_not_watched() -> None:
    for blind, other, silent_s in (("B1", "V1", 10), ("V1", "B1", 5)):
        driven = DrivenCentre()
        driven.both(0, 1500)
        state = driven.centre.roster.orders["O1"]
        missed_s = silent_s + MARGIN_S
        for s in range(5, missed_s, 5):
            driven.fix(other, s, 1500 * (other == "B1"))
            driven.receive(blind, s, driven.sealers[blind].event(s, record.GNSS_LOST))
        assert state.condition is Condition.WATCHED
        beat = driven.sealers[blind].event(missed_s, record.GNSS_LOST)
        driven.receive(blind, missed_s, beat)
        who = "offender" if blind == "B1" else "victim"
        assert (state.condition, state.reason) == (Condition.UNASSURED, f"blind_{who}")
        driven.restart()
        driven.fix(blind, 35, 1500 * (blind == "B1"))
        driven.fix(other, 35, 1500 * (other == "B1"))
        assert driven.centre.roster.orders["O1"].condition is Condition.WATCHED


def test_a_unit_at_rest_may_be_blind() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 1500)
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    for s in range(5, 300, 5):
        driven.fix("B1", s, 1500)
        driven.receive("V1", s, driven.sealers["V1"].event(s, record.GNSS_LOST))
    assert driven.centre.roster.orders["O1"].condition is Condition.WATCHED


def test_she_whom_he_is_not_near_is_covered_until_she_is_due() -> None:
    eva = unit("V2", Role.VICTIM)
    order = replace(ORDER, protected=("ana", "eva"))
    worn = (*REGISTRY.assignments, Assignment("V2", "eva", 0))
    driven = DrivenCentre(Registry((*REGISTRY.units, eva), worn, (order,)))
    for s in range(0, 60, 5):
        driven.both(s, 400)
        (told,) = driven.fix("V2", s, 9000).answers
    assert driven.centre.roster.orders["O1"].condition is Condition.WATCHED
    assert told.lease_s == 20
    assert told.assured_until_s == at_ms(55) // 1000 + told.lease_s + 20


def test_what_ends_before_she_is_answered_again_is_told_as_watched() -> None:
    driven = DrivenCentre()
    seen = set()
    for s in range(0, 60, 5):
        (told,) = driven.fix("V1", s).answers
        left_s = told.assured_until_s - at_ms(s) // 1000
        assert left_s >= 25 or not told.assured_until_s
        driven.fix("B1", s, 4000 - 38 * s)
        seen.add((driven.centre.roster.orders["O1"].condition, told.flags))
    assert (Condition.ASSURED, command.WATCHED) in seen


def test_rest_does_not_count_once_the_broker_misses_her_unit() -> None:
    driven = DrivenCentre()
    driven.step(Connection("V1", True, at_ms(0)))
    driven.fix("B1", 0, 9000)
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    for s in range(5, 155, 5):
        driven.fix("B1", s, 9000)
    state = driven.centre.roster.orders["O1"]
    before_ms = state.until_ms
    missed = driven.step(Connection("V1", False, at_ms(151)))
    assert not state.rests(driven.centre.roster.wearers["V1"].track, at_ms(151))
    assert state.until_ms < before_ms
    # At worst both drive towards each other since the broker last heard her, a margin before.
    slack_m = 9000 - 500 - 30 - 30 - 40 * (151 - 150) - 40 * (45 + 20)
    assert abs(state.until_ms - at_ms(151) - slack_m / 80 * 1000) < 1000
    assert missed.fix_now == ["V1"]  # it may be there all the same
    driven.fix("B1", 176, 9000)
    assert driven.step(Connection("V1", True, at_ms(180))).fix_now == ["V1"]
    driven.receive("V1", 181, driven.sealers["V1"].rest(181))
    driven.fix("B1", 181, 9000)
    assert state.condition is Condition.ASSURED


def test_rest_does_not_outlast_an_absence_of_the_host() -> None:
    for away_s, rests in ((19, True), (21, False)):
        driven = DrivenCentre()
        driven.fix("B1", 0, 9000)
        driven.receive("V1", 0, driven.sealers["V1"].rest(0))
        assured_ms = driven.centre.roster.orders["O1"].until_ms
        driven.restart(at_s=away_s)
        began = driven.step(now_s=away_s)
        state, track = driven.centre.roster.orders["O1"], driven.centre.roster.track_of("ana")
        assert track.resting == rests
        assert (state.until_ms < assured_ms) == (not rests)
        assert began.fix_now == ([] if rests else ["V1"])
        driven.restart()  # and it is kept that nobody knows it
        assert driven.centre.roster.track_of("ana").resting == rests
        driven.receive("V1", away_s + 5, driven.sealers["V1"].rest(away_s + 5))
        assert driven.centre.roster.track_of("ana").resting


def test_a_bracelet_is_asked_at_each_start_for_how_long_the_host_was_idle_tells_of_her() -> None:
    for away_s in (1, 19, 21):
        driven = DrivenCentre(with_order(REGISTRY, strength=Strength.SUPERVISED))
        driven.fix("V1", 0)
        driven.receive("B1", 0, driven.sealers["B1"].rest(0, 9000))
        driven.restart(at_s=away_s)
        assert driven.step(now_s=away_s).fix_now == ["B1"]
        state = driven.centre.roster.orders["O1"]
        driven.receive("B1", away_s + 2, driven.sealers["B1"].rest(away_s + 2, 9000))
        assert state.condition is Condition.ASSURED
        assert state.offender.resting


def test_a_level_is_left_while_he_rests_and_is_not_heard_only_where_that_is_trusted() -> None:
    for strength in Strength:
        driven = DrivenCentre(with_order(REGISTRY, strength=strength))
        driven.step(Connection("B1", True, at_ms(0)))
        driven.fix("V1", 0)
        driven.receive("B1", 0, driven.sealers["B1"].rest(0, 800))
        state = driven.centre.roster.orders["O1"]
        assert state.level is Level.PRE_ALERT
        for s in range(90, 240, 30):
            driven.fix("V1", s, -10 * s)
        assert state.level is (Level.CLEAR if strength is Strength.SUPERVISED else Level.PRE_ALERT)


def test_what_was_said_before_the_broker_missed_her_proves_no_rest_when_it_comes_after() -> None:
    driven = DrivenCentre()
    driven.step(Connection("V1", True, at_ms(0)))
    driven.fix("B1", 0, 9000)
    driven.receive("V1", 0, driven.sealers["V1"].rest(0))
    held_back = driven.sealers["V1"].rest(20)  # "I move" follows it, on a connection that is dead
    driven.step(Connection("V1", False, at_ms(66)))
    wearer = driven.centre.roster.wearers["V1"]
    for restarts in (False, True):
        if restarts:
            driven.restart()
            wearer = driven.centre.roster.wearers["V1"]
        driven.receive("V1", 70, held_back)
        assert (wearer.track.resting, wearer.connected) == (False, False)
    driven.receive("V1", 71, driven.sealers["V1"].rest(71))
    assert (wearer.track.resting, wearer.connected) == (True, True)


def test_rest_does_not_outlast_the_loss_of_the_hosts_own_broker() -> None:
    driven = DrivenCentre()
    for name, north_m in (("V1", 0), ("B1", 9000)):
        driven.receive(name, 0, driven.sealers[name].rest(0, north_m))
    state, track = driven.centre.roster.orders["O1"], driven.centre.roster.track_of("ana")
    before_ms = state.until_ms
    cut = driven.step(CutOff(at_ms(10), at_ms(31)))
    assert not track.resting
    assert state.until_ms < before_ms
    assert [row.kind for row in cut.records] == ["cut_off"]
    assert cut.fix_now == []  # there is nobody to carry it
    driven.restart()
    assert not driven.centre.roster.track_of("ana").resting


def test_who_connects_hears_at_once_what_has_not_been_confirmed() -> None:
    driven = DrivenCentre()
    driven.step(Connection("V1", True, at_ms(0)))
    driven.both(0, 700)
    ((warned,),) = [told.warnings for told in driven.outcomes if told.warnings]
    again = driven.step(Connection("V1", True, at_ms(2)))  # it was not known to have gone
    assert [one.warning_id for one in again.warnings] == [warned.warning_id]
    assert [row.kind for row in again.records] == ["connection"]  # or nobody could recompute it
    assert again.fix_now == []
    driven.receive("V1", 3, driven.sealers["V1"].receipt(3, warned.warning_id))
    quiet = driven.step(Connection("V1", True, at_ms(4)))
    assert (quiet.warnings, quiet.records) == ([], [])


def test_a_host_whose_clock_is_behind_refuses_every_fix_and_says_that_nobody_is_watched() -> None:
    driven = DrivenCentre()
    driven.both(0, 9000)
    behind_s = 3.0
    for s in range(5, 400, 5):
        for name, north_m in (("V1", 0), ("B1", 9000)):
            driven.receive(name, s - behind_s, driven.sealers[name].fix(s, north_m))
    state = driven.centre.roster.orders["O1"]
    assert driven.centre.counters["future"] == 2 * len(range(5, 400, 5))
    assert (state.condition, state.reason) == (Condition.UNASSURED, "blind_offender")


def test_a_host_whose_clock_is_ahead_promises_less() -> None:
    promised_s = []
    for ahead_s in (0, 30):
        driven = DrivenCentre()
        for name, north_m in (("V1", 0), ("B1", 9000)):
            driven.receive(name, ahead_s, driven.sealers[name].fix(0, north_m))
        until_ms = driven.centre.roster.orders["O1"].until_ms
        promised_s.append((until_ms - at_ms(ahead_s)) / 1000)
    assert abs(promised_s[0] - promised_s[1] - 30) < 1


def test_what_was_long_on_its_way_does_not_make_watched() -> None:
    """Somebody holds back what the bracelet says; its broker link is up all the while."""
    driven = DrivenCentre()
    for s in range(0, 200, 5):
        driven.fix("V1", s)
        if s < 60:
            driven.fix("B1", s, 1500)
        else:
            driven.receive("B1", s, driven.sealers["B1"].fix(s - 45, 1500))
    state = driven.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "overdue_offender")
    (told,) = driven.fix("V1", 200).answers
    assert (told.assured_until_s, told.flags) == (0, 0)


def test_a_bracelet_that_may_be_off_promises_no_more_than_where_it_was_cut() -> None:
    driven = DrivenCentre()
    driven.both(0, 20_000)
    driven.receive("B1", 10, driven.sealers["B1"].event(10, record.STRAP))
    state = driven.centre.roster.orders["O1"]
    for s in range(15, 600, 5):
        driven.both(s, 20_000)
        runs_m = 20_000 - 40 * (state.until_ms - at_ms(0)) / 1000
        assert state.condition is Condition.UNASSURED or runs_m > 400
    assert (state.condition, state.reason) == (Condition.UNASSURED, "off_offender")
    driven.restart()
    driven.both(600, 20_000)
    state = driven.centre.roster.orders["O1"]
    assert state.reason == "off_offender"
    cleared = driven.sealers["B1"].event(605, record.STRAP, 0, detail=record.CLEARED)
    driven.receive("B1", 605, cleared)
    driven.both(610, 20_000)
    assert state.condition is Condition.ASSURED


def test_a_restarted_unit_at_rest_is_not_taken_to_rest_on() -> None:
    supervised = replace(ORDER, strength=Strength.SUPERVISED)
    driven = DrivenCentre(replace(REGISTRY, orders=(supervised,)))
    for s in range(0, 600, 5):
        driven.fix("V1", s)
        if s % 100 == 0:
            driven.receive("B1", s, driven.sealers["B1"].rest(s, 12_000))
    driven.receive("B1", 610, driven.sealers["B1"].boot(610))
    for s in range(615, 1000, 5):
        driven.fix("V1", s)
        driven.receive("B1", s, driven.sealers["B1"].event(s, record.GNSS_LOST))
    state = driven.centre.roster.orders["O1"]
    assert (state.condition, state.reason) == (Condition.UNASSURED, "blind_offender")


def test_a_restart_is_dated_by_what_was_said_before_and_not_by_when_that_came() -> None:
    """A host that comes back reads what waited for it all at once, the restart too."""
    driven = DrivenCentre()
    sealer = driven.sealers["V1"]
    driven.receive("V1", 0, sealer.rest(0))
    driven.receive("V1", 300, sealer.event(30, record.GNSS_LOST))
    driven.receive("V1", 300, sealer.boot(250))
    anchor = driven.centre.roster.wearers["V1"].track.anchor
    assert anchor is not None
    assert anchor.time_ms == at_ms(30 - 20)


def test_one_who_is_faster_than_his_bound_is_seen_all_the_same() -> None:
    driven = DrivenCentre()
    seen = set()
    for s in range(0, 120, 5):
        seen |= set(levels(driven.both(s, 3000 - 55 * s)))
    assert {"pre_alert", "alert"} <= seen
    assert driven.centre.roster.orders["O1"].reason == "disbelieved"


def test_what_is_raised_already_is_told_of_a_new_order() -> None:
    driven = DrivenCentre(replace(REGISTRY, orders=()))
    driven.fix("B1", 0, 9000)
    driven.receive("B1", 5, driven.sealers["B1"].event(5, record.STRAP))
    told = driven.step(Changed(ORDER, at_ms(10)))
    assert alarms(told) == [("strap", True)]
    assert [one.cause for one in told.incidents] == ["assurance", "strap:B1"]
    again = driven.step(Changed(replace(ORDER, version=2, alert_m=600), at_ms(20)))
    assert alarms(again) == []


def test_a_strap_that_is_open_when_the_unit_is_put_on_is_told() -> None:
    driven = DrivenCentre(replace(REGISTRY, assignments=REGISTRY.assignments[1:]))
    driven.receive("B1", 5, driven.sealers["B1"].event(5, record.STRAP))
    told = driven.step(Changed(Assignment("B1", "juan", at_ms(10)), at_ms(10)))
    assert alarms(told) == [("strap", True)]
    assert driven.centre.roster.wearers["B1"].track.off


def test_a_strap_that_is_told_late_takes_back_what_her_lease_promised() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 6500)
    hers = driven.sealers["V1"]
    opened = hers.event(1, record.STRAP)
    driven.receive("V1", 2, hers.rest(2))  # made after it, and granted a lease on her rest
    (told,) = driven.receive("V1", 3, opened).answers
    assert told.assured_until_s <= driven.centre.roster.orders["O1"].until_ms // 1000


def test_an_old_record_without_a_time_does_not_lengthen_what_her_lease_promised() -> None:
    driven = DrivenCentre()
    hers = driven.sealers["V1"]
    boot = hers.event(0, record.CHARGING, flags=0)
    driven.fix("B1", 1, 3000)
    driven.receive("V1", 2, hers.fix(2))
    due_ms = driven.centre.roster.track_of("ana").due_ms
    driven.receive("V1", 9, boot)
    assert driven.centre.roster.track_of("ana").due_ms == due_ms
