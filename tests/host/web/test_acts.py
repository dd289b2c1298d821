"""What operators do through the console's routes, and what nobody may do."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from host.base.catalogue import catalogue
from host.escalation.act import Act, Verb
from host.web.app import create_app
from host.web.feed import Feed
from host.web.guard import BODY_LIMIT
from tests.host.web.client import MARTA, OWN, SAME, Client
from tests.host.web.played_host import PlayedHost


@pytest.fixture
def client(played: PlayedHost, feed: Feed) -> Client:
    return Client(create_app(played, feed, catalogue(), present=MARTA))


def acknowledge(client: Client, incident: str = "I-1", **more: Any) -> httpx.Response:
    request = {"json": {}, "headers": SAME} | more
    return client.request("POST", f"/api/v1/incidents/{incident}/acknowledge", **request)


def act(client: Client, path: str, **body: Any) -> tuple[int, str]:
    """Status, and the new state or the reason of the refusal."""
    request = {"json": body, "headers": SAME}
    answer = client.request("POST", f"/api/v1/{path}", **request)
    told = answer.json()
    return answer.status_code, told.get("reason") or told["state"]


def test_an_operator_acknowledges_once(client: Client, played: PlayedHost) -> None:
    played.incident("I-1", level="alert", priority=2)
    answer = acknowledge(client)
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    assert played.acknowledged == [("I-1", MARTA.account)]
    again = acknowledge(client)
    assert (again.status_code, again.json()["reason"]) == (409, "already_acknowledged")


def test_an_unknown_incident_is_not_found(client: Client) -> None:
    answer = acknowledge(client, "I-9")
    assert (answer.status_code, answer.json()["reason"]) == (404, "unknown_incident")
    assert "I-9" in answer.json()["detail"]


def test_an_operator_does_with_an_incident_whatever_the_host_knows(
    client: Client, played: PlayedHost
) -> None:
    played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    assert act(client, "incidents/I-1/shelve", reason=" hearing ", minutes=15) == (200, "shelved")
    assert act(client, "incidents/I-1/resume") == (200, "unacknowledged")
    played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    assert act(client, "incidents/I-1/withdraw", reason="antenna") == (200, "out_of_service")
    played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    assert act(client, "incidents/I-1/resolve", reason="a mistake") == (200, "normal")
    assert played.acts == [
        Act(Verb.SHELVE, "I-1", MARTA.account, reason="hearing", for_ms=900_000),
        Act(Verb.RESUME, "I-1", MARTA.account),
        Act(Verb.WITHDRAW, "I-1", MARTA.account, reason="antenna"),
        Act(Verb.RESOLVE, "I-1", MARTA.account, reason="a mistake"),
    ]


@pytest.mark.parametrize(("reached", "state"), [(True, "answered"), (False, "failed")])
def test_what_came_of_a_call_is_told(
    client: Client, played: PlayedHost, reached: bool, state: str
) -> None:
    played.call("D-1", recipient="victim")
    assert act(client, "deliveries/D-1/call", reached=reached) == (200, state)
    assert act(client, "deliveries/D-1/call", reached=reached)[0] == 409
    assert act(client, "deliveries/D-9/call", reached=reached) == (404, "unknown_delivery")
    assert [did.reached for did in played.acts] == [reached]


@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("incidents/I-1/resolve", {"reason": " "}, (409, "no_reason")),
        ("incidents/I-1/resolve", {"reason": "x" * 201}, (422, "bad_input")),
        ("incidents/I-1/resolve", {"reason": "a\nb"}, (422, "bad_input")),
        ("incidents/I-1/shelve", {"reason": "x"}, (409, "bad_time")),
        ("incidents/I-1/shelve", {"reason": "x", "minutes": 61}, (409, "bad_time")),
        ("incidents/I-1/shelve", {"reason": "x", "minutes": -1}, (422, "bad_input")),
        ("incidents/I-1/shelve", {"reason": "x", "minutes": 10**9}, (422, "bad_input")),
        ("incidents/I-1/shelve", {"reason": "x", "minutes": "5"}, (422, "bad_input")),
        ("incidents/I-1/dance", {}, (422, "bad_input")),
        ("incidents/I-1/call", {}, (404, "unknown_delivery")),
        ("deliveries/D-1/call", {}, (422, "bad_input")),
        ("deliveries/D-1/call", {"reached": "yes"}, (422, "bad_input")),
        ("deliveries/D-1/resolve", {"reason": "x"}, (404, "unknown_path")),
    ],
)
def test_what_an_operator_may_not_do_is_refused(
    client: Client, played: PlayedHost, path: str, body: dict[str, Any], refused: tuple[int, str]
) -> None:
    played.incident("I-1", level="alert", priority=2, verbs=[*Verb])
    played.call("D-1", recipient="victim")
    assert act(client, path, **body) == refused
    assert played.acts == []
    assert client.get("/api/v1/snapshot").json()["console"]["refused"] == {refused[1]: 1}


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"headers": {}}, 403, "foreign_origin"),
        ({"headers": {"Sec-Fetch-Site": "cross-site", "Origin": OWN}}, 403, "foreign_origin"),
        ({"headers": {"Sec-Fetch-Site": "none"}}, 403, "foreign_origin"),
        ({"headers": {"Origin": "http://elsewhere.example"}}, 403, "foreign_origin"),
        ({"headers": {"Origin": "null"}}, 403, "foreign_origin"),
        ({"headers": SAME | {"Host": "elsewhere.example"}}, 421, "foreign_host"),
        ({"headers": SAME | {"Host": "127.0.0.1.elsewhere.example:8000"}}, 421, "foreign_host"),
        ({"headers": SAME | {"Content-Type": "text/plain"}}, 415, "not_json"),
        ({"json": None, "data": {"reason": "x"}}, 415, "not_json"),
        ({"json": {"reason": "x" * BODY_LIMIT}}, 413, "too_large"),
        ({"json": []}, 422, "bad_input"),
        ({"json": {"reason": "a\nb"}}, 422, "bad_input"),
        ({"json": {"reason": "x" * 201}}, 422, "bad_input"),
        ({"json": {"reason": 7}}, 422, "bad_input"),
        ({"json": {"operator": "another"}}, 422, "bad_input"),
    ],
)
def test_what_is_foreign_or_malformed_is_refused_and_counted(
    client: Client, played: PlayedHost, changes: dict[str, Any], status: int, reason: str
) -> None:
    played.incident("I-1", level="alert", priority=2)
    answer = acknowledge(client, **changes)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert answer.json()["detail"]
    assert played.acknowledged == []
    assert client.get("/api/v1/snapshot").json()["console"]["refused"] == {reason: 1}


def test_an_old_browser_is_known_by_its_origin(client: Client, played: PlayedHost) -> None:
    played.incident("I-1", level="alert", priority=2)
    assert acknowledge(client, headers={"Origin": OWN}).status_code == 200


def test_a_length_beside_chunks_counts_for_nothing(client: Client) -> None:
    both = {"Content-Length": "2", "Transfer-Encoding": "chunked"}
    answer = acknowledge(client, headers={**SAME, **both})
    assert (answer.status_code, answer.json()["reason"]) == (411, "no_length")


def test_a_body_of_unsaid_length_is_refused(client: Client) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"reason": "x"}'

    answer = acknowledge(
        client,
        json=None,
        content=body(),
        headers=SAME | {"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["reason"]) == (411, "no_length")
