"""Who is answered by which route, and what of an answer: each role, each route, each event."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from host.accounts.may import Concern, Who
from host.accounts.right import RIGHTS, Right, StaffRole
from host.base.catalogue import catalogue
from host.escalation.act import Verb
from host.web.app import create_app, require_declared
from host.web.feed import Event, frame
from host.web.gate import Anybody, Asks
from host.web.sight import LISTS, Sight
from tests.host.web.client import SAME, Client
from tests.host.web.played_host import ORDER, STATION
from tests.host.web.staffed import LIMITS, Staffed


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    staffed = Staffed(tmp_path)
    yield staffed
    staffed.house.store.close()


def routes(app: FastAPI) -> list[tuple[str, str, Right | None]]:
    """(method, path, its right; None where strangers are answered) of the whole interface."""
    found: list[tuple[str, str, Right | None]] = []
    for route in (route for router in app.state.routers for route in router.routes):
        assert isinstance(route, APIRoute)
        (declared,) = [
            one.call for one in route.dependant.dependencies if isinstance(one.call, Asks | Anybody)
        ]
        right = declared.right if isinstance(declared, Asks) else None
        found += [(method, route.path, right) for method in sorted(route.methods or ())]
    return found


# What a request of each route needs to be looked at at all.
BODIES: dict[str, Any] = {
    "/session": {"account": "x", "password": "y"},
    "/session/totp": {"code": "1"},
    "/session/recovery": {"code": "1"},
    "/session/passkey": {"credential": {}},
    "/session/role": {"role": "operator"},
    "/session/unlock": {"password": "x"},
    "/account/password": {"password": "x"},
    "/account/totp": {"code": "1"},
    "/account/passkey": {"credential": {}},
    "/accounts": {"account": "eva", "name": "Eva", "roles": ["operator"]},
    "/accounts/{account}": {"name": "Eva", "roles": ["operator"]},
    "/tokens": {"token": "tablero", "role": "engineer", "days": 1},
    "/deliveries/{delivery}/call": {"reached": True},
}
# A machine has no session of its own to change.
OF_SESSIONS = {Right.SESSION, Right.OWN}


def asked(path: str, method: str) -> tuple[str, dict[str, Any]]:
    """The path with names in it, and what else is sent."""
    short = path.removeprefix("/api/v1")
    named = short.replace("{incident}", "I-1").replace("{verb}", "acknowledge")
    for name in ("delivery", "account", "token", "factor", "session"):
        named = named.replace("{" + name + "}", "x")
    body = {} if method in ("GET", "HEAD", "DELETE") else {"json": BODIES.get(short, {})}
    return named, body


def test_a_stranger_is_answered_by_nothing_but_the_log_in(staffed: Staffed) -> None:
    for method, path, right in routes(staffed.app):
        named, body = asked(path, method)
        answer = staffed.client.request(method, f"/api/v1{named}", headers=SAME, **body)
        reason = answer.json()["reason"] if answer.content else ""
        if right is None:
            assert (method, path, reason) == ("POST", "/api/v1/session", "wrong_password")
        else:
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_whoever_reaches_the_host_may_read_how_it_is_asked(staffed: Staffed) -> None:
    said = staffed.client.get("/api/v1/openapi.json").json()
    described = set(said["paths"])
    assert described == {path for _, path, _ in routes(staffed.app)}
    assert "Problem" in said["components"]["schemas"]


@pytest.mark.parametrize("role", StaffRole)
def test_each_route_answers_the_roles_of_its_right(staffed: Staffed, role: StaffRole) -> None:
    token = staffed.token(role)
    for method, path, right in routes(staffed.app):
        if right is None or right in OF_SESSIONS or path.endswith("/events"):
            continue
        named, body = asked(path, method)
        answer = staffed.by_token(token, method, named, **body)
        needed = {right}
        if path.endswith("/{verb}"):  # the verb's own right is judged with the incident's order
            needed.add(Right.ACKNOWLEDGE)
        allowed = all(role in RIGHTS[one] for one in needed)
        assert (answer.status_code != 403) == allowed, (method, path, answer.text)
        if not allowed and answer.content:
            assert answer.json()["reason"] == "not_of_role"


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("role", StaffRole)
def test_each_act_is_for_the_roles_of_its_right(
    staffed: Staffed, role: StaffRole, verb: Verb
) -> None:
    staffed.played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    staffed.played.call("D-1", recipient="victim")
    call = verb is Verb.CALL
    path = "/deliveries/D-1/call" if call else f"/incidents/I-1/{verb}"
    body = {"reached": True} if call else {"reason": "x", "minutes": 5}
    answer = staffed.by_token(staffed.token(role), "POST", path, json=body)
    may_see = call or role in RIGHTS[Right.VIEW_INCIDENTS]
    allowed = may_see and role in RIGHTS[Right(f"incidents.{verb}")]
    assert (answer.status_code == 200) == allowed, answer.text
    assert len(staffed.played.acts) == allowed


def test_what_was_refused_is_told_with_its_reason(staffed: Staffed) -> None:
    token = staffed.token(StaffRole.ENGINEER)
    for _ in range(3):
        staffed.by_token(token, "GET", "/accounts")
    told = [json.loads(one.data or b"") for one in staffed.house.accounts.witness.told(0, 99)]
    (refused,) = [one for one in told if one.get("why")]
    assert refused == {
        "account": "token:m0",
        "from": refused["from"],
        "role": "engineer",
        "right": "accounts.view",
        "why": "not_of_role",
    }


def test_a_route_without_a_right_does_not_start() -> None:
    router = APIRouter()

    @router.get("/api/v1/secrets")
    def secrets() -> str:
        return "x"

    with pytest.raises(TypeError, match="declares 0 rights"):
        require_declared(router)


# What of the stream somebody sees

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


# Sessions, cookies and forgery


def test_a_cookie_is_for_this_host_and_its_own_page_alone(staffed: Staffed) -> None:
    staffed.house.enrol()
    answer = staffed.log_in()
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    secure = staffed.client.request(
        "POST",
        "https://127.0.0.1:8000/api/v1/session",
        headers={"Sec-Fetch-Site": "same-origin"},
        json={"account": "ana", "password": "cuatro palabras bien largas"},
    )
    for cookie in secure.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-resguardo-")
        assert "Secure" in cookie.split("; ")


def test_nothing_is_changed_without_what_its_own_page_sends(staffed: Staffed) -> None:
    staffed.come_in("ana", StaffRole.ADMINISTRATOR)
    assert staffed.ask("GET", "/accounts").status_code == 200
    for forged in ("", "x", "0" * 64):
        answer = staffed.ask("POST", "/session/lock", headers={"X-CSRF-Token": forged})
        assert (answer.status_code, answer.json()["reason"]) == (403, "forged")
    assert staffed.ask("POST", "/session/lock").json()["locked"]
    assert staffed.ask("GET", "/accounts").json()["reason"] == "locked"
    assert staffed.ask("GET", "/account/factors").json()["reason"] == "locked"
    assert staffed.ask("GET", "/session").json()["locked"]


def test_who_waits_is_told_for_how_long(staffed: Staffed) -> None:
    staffed.house.enrol()
    for _ in range(5):
        assert staffed.log_in(password="not it").status_code == 403
    answer = staffed.log_in()
    assert (answer.status_code, answer.json()["reason"]) == (429, "wait")
    assert int(answer.headers["Retry-After"]) == 2


def test_a_stream_ends_when_its_session_does(staffed: Staffed) -> None:
    staffed.come_in("ana", StaffRole.OPERATOR)
    staffed.feed.close()
    assert staffed.ask("GET", "/events").status_code == 200
    assert staffed.ask("DELETE", "/session").status_code == 204
    assert staffed.ask("GET", "/events").json()["reason"] == "session_ended"


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer x", "Bearer resguardo_x"])
def test_a_token_that_is_none_opens_nothing(staffed: Staffed, header: str) -> None:
    answer = staffed.client.get("/api/v1/snapshot", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["reason"]) == (401, "unknown_token")


def test_a_token_needs_no_page_and_no_cookie_and_has_no_session(staffed: Staffed) -> None:
    token = staffed.token(StaffRole.SUPERVISOR)
    staffed.played.incident("I-1", level="alert", priority=2)
    assert staffed.by_token(token, "POST", "/incidents/I-1/acknowledge", json={}).status_code == 200
    assert staffed.played.acts[-1].operator == "token:m0"
    assert staffed.by_token(token, "GET", "/session").json()["account"] == "token:m0"
    for method, path, body in (
        ("POST", "/session/lock", {}),
        ("PUT", "/account/password", {"password": "x"}),
        ("POST", "/account/totp/options", {}),
    ):
        answer = staffed.by_token(token, method, path, json=body)
        assert (answer.status_code, answer.json()["reason"]) == (401, "no_session")


# What two people change at once, and what is asked for twice


def test_an_account_is_changed_by_whoever_saw_it_last(staffed: Staffed) -> None:
    staffed.come_in("ana", StaffRole.ADMINISTRATOR)
    made = staffed.ask(
        "POST", "/accounts", json={"account": "eva", "name": "Eva", "roles": ["operator"]}
    )
    assert made.status_code == 201
    assert staffed.house.log_in("eva", made.json()["invitation"])
    tag = staffed.ask("GET", "/accounts/eva").headers["ETag"]
    body = {"name": "Eva Choc", "roles": ["operator", "hotline"], "station": STATION}
    bare = staffed.ask("PUT", "/accounts/eva", json=body)
    assert (bare.status_code, bare.json()["reason"]) == (428, "no_condition")
    changed = staffed.ask("PUT", "/accounts/eva", json=body, headers={"If-Match": tag})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    late = staffed.ask("PUT", "/accounts/eva", json=body, headers={"If-Match": tag})
    assert (late.status_code, late.json()["reason"]) == (412, "outdated")


def test_an_act_with_a_key_is_done_once(staffed: Staffed) -> None:
    token = staffed.token(StaffRole.OPERATOR)
    staffed.played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    path, keyed = "/incidents/I-1/shelve", {"Idempotency-Key": "a7"}
    body = {"reason": "hearing", "minutes": 5}
    first, second = (
        staffed.by_token(token, "POST", path, json=body, headers=keyed) for _ in range(2)
    )
    assert first.json() == second.json()
    assert len(staffed.played.acts) == 1
    other = staffed.by_token(token, "POST", path, json={**body, "minutes": 6}, headers=keyed)
    assert (other.status_code, other.json()["reason"]) == (409, "key_taken")
    another = staffed.token(StaffRole.OPERATOR)
    elsewhere = staffed.by_token(another, "POST", path, headers=keyed, json=body)
    assert elsewhere.status_code == 409
    assert elsewhere.json()["reason"] != "key_taken"  # another machine's key is its own


def test_what_was_refused_may_be_tried_again_with_its_key(staffed: Staffed) -> None:
    token = staffed.token(StaffRole.OPERATOR)
    keyed = {"Idempotency-Key": "b8"}
    path = "/incidents/I-2/acknowledge"
    assert staffed.by_token(token, "POST", path, json={}, headers=keyed).status_code == 404
    staffed.played.incident("I-2", level="alert", priority=2)
    assert staffed.by_token(token, "POST", path, json={}, headers=keyed).status_code == 200


def test_lists_go_on_where_they_ended(staffed: Staffed) -> None:
    for name in ("eva", "luz", "ana", "sol", "mar"):
        staffed.house.add(name, StaffRole.ADMINISTRATOR)
    token = staffed.token(StaffRole.ADMINISTRATOR)
    names, after = [], ""
    while after is not None:
        page = staffed.by_token(token, "GET", f"/accounts?limit=2&after={after}").json()
        names += [one["account"] for one in page["accounts"]]
        after = page["next"]
    assert names == ["ana", "eva", "luz", "mar", "sol"]
    auditor = staffed.token(StaffRole.AUDITOR)
    numbers, at = [], 0
    while at is not None:
        page = staffed.by_token(auditor, "GET", f"/access?limit=3&after={at}").json()
        numbers += [one["number"] for one in page["entries"]]
        at = page["next"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_nobody_is_present_where_nobody_was_said_to_be(staffed: Staffed) -> None:
    bare = Client(create_app(staffed.played, staffed.feed, catalogue()))
    answer = bare.get("/api/v1/snapshot")
    assert (answer.status_code, answer.json()["reason"]) == (401, "no_accounts")
