"""Many pages in one browser: one line to the centre between them all, and no event lost."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.web.browser import Watched, alarms
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live

PAGES = 8  # two more than the connections that a browser has for one host
BURST = 100
Open = Callable[[int], list[Page]]


@pytest.fixture
def tabs(context: BrowserContext, server: ConsoleServer, played: PlayedHost) -> Iterator[Open]:
    """Opens so many pages, one after the other."""
    opened: list[Watched] = []

    def open_tabs(n: int) -> list[Page]:
        for _ in range(n):
            watched = Watched(context.new_page())
            opened.append(watched)
            watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
            watched.open(server.url)
            played.beat()  # a line that hears nothing for 12 s is begun anew
        return [watched.page for watched in opened[-n:]]

    yield open_tabs
    for watched in opened:
        watched.page.close()
        assert watched.wrong == []


class Snapshots:
    """Counts how often the host was asked for one, and can hold one back that is made already."""

    def __init__(self, played: PlayedHost) -> None:
        self.made = 0
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._make = played.snapshot

    def __call__(self, wanted: Any = None) -> dict[str, Any]:
        shown = self._make(wanted)
        self.made += 1
        self.begun.set()
        self.go_on.wait(20)
        return shown


@pytest.fixture
def snapshots(played: PlayedHost, monkeypatch: pytest.MonkeyPatch) -> Snapshots:
    snapshots = Snapshots(played)
    monkeypatch.setattr(played, "snapshot", snapshots)
    return snapshots


def test_eight_pages_of_one_browser_are_there_on_one_stream_and_each_can_act(
    tabs: Open, context: BrowserContext, played: PlayedHost, feed: Feed
) -> None:
    streams = feed.counters()["followed"]
    pages = tabs(PAGES)
    assert feed.counters()["followed"] == streams + 1
    for n, page in enumerate(pages):
        played.beat()
        played.incident(f"I-{n}", level="alert", priority=2)
        for each in pages:
            expect(each.locator("alarm-queue .waiting")).to_have_count(1)
            expect(each.locator("alarm-queue [aria-selected=true]")).to_have_id(f"incident-I-{n}")
        context.clock.fast_forward(1_000)  # long enough to aim at it
        page.keyboard.press("a")
        for each in pages:
            expect(each.locator("alarm-queue .waiting")).to_have_count(0)
    assert [incident for incident, _ in played.acknowledged] == [f"I-{n}" for n in range(PAGES)]


def test_when_the_page_that_came_first_is_closed_the_others_miss_nothing(
    tabs: Open, played: PlayedHost, feed: Feed, snapshots: Snapshots
) -> None:
    first, *others = tabs(3)
    streams, made = feed.counters()["followed"], snapshots.made

    def tell() -> None:
        for n in range(BURST):
            played.incident(f"I-{n}", level="alert", priority=2)
            played.beat()
            time.sleep(0.01)

    telling = threading.Thread(target=tell)
    telling.start()
    expect(alarms(others[0]).first).to_be_visible()
    first.close()
    telling.join()
    for page in others:
        expect(page.locator("alarm-queue header")).to_contain_text(f"{BURST} en total")
    assert (feed.counters()["followed"], snapshots.made) == (streams, made)


def test_a_line_that_dies_is_begun_anew_by_the_pages_and_nothing_is_missed(
    tabs: Open, context: BrowserContext, played: PlayedHost, snapshots: Snapshots
) -> None:
    pages = tabs(2)
    made = snapshots.made
    assert context.browser
    browser = context.browser.new_browser_cdp_session()
    workers = browser.send("Target.getTargets", {"filter": [{"type": "shared_worker"}]})
    [line] = workers["targetInfos"]
    browser.send("Target.closeTarget", {"targetId": line["targetId"]})
    played.incident("I-1", level="alert", priority=2)
    context.clock.fast_forward(8_000)  # a heartbeat is missing
    for page in pages:
        expect(alarms(page)).to_have_id("incident-I-1")
    assert snapshots.made == made


def test_a_page_that_has_missed_an_event_asks_for_all_anew(
    tabs: Open, played: PlayedHost, snapshots: Snapshots
) -> None:
    [page] = tabs(1)
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(page)).to_have_count(1)
    page.evaluate(
        "import('/static/js/page-state.js').then(({ page: { store } }) => {"
        "store.apply('incident', { incident: 'I-1', state: 'normal' }); store.seen -= 1; })"
    )
    made = snapshots.made
    played.incident("I-2", level="breach", priority=1)
    expect(alarms(page)).to_have_count(2)
    assert snapshots.made == made + 1


def test_a_page_whose_snapshot_is_older_than_what_the_line_has_passed_on_asks_again(
    tabs: Open,
    context: BrowserContext,
    server: ConsoleServer,
    played: PlayedHost,
    snapshots: Snapshots,
) -> None:
    [before] = tabs(1)
    snapshots.begun.clear()
    snapshots.go_on.clear()
    asking = threading.Thread(target=httpx.get, args=(f"{server.url}api/v1/snapshot",))
    asking.start()
    assert snapshots.begun.wait(20)
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(before)).to_have_count(1)
    page = context.new_page()
    with page.expect_request("**/api/v1/snapshot"):
        page.goto(server.url)
    snapshots.go_on.set()
    asking.join()
    expect(alarms(page)).to_have_id("incident-I-1")
    page.close()
