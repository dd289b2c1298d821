"""HEAD is answered wherever GET is (RFC 9110, 9.1 and 9.3.2): the same, without the content."""

import ast
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.base.catalogue import catalogue
from host.web import routes
from host.web.app import create_app
from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.web.client import MARTA
from tests.host.web.played_host import PlayedHost

# Headers that an answer to HEAD may leave out: worked out only while the content is made.
_OF_CONTENT = ("content-length", "transfer-encoding", "date")


@pytest.fixture(scope="module")
def console() -> Iterator[ConsoleServer]:
    feed = Feed()
    server = ConsoleServer(
        create_app(PlayedHost(feed), feed, catalogue(), present=MARTA), feed, port=0
    )
    server.start()
    yield server
    server.stop()


def asked(console: ConsoleServer, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, the first of the content) over a real connection."""
    connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=10)
    try:
        connection.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read1(64)
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/api/v1/snapshot", "/api/v1/events", "/static/css/console.css", "/static/icon.svg"],
)
def test_head_is_get_without_content(console: ConsoleServer, path: str) -> None:
    status, headers, content = asked(console, "GET", path)
    assert (status, bool(content)) == (200, True)
    told = asked(console, "HEAD", path)
    assert (told[0], told[2]) == (200, b"")
    for answered in (headers, told[1]):
        for name in _OF_CONTENT:
            answered.pop(name, None)
    assert told[1] == headers


def test_an_error_is_the_same_for_both(console: ConsoleServer) -> None:
    assert asked(console, "HEAD", "/none")[0] == asked(console, "GET", "/none")[0] == 404
    assert asked(console, "HEAD", "/api/v1/incidents/x/acknowledge")[0] == 405


@pytest.mark.parametrize(
    "module", sorted(Path(routes.__path__[0]).glob("*.py")), ids=lambda one: one.stem
)
def test_no_route_is_for_get_alone(module: Path) -> None:
    decorators = [
        ast.unparse(decorator)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
    ]
    assert [one for one in decorators if ".get(" in one or "'GET'" in one] == []


def test_head_opens_no_stream() -> None:
    feed = Feed()
    server = ConsoleServer(
        create_app(PlayedHost(feed), feed, catalogue(), present=MARTA), feed, port=0
    )
    server.start()
    for _ in range(3):
        asked(server, "HEAD", "/api/v1/events")
    assert feed.counters()["followed"] == 0
    server.stop()
