"""What of the stream, and of a snapshot, each role sees: every kind of event is read as each."""

import json
from typing import Any

import pytest

from host.accounts.may import Concern, Who
from host.accounts.right import RIGHTS, Right, StaffRole
from host.escalation.act import Verb
from host.web.feed import Event, frame
from host.web.sight import LISTS, Sight
from tests.host.web.played_host import ORDER
from tests.host.web.staffed import LIMITS, Staffed

ALL_KINDS = [
    ("order", Right.VIEW_ORDERS),
    ("position", Right.VIEW_POSITIONS),
    ("incident", Right.VIEW_INCIDENTS),
    ("delivery", Right.VIEW_INCIDENTS),
    ("unit", Right.VIEW_UNITS),
    ("counters", Right.VIEW_HOST),
]


def events(staffed: Staffed) -> list[Event]:
    """One of each kind, as they are published."""
    played = staffed.played
    played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    played.call("D-1", recipient="victim")
    played.beat()
    staffed.feed.publish({"type": "counters", "order": None, "accepted": 1, "rejected": {}})
    return list(staffed.feed._ring)


def picture(sent: bytes) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(sent.partition(b"\ndata: ")[2])
    return shown


def who(role: StaffRole, **more: Any) -> Who:
    return Who("x", role, **{**LIMITS.get(role, {}), **more})


@pytest.mark.parametrize("role", StaffRole)
def test_each_role_reads_each_event_that_its_rights_show(staffed: Staffed, role: StaffRole) -> None:
    sight = Sight(who(role), staffed.played.concern)
    rights = dict(ALL_KINDS)
    kinds = set()
    for event in events(staffed):
        kinds.add(event.kind)
        sent = sight.frame(event)
        shown = event.kind == "heartbeat" or role in RIGHTS[rights[event.kind]]
        assert bool(sent) == shown, event.kind
        if not sent:
            continue
        if event.kind in ("incident", "delivery"):
            for verb in picture(sent)["verbs"]:
                assert role in RIGHTS[Right(f"incidents.{verb}")]
        if event.kind == "unit" and role not in RIGHTS[Right.VIEW_ORDERS]:
            assert b"P-1" not in sent
            assert b"P-2" not in sent
            assert ORDER.encode() not in sent
    assert kinds == {*LISTS, "heartbeat", "counters"}


@pytest.mark.parametrize("role", StaffRole)
def test_a_party_to_an_order_reads_nothing_of_it(staffed: Staffed, role: StaffRole) -> None:
    for barred in (
        who(role, persons=frozenset({"P-1"})),
        who(role, court="Juzgado 9"),
        who(role, station="Comisaría 9"),
    ):
        sight = Sight(barred, staffed.played.concern)
        sent = [sight.frame(event) for event in events(staffed)]
        about = [one for one in sent if ORDER.encode() in one or b"P-1" in one or b"P-2" in one]
        if role is StaffRole.ENGINEER and not barred.persons:
            about = [one for one in about if b'"unit"' not in one]
        assert about == [], barred


@pytest.mark.parametrize("role", StaffRole)
def test_a_locked_page_reads_that_alarms_wait_and_no_more(
    staffed: Staffed, role: StaffRole
) -> None:
    sight = Sight(who(role, locked=True), staffed.played.concern)
    open_sight = Sight(who(role), staffed.played.concern)
    for event in events(staffed):
        sent = sight.frame(event)
        if event.kind == "incident" and open_sight.frame(event):
            shown = picture(sent)
            told = [shown[name] for name in ("priority", "state", "sentence", "verbs")]
            assert told == [2, "unacknowledged", {}, []]
        elif event.kind != "heartbeat":
            assert sent == b"", event.kind
        for name in (ORDER, "P-1", "P-2", "VU-0001", "BR-0001"):
            assert name.encode() not in sent


@pytest.mark.parametrize("role", StaffRole)
def test_a_snapshot_shows_what_the_stream_does(staffed: Staffed, role: StaffRole) -> None:
    published = events(staffed)
    answer = staffed.by_token(staffed.token(role), "GET", "/snapshot")
    if role not in RIGHTS[Right.WATCH]:
        assert answer.status_code == 403
        return
    shown = answer.json()
    sight = Sight(who(role), staffed.played.concern)
    for kind, name in (("order", "orders"), ("position", "positions"), ("unit", "units")):
        sent = [sight.frame(one) for one in published if one.kind == kind]
        wanted = [picture(one) for one in sent if one]
        assert [{**one, "id": 0} for one in shown[name]] == [{**one, "id": 0} for one in wanted]
    assert ("console" in shown) == (role in RIGHTS[Right.VIEW_HOST])


def test_an_event_of_an_unknown_kind_is_for_nobody_in_part() -> None:
    event = Event(1, "another", "O1", frame(1, "another", {"order": "O1"}))
    assert Sight(who(StaffRole.OFFICER), Concern).frame(event) == b""
