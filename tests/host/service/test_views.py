"""Pictures for the console: plain JSON, in the shapes that the page knows, whatever the state."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from host.base.catalogue import catalogue
from host.base.clock import iso
from host.core.centre import Centre
from host.core.outcome import Connection, Placed
from host.proximity.fix import make_fix
from host.proximity.track import NEVER_MS
from host.registry.types import Zone
from host.service import views
from host.service.screen import DRAWN_MAX, Screen
from host.web.feed import Feed
from host.web.sight import LISTS
from protocol import record
from tests.host.driven_centre import REGISTRY, DrivenCentre, at_ms, with_order
from tests.host.proximity.pair import PLACE, shifted
from tests.host.random_day import DayMaker, random_days

CIRCLE = Zone("z1", "school", (PLACE,), radius_m=200)
SQUARE = Zone("z2", "work", tuple(shifted(PLACE, n, e) for n, e in ((0, 0), (0, 9), (9, 9))))
SHAPES: dict[str, set[str]] = {
    "orders": {
        *("order", "level", "condition", "reason", "assured_until", "unseen_since"),
        *("unassured_since", "alarm_at"),
        *("distance_m", "causes"),
        *("alert_m", "pre_alert_m", "contact_m", "strength", "zones"),
    },
    "positions": {
        *("order", "role", "unit", "person", "time", "lat", "lon", "accuracy_m", "source"),
        "believed",
    },
    "incidents": {
        *("incident", "order", "cause", "kind", "parts", "level", "priority", "state", "opened"),
        "since",
        *("changed", "due", "acknowledged_by", "sentence", "operator", "note", "verbs"),
        "shelving_max_min",
    },
    "deliveries": {
        *("delivery", "incident", "order", "recipient", "person", "channel", "state"),
        *("attempts", "at", "verbs"),
    },
    "units": {
        *("order", "unit", "role", "person", "connected", "battery", "last_contact"),
        *("lease_until", "alarms"),
    },
}


def shown(driven: DrivenCentre) -> dict[str, Any]:
    """The snapshot, as it arrives at the page."""
    screen = Screen(Feed(), lambda: driven.centre, catalogue(), Counter())
    told: dict[str, Any] = {kind: [] for kind in LISTS.values()}
    for kind, view in (picture for piece in screen.pieces(*screen.names()) for picture in piece()):
        told[LISTS[kind]].append(view)
    assert not screen.failure
    text = json.dumps(told | {"counters": screen.counters()}, allow_nan=False)
    read: dict[str, Any] = json.loads(text)
    return read


def test_no_piece_of_a_snapshot_is_longer_than_a_draw() -> None:
    orders = tuple(replace(REGISTRY.orders[0], id=f"O{n}") for n in range(2 * DRAWN_MAX + 1))
    driven = DrivenCentre(replace(REGISTRY, orders=orders))
    screen = Screen(Feed(), lambda: driven.centre, catalogue(), Counter())
    pieces = [len(piece()) for piece in screen.pieces(*screen.names())]
    assert pieces == [DRAWN_MAX, DRAWN_MAX, 1, len(REGISTRY.units)]


def test_never_is_nothing() -> None:
    assert [views.maybe_iso(at) for at in (None, 0, NEVER_MS)] == [None, None, None]


def test_before_anything_is_heard() -> None:
    told = shown(DrivenCentre())
    (order,) = told["orders"]
    assert (order["level"], order["condition"], order["distance_m"]) == ("clear", "unassured", None)
    assert order["causes"] == [{"cause": "victim:ana", "level": "clear", "distance_m": None}]
    assert (told["positions"], told["incidents"], told["deliveries"]) == ([], [], [])
    assert [(one["unit"], one["last_contact"], one["battery"]) for one in told["units"]] == [
        ("B1", None, None),
        ("V1", None, None),
    ]
    assert told["counters"] == {"order": None, "accepted": 0, "rejected": {}}


def test_an_approach_is_shown_as_it_is() -> None:
    driven = DrivenCentre(with_order(REGISTRY, zones=(CIRCLE, SQUARE)))
    driven.step(Connection("B1", True, at_ms(0)))
    driven.fix("V1", 1)
    driven.receive(
        "B1", 2, driven.sealers["B1"].fix(2, 300), driven.sealers["B1"].event(2, record.CASE)
    )
    driven.receive("B1", 3, b"nonsense")
    told = shown(driven)
    (order,) = told["orders"]
    assert (order["level"], order["condition"]) == ("alert", "watched")
    assert (order["distance_m"], order["assured_until"]) == (100.0, None)  # to the school's edge
    assert order["causes"][0] == {"cause": "victim:ana", "level": "alert", "distance_m": 300.0}
    assert [(zone["kind"], len(zone["ring"])) for zone in order["zones"]] == [
        ("circle", 1),
        ("polygon", 3),
    ]
    assert order["zones"][0]["ring"] == [[PLACE[1] / 1e7, PLACE[0] / 1e7]]
    his, hers = told["positions"]
    assert (his["role"], his["unit"], his["person"]) == ("offender", "B1", "juan")
    assert (hers["lat"], hers["lon"], hers["accuracy_m"]) == (14.6, -90.5, 5.0)
    assert his["believed"] is hers["believed"] is True
    unit = told["units"][0]
    assert (unit["connected"], unit["battery"], unit["alarms"]) == (True, 90, ["case"])
    assert unit["last_contact"] == iso(at_ms(2))
    assert told["counters"]["rejected"] == {"truncated": 1}
    sentences = [incident["sentence"] for incident in told["incidents"]]
    assert all(set(sentence) == {"es", "en"} for sentence in sentences)
    assert any("300 m" in sentence["en"] for sentence in sentences)


def test_a_promise_is_shown_with_its_end_and_a_doubt_with_its_reason() -> None:
    driven = DrivenCentre()
    driven.both(0, 20_000)
    (order,) = shown(driven)["orders"]
    assert (order["condition"], order["reason"]) == ("assured", "far")
    assert order["assured_until"] == iso(driven.centre.roster.orders["O1"].until_ms)
    driven.fix("B1", 1, 60_000)
    told = shown(driven)
    assert told["orders"][0]["assured_until"] is None
    assert told["orders"][0]["unseen_since"] is None
    assert told["orders"][0]["reason"] == "disbelieved"
    assert [one["believed"] for one in told["positions"]] == [False, True]


@pytest.mark.parametrize("north_m", [3_000, 5_000])
def test_a_silent_pair_is_unseen_since_its_promise_ran_out(north_m: int) -> None:
    driven = DrivenCentre()
    driven.both(0, north_m)
    told = []
    for at_s in (0, 200, 300):
        driven.step(now_s=at_s)
        (order,) = shown(driven)["orders"]
        told.append((order["condition"], (order["unseen_since"] or "")[:-2]))  # to 10 ms
    # Both move at 40 m/s from discs of 30 m up to the alert distance.
    ran_out = iso(at_ms((north_m - 500 - 2 * 30) / 80))[:-2]
    assert told == [("assured", ""), ("unassured", ran_out), ("unassured", ran_out)]


def test_a_promise_that_has_ended_is_shown_with_its_quiet_clock_and_then_as_an_alarm() -> None:
    driven = DrivenCentre()
    driven.both(0, 5_000)
    (order,) = shown(driven)["orders"]
    assert (order["unassured_since"], order["alarm_at"]) == (None, None)
    driven.step(now_s=60)
    told = shown(driven)
    (order,) = told["orders"]
    assert (order["condition"], told["incidents"]) == ("unassured", [])
    assert order["unassured_since"] < order["alarm_at"]
    state = driven.centre.roster.orders["O1"]
    driven.step(now_s=(state.quiet_ms - at_ms(0)) / 1000 + 1)
    told = shown(driven)
    assert told["orders"][0]["alarm_at"] is None
    assert [(one["cause"], one["parts"]) for one in told["incidents"]] == [
        ("assurance", {"unassured": True})
    ]


def test_an_order_that_was_not_looked_at_yet_is_no_alarm() -> None:
    centre = Centre(REGISTRY, at_ms(0), b"secret")
    told = views.order_view(centre.roster.orders["O1"])
    assert (told["condition"], told["reason"]) == ("unassured", "new_order")
    assert told["unassured_since"] is None
    assert told["alarm_at"] == iso(at_ms(60))
    centre.step([], at_ms(0))
    assert views.order_view(centre.roster.orders["O1"])["alarm_at"] == iso(at_ms(60))


def test_a_fixed_place_is_shown_without_a_unit_or_a_time() -> None:
    driven = DrivenCentre()
    driven.step(Placed("ana", make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True), at_ms(0)))
    (place,) = shown(driven)["positions"]
    assert (place["unit"], place["time"], place["accuracy_m"]) == ("", None, 0)


@pytest.mark.parametrize("pct", [255, 101])
def test_a_battery_that_nobody_can_have_is_unknown(pct: int) -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, battery=pct)
    assert views.unit_view(driven.centre, "B1")["battery"] is None


@given(random_days)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_it_can_be_shown(day: list[Any]) -> None:
    author = DayMaker()
    author.inputs(day)
    told = shown(author.driven)
    for name, keys in SHAPES.items():
        assert all(set(one) == keys for one in told[name])
    restarted = author.driven
    restarted.restart()
    assert {one["order"] for one in shown(restarted)["orders"]} == {"O1", "O2"}
