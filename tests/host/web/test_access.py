"""Who is answered by which route, and what of an answer: each role, each route, each event."""

import json
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from host.accounts.right import RIGHTS, Right, StaffRole
from host.escalation.act import Verb
from host.web.app import require_declared
from host.web.gate import Anybody, Asks
from host.web.routes import API
from tests.host.web.client import SAME
from tests.host.web.staffed import Staffed


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


# What anybody may ask of the host: whether it lives.
OF_STATE = {"/health", "/ready"}


def asked(path: str, method: str) -> tuple[str, dict[str, Any]]:
    """The path with names in it, and what else is sent."""
    short = path.removeprefix(API)
    named = short.replace("{incident}", "I-1").replace("{verb}", "acknowledge")
    for name in ("delivery", "account", "token", "factor", "session"):
        named = named.replace("{" + name + "}", "x")
    body = {} if method in ("GET", "HEAD", "DELETE") else {"json": BODIES.get(short, {})}
    return (f"{API}{named}" if path.startswith(API) else path), body


def test_a_stranger_is_answered_by_nothing_but_the_log_in(staffed: Staffed) -> None:
    for method, path, right in routes(staffed.app):
        named, body = asked(path, method)
        answer = staffed.client.request(method, named, headers=SAME, **body)
        reason = answer.json().get("reason", "") if answer.content else ""
        if path in OF_STATE:
            assert (answer.status_code, right) == (200, None)
        elif right is None:
            assert (method, path, reason) == ("POST", "/api/v1/session", "wrong_password")
        else:
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_whoever_reaches_the_host_may_read_how_it_is_asked(staffed: Staffed) -> None:
    said = staffed.client.get("/api/v1/openapi.json").json()
    described = set(said["paths"])
    assert described == {path for _, path, _ in routes(staffed.app) if path.startswith(API)}
    assert "Problem" in said["components"]["schemas"]


@pytest.mark.parametrize("role", StaffRole)
def test_each_route_answers_the_roles_of_its_right(staffed: Staffed, role: StaffRole) -> None:
    token = staffed.token(role)
    for method, path, right in routes(staffed.app):
        if right is None or right in OF_SESSIONS or path.endswith("/events"):
            continue
        named, body = asked(path, method)
        headers = {"Authorization": f"Bearer {token}"}
        answer = staffed.client.request(method, named, headers=headers, **body)
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


def test_whether_it_is_ready_says_what_is_missing(staffed: Staffed) -> None:
    assert staffed.client.get("/ready").json() == {"ready": True, "lacks": []}
    staffed.played.lacking = ["broker"]
    answer = staffed.client.get("/ready")
    assert (answer.status_code, answer.json()["lacks"]) == (503, ["broker"])
    assert staffed.client.get("/health").json() == {"alive": True}


def test_its_numbers_are_for_whoever_looks_after_it(staffed: Staffed) -> None:
    headers = {"Authorization": f"Bearer {staffed.token(StaffRole.ENGINEER)}"}
    answer = staffed.client.get("/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.text == "resguardo_records_total 12.0\n"
