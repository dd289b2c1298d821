"""Sessions, cookies, tokens and forgery, as routes have them; and what is asked for twice."""

import json

import pytest

from host.accounts.right import StaffRole
from host.base.catalogue import catalogue
from host.escalation.act import Verb
from host.web.app import create_app
from tests.host.web.client import Client
from tests.host.web.played_host import STATION
from tests.host.web.staffed import Staffed


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


def test_what_is_refused_further_on_is_told_too(staffed: Staffed) -> None:
    staffed.come_in("ana", StaffRole.ADMINISTRATOR)
    body = {"name": "Ana", "roles": ["operator"]}
    answer = staffed.ask("PUT", "/accounts/ana", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["reason"]) == (403, "own_account")
    (told,) = [
        json.loads(one.data or b"")
        for one in staffed.house.accounts.witness.told(0, 100)
        if one.kind == "refused"
    ]
    assert (told["right"], told["why"]) == ("PUT /api/v1/accounts/ana", "own_account")


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
