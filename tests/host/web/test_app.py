"""The console's routes: what they answer, whom they refuse, what they send along."""

import asyncio
import base64
import hashlib
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from host.accounts.may import Concern
from host.accounts.right import Right
from host.base.catalogue import catalogue
from host.base.errors import ResguardoError, UsageError
from host.web.app import create_app
from host.web.feed import Feed
from host.web.page import STATIC, VENDOR
from host.web.server import ConsoleServer
from host.web.sight import Sight
from host.web.streams import EventStream, Streams, TooManyStreams
from tests.host.web.client import MARTA, SAME, Client
from tests.host.web.played_host import ORDER, PlayedHost


@pytest.fixture
def feed() -> Feed:
    return Feed(first_id=100, capacity=64)


@pytest.fixture
def played(feed: Feed) -> PlayedHost:
    return PlayedHost(feed)


WHOLE = Sight(MARTA, Concern)


@pytest.fixture
def client(played: PlayedHost, feed: Feed) -> Client:
    return Client(create_app(played, feed, catalogue(), present=MARTA))


def events(text: str) -> list[tuple[int, str, Any]]:
    """(number, type, data) of each server-sent event in a finished stream."""
    found = re.findall(r"id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n", text)
    return [(int(number), kind, json.loads(data)) for number, kind, data in found]


# The page


def test_the_page_is_in_the_first_language_and_carries_its_words_in_all(client: Client) -> None:
    page = client.get("/").text
    assert '<html lang="es">' in page
    assert "Resguardo, centro de monitoreo" in page
    words = re.search(r'id="texts">(.*?)</script>', page, re.DOTALL)
    assert words is not None
    texts = json.loads(words[1])
    assert texts["es"].keys() == texts["en"].keys()
    assert texts["en"]["queue.acknowledge"] == "Acknowledge"


def test_every_text_that_a_script_names_is_there(client: Client) -> None:
    words = re.search(r'id="texts">(.*?)</script>', client.get("/").text, re.DOTALL)
    assert words is not None
    known = json.loads(words[1])["es"]
    used = {
        key
        for script in (STATIC / "js").glob("*.js")
        for key in re.findall(r'"([a-z_]+\.[a-z_.]+)"', script.read_text())
        if not key.startswith(("resguardo.", "style."))  # what is stored; what the map tells
    }
    assert used
    assert used - known.keys() - set(Right) == set()


def test_every_answer_has_the_security_headers(client: Client) -> None:
    for path in (
        "/",
        "/api/v1/snapshot",
        "/static/js/app.js",
        "/nowhere",
        "/static/vendor/lit/index.js",
    ):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["connect-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] in ("no-store", "no-cache")


def test_the_policy_allows_the_one_inline_script_and_no_other(client: Client) -> None:
    answer = client.get("/")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
    inline = [body for attributes, body in scripts if "importmap" in attributes]
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    kinds = {re.search(r'type="([^"]+)"', attributes)[1] for attributes, _ in scripts}  # type: ignore[index]
    assert kinds == {"application/json", "importmap", "module"}
    assert not re.search(r"\s(on\w+|style)=", answer.text)


def test_only_the_listed_packages_are_served(client: Client) -> None:
    assert client.get("/static/vendor/lit/index.js").headers["content-type"].startswith("text/java")
    assert client.get("/static/vendor/maplibre-gl/maplibre-gl.mjs").status_code == 200
    for path in ("typescript/package.json", "lit/../typescript/package.json", ".package-lock.json"):
        assert client.get(f"/static/vendor/{path}").status_code == 404
    assert "typescript" not in VENDOR


def test_missing_libraries_are_named_with_their_remedy(feed: Feed, tmp_path: Path) -> None:
    with pytest.raises(ResguardoError, match="make web"):
        create_app(PlayedHost(feed), feed, catalogue(), present=MARTA, modules=tmp_path)


# The snapshot and the events


def test_the_snapshot_has_the_number_it_stands_at(client: Client, feed: Feed) -> None:
    shown = client.get("/api/v1/snapshot").json()
    assert shown["id"] == feed.last_id
    assert [order["order"] for order in shown["orders"]] == [ORDER]
    assert shown["console"]["feed"]["published"] == 5


def test_a_new_page_gets_a_snapshot_and_then_events(
    client: Client, played: PlayedHost, feed: Feed
) -> None:
    before = feed.last_id
    feed.close()
    [(number, kind, shown)] = events(client.get("/api/v1/events").text)
    assert (number, kind) == (before, "snapshot")
    assert {position["role"] for position in shown["positions"]} == {"offender", "victim"}


@pytest.mark.parametrize("way", ["header", "query", "both"])
def test_a_page_that_returns_gets_only_what_it_missed(
    client: Client, played: PlayedHost, feed: Feed, way: str
) -> None:
    seen = feed.last_id
    played.beat()
    played.incident("I-1", level="alert", priority=2)
    feed.close()
    headers = {"Last-Event-ID": str(seen)} if way != "query" else {}
    query = {"after": seen if way == "query" else 1} if way != "header" else {}
    got = events(client.get("/api/v1/events", headers=headers, params=query).text)
    assert [(number - seen, kind) for number, kind, _ in got] == [(1, "heartbeat"), (2, "incident")]
    assert got[1][2]["order"] == ORDER


@pytest.mark.parametrize("seen", [1, 10**15])
def test_after_a_gap_comes_a_snapshot(client: Client, feed: Feed, seen: int) -> None:
    feed.close()
    got = events(client.get("/api/v1/events", headers={"Last-Event-ID": str(seen)}).text)
    assert [(number, kind) for number, kind, _ in got] == [(feed.last_id, "snapshot")]
    assert feed.counters()["gaps"] == 1


@pytest.mark.parametrize("seen", ["x", "-1", "1e3", str(2**53)])
def test_a_number_that_is_none_is_refused(client: Client, seen: str) -> None:
    answer = client.get("/api/v1/events", headers={"Last-Event-ID": seen})
    assert (answer.status_code, answer.json()["reason"]) == (422, "bad_input")
    assert "last-event-id" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/v1/snapshot", "/api/v1/events"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_cannot_make_the_centre_work(
    client: Client, feed: Feed, path: str, site: str
) -> None:
    feed.close()
    answer = client.get(path, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["reason"]) == (403, "foreign_origin")
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200
    for own in ("same-origin", "none"):
        assert client.get("/api/v1/snapshot", headers={"Sec-Fetch-Site": own}).status_code == 200


