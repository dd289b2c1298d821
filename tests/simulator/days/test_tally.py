"""What is counted of a day, on a small world whose figures are known."""

from collections import Counter
from pathlib import Path

import pytest

from simulator.days.energy import BATTERY_MAH, CONTACT_MAH, GNSS_MA, IDLE_MA, battery_h, charge_mah
from simulator.days.table import homes_of, row, rows, written
from simulator.days.tally import Contacts, Spent, Tally, tally
from simulator.report.recording import Recording
from simulator.worlds.report import Event
from tests.simulator.scenes import scene

S, MIN = 1000, 60_000


def _at(second: int) -> str:
    return f"2026-03-02T14:{second // 60:02}:{second % 60:02}.000Z"


def _incident(second: int, kind: str, opened: bool = True) -> Event:
    told = {"order": "o1", "kind": kind, "priority": 2, "opened": opened, "causes": [kind]}
    return {"type": "incident", "at": _at(second), **told}


def _notice(second: int, unit: str, felt: bool) -> Event:
    told = {"unit": unit, "number": 200, "text": "no cover", "felt": felt}
    return {"type": "notice", "at": _at(second), **told}


def test_a_small_world_is_counted_right(tmp_path: Path) -> None:
    """Two minutes, in which he walks for one and stands for the other."""
    legs = [{"move": "walk", "bearing_deg": 0, "distance_m": 60, "speed_m_s": 1}]
    movement = {"at": {"north_m": 2000}, "legs": legs}
    scenario = scene(tmp_path, units__B1__movement=movement)
    recording = Recording(lambda _: None)
    for event in (
        _incident(10, "unassured"),
        _incident(20, "unassured", opened=False),
        _incident(30, "unassured"),
        _incident(40, "ladder"),
        _notice(10, "V1", felt=True),
        _notice(20, "V1", felt=False),
        _notice(30, "B1", felt=True),
        {"type": "presented", "at": _at(50), "unit": "V1"},
        {"type": "assurance", "at": _at(0), "order": "o1", "to": "assured"},
        {"type": "assurance", "at": _at(90), "order": "o1", "to": "unassured"},
    ):
        recording.tell(event)
    start = scenario.start_ms
    for unit, second, searches in (("B1", 0, True), ("B1", 90, False), ("V1", 0, False)):
        recording.note_search(unit, searches, start + second * S)
    told = tally(scenario, recording, Counter(B1=12, V1=3))
    assert told.alarms == {"unassured": 2}
    assert (told.unanswered, told.felt, told.strength) == (1, 2, "strict")
    assert told.conditions == {"assured": 90 * S, "unassured": 30 * S}
    his, hers = told.spent["offender"], told.spent["victim"]
    assert (his.units, his.contacts, his.gnss_ms) == (1, 12, 90 * S)
    assert his.rest_ms == pytest.approx(60 * S, abs=100)
    assert his.gnss_rest_ms == pytest.approx(30 * S, abs=100)
    assert hers == Spent(1, 0, 2 * MIN, 0, 3)
    assert told.homes_m == pytest.approx(2000, abs=1)
    assert told.days == pytest.approx(120 / 86_400)


def test_messages_at_one_instant_are_one_contact() -> None:
    contacts = Contacts()
    for unit, now_ms in (("B1", 1), ("B1", 1), ("V1", 1), ("B1", 2)):
        contacts.sent(unit, b"", now_ms)
    assert contacts.by_unit == {"B1": 2, "V1": 1}


def _day(kind: str, strength: str, homes_m: float, alarms: int, days: float = 1.0) -> Tally:
    day_ms = round(86_400_000 * days)
    spent = Spent(1, day_ms // 10, day_ms // 2, day_ms // 20, round(100 * days))
    return Tally(
        strength,
        homes_m,
        days,
        1,
        kind=kind,
        alarms=Counter(unassured=alarms),
        felt=alarms,
        conditions=Counter(assured=day_ms),
        spent={"offender": spent, "victim": spent},
    )


def test_rows_are_of_kinds_classes_strengths_and_all() -> None:
    days = [
        _day("office", "strict", 2000, 4),
        _day("market", "supervised", 6000, 0),
        _day("market", "strict", 6100, 2),
    ]
    told = {one["name"]: one for one in rows(days)}
    assert list(told) == [
        "office",
        "market",
        "strict, 1.5-2.5 km",
        "strict, 5-7 km",
        "supervised, 5-7 km",
        "strict",
        "supervised",
        "all",
    ]
    assert [told[name]["alarms"] for name in ("office", "market", "all")] == [4, 1, 2]
    everything = told["all"]
    assert (everything["pair_days"], everything["felt"], everything["assured"]) == (3, 2, 1)
    assert everything["by_kind"] == {"unassured": 2}
    his = everything["his"]
    assert (his["gnss"], his["gnss_at_rest"], his["contacts"]) == (0.1, 0.1, 100)
    text = written(list(told.values()))
    assert "strict, 1.5-2.5 km" in text
    assert "100.00%" in text


def test_half_a_day_counts_for_half() -> None:
    assert row("x", [_day("office", "strict", 2000, 1, days=0.5)])["alarms"] == 2


def test_homes_that_are_nearer_or_farther_are_a_class_of_their_own() -> None:
    assert homes_of(_day("x", "strict", 1000, 0)) == "other distances"
    assert homes_of(_day("x", "strict", 1500, 0)) == "1.5-2.5 km"


def test_a_battery_lasts_for_what_is_drawn_from_it() -> None:
    assert charge_mah(1, 0, 0) == 24 * IDLE_MA
    assert charge_mah(1, 3600, 10) == pytest.approx(24 * IDLE_MA + GNSS_MA + 10 * CONTACT_MAH)
    assert battery_h(2, 0, 0) == pytest.approx(BATTERY_MAH / IDLE_MA)
