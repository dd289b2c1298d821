"""What must hold in every world: held against one that holds, and against each way not to."""

from collections import Counter
from typing import Any

import pytest

from host.base.clock import iso
from protocol.command import Answer
from simulator.judges.invariants import Failure, Played, failures
from simulator.judges.recorder import Told
from simulator.judges.second.finding import Finding
from simulator.swarm.play import play

APPROACH: dict[str, Any] = {
    "start": "2026-03-02T14:00:00Z",
    "duration_s": 240,
    "origin": [14.6349, -90.5069],
    "orders": {"order1": {"offender": "he", "protected": ["she"]}},
    "units": {
        "B1": {
            "role": "offender",
            "person": "he",
            "movement": {
                "at": {"north_m": 1500},
                "legs": [{"move": "approach", "unit": "V1", "speed_m_s": 10, "to_m": 300}],
            },
        },
        "V1": {"role": "victim", "person": "she", "movement": {"at": {"north_m": 0}}},
    },
}


@pytest.fixture
def played() -> Played:
    return play(APPROACH)


def broken(played: Played) -> Counter[str]:
    return Counter(failure.rule for failure in failures(played))


def test_in_a_world_that_holds_nothing_is_found(played: Played) -> None:
    assert list(failures(played)) == []


@pytest.mark.parametrize("who", ["host_until", "unit_until"])
def test_a_promise_while_he_is_near_is_found(played: Played, who: str) -> None:
    start_ms, end_ms = played.scenario.start_ms, played.scenario.end_ms
    said = {"host_until": "order1", "unit_until": "V1"}[who]
    getattr(played.recorder, who)[said] = [(start_ms, end_ms)]
    (failure,) = failures(played)
    assert failure.rule == "promise"
    assert "victim:she was 500 m away" in failure.what


def test_a_promise_that_ended_before_is_none(played: Played) -> None:
    start_ms = played.scenario.start_ms
    played.recorder.host_until["order1"] = [(start_ms, start_ms + 60_000)]
    assert list(failures(played)) == []


def test_a_promise_that_is_withdrawn_before_is_none(played: Played) -> None:
    start_ms, end_ms = played.scenario.start_ms, played.scenario.end_ms
    played.recorder.host_until["order1"] = [(start_ms, end_ms), (start_ms + 60_000, 0)]
    assert list(failures(played)) == []


def test_a_breach_that_nobody_was_warned_of_is_found(played: Played) -> None:
    played.facts.felt.clear()
    assert broken(played) == {"missed": 1}


def test_a_breach_of_which_the_alert_still_stood_is_none(played: Played) -> None:
    played.facts.felt.clear()
    at = iso(played.scenario.start_ms + 60_000)
    rise = {"from": "clear", "to": "alert", "cause": "victim:she", "rule": "distance"}
    played.events.append({"type": "transition", "at": at, "order": "order1", **rise})
    assert broken(played) == {}


def test_a_breach_is_excused_only_where_it_was_said_that_nobody_watches(played: Played) -> None:
    played.facts.felt.clear()
    played.events.clear()
    said = APPROACH | {"faults": [{"fault": "case_open", "unit": "V1", "at_s": 1}]}
    rough = play(said)  # in a calm world there is no excuse
    rough.facts.felt.clear()
    rough.events.clear()
    assert broken(rough)["missed"] == 1
    at_ms = rough.scenario.at_ms(100)
    rough.recorder.uncovered["V1"] = [(at_ms, 1), (at_ms + 60_000, 0)]
    assert broken(rough)["missed"] == 0
    for timeline in (rough.recorder.uncovered["V1"], rough.recorder.host_down):
        timeline[:] = []
    rough.recorder.powerless["V1"] = [(at_ms, 1), (at_ms + 60_000, 0)]
    assert broken(rough)["missed"] == 1  # the host should have missed her unit
    rough.recorder.host_down = [(at_ms, 1), (at_ms + 60_000, 0)]
    assert broken(rough)["missed"] == 0
    played.recorder.uncovered["V1"] = [(at_ms, 1), (at_ms + 60_000, 0)]
    assert broken(played) == {"missed": 1, "calm": 1}


def test_a_lost_record_is_found(played: Played) -> None:
    lossy = played._replace(account=played.account.__class__(9, 8, 0, 1))
    assert list(failures(lossy)) == [Failure("custody", "1 records are nowhere")]


def test_a_warning_that_is_felt_twice_is_found(played: Played) -> None:
    played.recorder.presented.append(played.recorder.presented[0])
    assert broken(played) == {"once": 1}


def test_a_level_that_falls_by_itself_is_found(played: Played) -> None:
    at = iso(played.scenario.start_ms + 200_000)
    fall = {"from": "alert", "to": "clear", "cause": "victim:she", "rule": "timer"}
    played.events.append({"type": "transition", "at": at, "order": "order1", **fall})
    assert broken(played) == {"fall": 1}


def test_a_bracelet_that_hears_of_her_is_found(played: Played) -> None:
    said = Answer(1, 0, 0, 0, 0, 0, 5, 1_772_460_000, 100, 0)
    told = Told(played.scenario.start_ms, "B1", bytes(60), said)
    played.recorder.told_units.append(told)
    assert broken(played) == {"privacy": 1}
    played.recorder.told_units[-1] = told._replace(unit="V1")
    assert broken(played) == {}
    played.recorder.told_units[-1] = told._replace(sealed=bytes(61), command=None)
    assert broken(played) == {"privacy": 1}


def test_what_the_second_judge_finds_is_a_failure(played: Played) -> None:
    played.findings.append(Finding(played.scenario.start_ms, "order1", "assured", "a", "b"))
    assert broken(played) == {"assured": 1}


def test_where_a_receiver_lies_no_promise_can_be_kept() -> None:
    lie = {"fault": "jump", "unit": "B1", "at_s": 10, "for_s": 200, "north_m": 20_000}
    played = play(APPROACH | {"faults": [lie]})
    start_ms, end_ms = played.scenario.start_ms, played.scenario.end_ms
    played.recorder.host_until["order1"] = [(start_ms, end_ms)]
    assert broken(played)["promise"] == 0
