"""Laws of the virtual world: whatever breaks, no record is lost and no warning comes twice."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.judges.invariants import failures
from simulator.judges.verdict import judge
from simulator.swarm.play import play
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.report import Event, sentence
from simulator.worlds.scratch import scratch_folder
from simulator.worlds.virtual import World
from tests.simulator.scenes import changed, scene

APPROACH = {
    "at": {"north_m": 1200},
    "legs": [{"move": "approach", "unit": "V1", "to_m": 60, "speed_m_s": 12}],
}


def _play(folder: Path, **changes: Any) -> tuple[list[Event], Event]:
    scenario = scene(folder, **{"units__B1__movement": APPROACH, "duration_s": 180, **changes})
    events: list[Event] = []
    chronicle = Chronicle(scenario, events.append)
    with scratch_folder() as data:
        account = World(scenario, chronicle, data).run()
    return events, judge(scenario, chronicle.facts, account).summary


def _presented(events: list[Event]) -> Counter[str]:
    return Counter(event["warning"] for event in events if event["type"] == "presented")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    crash_s=st.integers(1, 120_000).map(lambda ms: ms / 1000),
    down_s=st.integers(0, 20),
    reboot_s=st.integers(1, 150),
    unit=st.sampled_from(["B1", "V1"]),
    loss=st.sampled_from([0.0, 0.3]),
)
def test_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, crash_s: float, down_s: int, reboot_s: int, unit: str, loss: float
) -> None:
    network = {"loss": loss, "duplicate": loss, "reorder": loss}
    events, summary = _play(
        tmp_path,
        faults=[
            {"fault": "host_crash", "at_s": crash_s, "down_s": down_s},
            {"fault": "reboot", "at_s": reboot_s, "unit": unit, "down_s": 3},
        ],
        units__B1__network=network,
        units__V1__network=network,
    )
    assert summary["lost"] == 0
    assert summary["breaches"] == summary["breaches_warned"] == 2
    assert set(_presented(events).values()) == {1}


def test_a_crash_right_after_the_fix_that_shows_the_approach_loses_no_warning(
    tmp_path: Path,
) -> None:
    """Around the instant of the rise, millisecond by millisecond: before the commit, after it,
    after the answer."""
    events, _ = _play(tmp_path)
    rise = next(event for event in events if event["type"] == "warning")
    second = int(rise["at"][17:19]) + float("0" + rise["at"][19:-1])
    for after_ms in (-1, 1, 15, 25, 35, 45, 300):
        crash = {"fault": "host_crash", "at_s": second + after_ms / 1000, "down_s": 1}
        events, summary = _play(tmp_path, faults=[crash])
        assert summary["lost"] == 0
        assert summary["receipts"] == summary["warnings_sent"] == 5
        assert set(_presented(events).values()) == {1}


def test_units_that_are_alone_in_a_cut_say_so_and_lose_nothing(tmp_path: Path) -> None:
    cut = {"cuts": [{"from_s": 20, "until_s": 100}]}
    events, summary = _play(tmp_path, units__V1__network=cut)
    notices = [event for event in events if event["type"] == "notice"]
    assert [notice["text"] for notice in notices] == ["no cover"]  # its return is not felt
    assert notices[0]["felt"]
    assert summary["lost"] == 0


def test_an_incident_is_told_when_it_wants_an_operator_and_when_it_is_over(tmp_path: Path) -> None:
    press = [{"fault": "panic", "at_s": at_s, "unit": "V1"} for at_s in (30, 90)]
    clear = {"verb": "resolve", "at_s": 60}
    events, summary = _play(
        tmp_path, faults=press, operators=[clear], units__B1__movement={"at": {"north_m": 9000}}
    )
    told = [event for event in events if event["type"] == "incident" and event["kind"] == "panic"]
    assert [event["opened"] for event in told] == [True, False, True]
    assert told[0]["at"].startswith("2026-03-02T14:00:32.")
    assert (told[0]["order"], told[0]["priority"]) == ("o1", 1)
    assert told[0]["causes"] == ["panic:V1"]
    assert sentence(told[0]) == "o1: panic wants an operator, priority 1 (panic:V1)"
    assert sentence(told[1]) == "o1: panic is over (panic:V1)"
    every = [event for event in events if event["type"] == "incident" and event["opened"]]
    assert summary["incidents"] == len(every)


@pytest.mark.parametrize("fault", ["case_open", "strap_cut", "panic"])
def test_what_a_unit_reports_at_once_is_with_the_host_within_a_second(
    tmp_path: Path, fault: str
) -> None:
    events, _ = _play(tmp_path, faults=[{"fault": fault, "at_s": 30, "unit": "B1"}])
    code = fault.partition("_")[0]
    (alarm,) = [event for event in events if event["type"] == "alarm" and event["code"] == code]
    # A panic button counts after two seconds.
    assert alarm["at"] == f"2026-03-02T14:00:{32 if code == 'panic' else 30}.000Z"


def test_a_contact_that_bounces_for_minutes_out_of_contact_crowds_nothing_out(
    tmp_path: Path,
) -> None:
    cut = {"cuts": [{"from_s": 20, "until_s": 1_230}]}
    bounce = {"fault": "bounce", "at_s": 25, "unit": "B1", "for_s": 1_200}
    stands = {"at": {"north_m": 6000}}
    made = {}
    straps = {}
    for bounces in (True, False):
        events, summary = _play(
            tmp_path,
            duration_s=1_500,
            units__B1__movement=stands,
            units__B1__network=cut,
            faults=[bounce] if bounces else [],
        )
        assert summary["lost"] == 0
        assert summary["waiting"] <= 1  # the last is on its way
        made[bounces] = summary["fixes_made"]
        told = [one for one in events if one["type"] == "alarm" and one["code"] == "strap"]
        straps[bounces] = [(one["unit"], one["raised"]) for one in told]
    assert made[True] >= made[False]
    assert straps == {True: [("B1", True)], False: []}


HE_COMES = {
    "at": {"north_m": 9_000},
    "legs": [
        {"move": "stand", "for_s": 300},
        {"move": "approach", "unit": "V1", "to_m": 60, "speed_m_s": 39.6},
    ],
}


@pytest.mark.parametrize("forgets_s", [20, 30, 44, 60])
@pytest.mark.parametrize("who", ["B1", "V1", "both"])
def test_a_carrier_that_forgets_idle_connections_breaks_no_promise_and_delays_little(
    forgets_s: int, who: str
) -> None:
    network = {"latency_ms": 600, "jitter_ms": 400, "forgets_idle_s": forgets_s}
    names = ("B1", "V1") if who == "both" else (who,)
    document = changed(
        duration_s=600,
        units__B1__movement=HE_COMES,
        **{f"units__{name}__network": network for name in names},
    )
    played = play(document)
    assert list(failures(played)) == []
    first_s, *_ = judge(played.scenario, played.facts, played.account).summary["lead_times_s"]
    assert first_s > 0


def test_a_backlog_of_530_restarts_comes_through(tmp_path: Path) -> None:
    """A battery that browns out every 5 s, out of contact: each restart leaves 64 numbers."""
    restarts, every_s = 530, 5
    until_s = restarts * every_s + 20
    cut = {"latency_ms": 20, "jitter_ms": 0, "cuts": [{"from_s": 0, "until_s": until_s}]}
    _, summary = _play(
        tmp_path,
        duration_s=until_s + 300,
        units__B1__network=cut,
        units__B1__flash_kb=192,
        faults=[
            {"fault": "reboot", "at_s": 10 + every_s * n, "unit": "B1", "down_s": 1}
            for n in range(restarts)
        ],
    )
    assert summary["lost"] == 0
    assert summary["waiting"] < 3  # what is on its way