def test_no_more_streams_than_the_limit(played: PlayedHost, feed: Feed) -> None:
    with pytest.raises(TooManyStreams, match="0 pages are open"):
        asyncio.run(Streams(played, feed, limit=0).open(None, WHOLE, lambda: True))


def test_pages_that_open_at_once_share_a_snapshot_and_the_limit(
    played: PlayedHost, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    snapshot = played.snapshot

    def slow(_: Any = None) -> dict[str, Any]:
        made.append(len(made))
        time.sleep(0.05)
        return snapshot()

    monkeypatch.setattr(played, "snapshot", slow)

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def unread(_: Any) -> None:
        raise OSError("the page has closed")

    async def burst() -> list[int]:
        streams = Streams(played, feed, limit=3)
        opened = await asyncio.gather(
            *(streams.open(None, WHOLE, lambda: True) for _ in range(20)), return_exceptions=True
        )
        served = [one for one in opened if isinstance(one, EventStream)]
        refused = [one for one in opened if isinstance(one, TooManyStreams)]
        for one in served:  # each closes before it is begun
            with pytest.raises(ClientDisconnect):
                await one({"type": "http", "asgi": {"spec_version": "2.4"}}, gone, unread)
        await streams.open(None, WHOLE, lambda: True)
        return [len(served), len(refused)]

    assert asyncio.run(burst()) == [3, 17]
    assert len(made) == 2  # one for the burst, and one for the page that came after it


def test_a_host_that_cannot_answer_is_said_before_the_stream_begins(
    client: Client, played: PlayedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any = None) -> dict[str, Any]:
        raise ResguardoError("the host is too busy: try again")

    monkeypatch.setattr(played, "snapshot", fail)
    answer = client.get("/api/v1/events")
    assert (answer.status_code, answer.json()["reason"]) == (503, "failed")


def test_unknown_paths_and_methods_are_said_in_json(client: Client) -> None:
    assert client.get("/docs").json()["reason"] == "unknown_path"
    wrong = client.request("PUT", "/api/v1/snapshot", json={}, headers=SAME)
    assert (wrong.status_code, wrong.json()["reason"]) == (405, "wrong_method")


# The server


@pytest.fixture
def server(played: PlayedHost, feed: Feed) -> Iterator[ConsoleServer]:
    server = ConsoleServer(create_app(played, feed, catalogue(), present=MARTA), feed, port=0)
    server.start()
    yield server
    server.stop()


def test_events_arrive_as_they_happen_and_end_when_the_host_stops(
    server: ConsoleServer, played: PlayedHost
) -> None:
    with httpx.stream("GET", f"{server.url}api/v1/events", timeout=10) as answer:
        lines = answer.iter_lines()
        kinds = (line.removeprefix("event: ") for line in lines if line.startswith("event: "))
        assert next(kinds) == "snapshot"
        played.incident("I-1", level="alert", priority=2)
        assert next(kinds) == "incident"
        server.stop()
        assert list(kinds) == []


def test_a_page_that_does_not_read_is_cut_off_and_delays_nobody(
    server: ConsoleServer, played: PlayedHost, feed: Feed
) -> None:
    long = {"es": "x" * 2**16}  # sixteen megabytes in all: more than sockets hold for it
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as deaf:
        deaf.sendall(b"GET /api/v1/events HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        assert deaf.recv(16).startswith(b"HTTP/1.1 200")
        for _ in range(250):
            played.incident("I-1", level="alert", priority=2, sentence=long)
            time.sleep(0.001)
        assert httpx.get(f"{server.url}api/v1/snapshot", timeout=10).json()["id"] == feed.last_id
        while deaf.recv(65536):
            pass
    assert feed.counters()["cut_off"] == 1


def test_a_taken_port_and_a_public_address_are_refused(
    server: ConsoleServer, played: PlayedHost, feed: Feed
) -> None:
    app = create_app(played, feed, catalogue(), present=MARTA)
    with pytest.raises(ResguardoError, match=f"127.0.0.1:{server.port}.*another port"):
        ConsoleServer(app, feed, port=server.port).start()
    for public in ("0.0.0.0", "::", "192.0.2.1", "centre.example"):
        with pytest.raises(UsageError, match="in the clear"):
            ConsoleServer(app, feed, host=public)
