"""The console in a real browser, on a server that stays while scenes change."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from host.base.catalogue import catalogue
from host.web.app import create_app
from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.accounts.people import hash_quickly
from tests.host.web.browser import LAPTOP, CurrentHost, Watched
from tests.host.web.client import MARTA
from tests.host.web.played_host import PlayedHost
from tests.host.web.staffed import Staffed

BROWSER = shutil.which("chromium-headless-shell")
MUTE = "--autoplay-policy=document-user-activation-required"  # as in a browser with a window


@pytest.fixture(scope="module")
def feed() -> Feed:
    return Feed()


@pytest.fixture(scope="module")
def current() -> CurrentHost:
    return CurrentHost()


@pytest.fixture(scope="module")
def server(current: CurrentHost, feed: Feed) -> Iterator[ConsoleServer]:
    server = ConsoleServer(create_app(current, feed, catalogue(), present=MARTA), feed, port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    assert BROWSER, "chromium-headless-shell is missing: run 'make browser'"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=[MUTE])
        # Without motion, drawing is quick on a machine without a GPU.
        context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        context.clock.install()
        yield context
        browser.close()


@pytest.fixture
def played(current: CurrentHost, feed: Feed) -> PlayedHost:
    current.played = PlayedHost(feed)
    return current.played


@pytest.fixture
def watched(context: BrowserContext, played: PlayedHost) -> Iterator[Watched]:
    page = context.new_page()
    watched = Watched(page)
    yield watched
    page.evaluate("localStorage.clear()")
    page.close()
    assert watched.wrong == []


@pytest.fixture
def page(watched: Watched, server: ConsoleServer) -> Page:
    """The console with its map."""
    watched.open(server.url)
    watched.page.locator("live-map[data-ready]").wait_for()
    return watched.page


@pytest.fixture
def plain(watched: Watched, server: ConsoleServer) -> Page:
    """The console in a browser that cannot draw maps: all else must work, and is quicker."""
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    watched.open(server.url)
    expect(watched.page.locator("live-map [role=alert]")).to_contain_text("Sin mapa")
    return watched.page


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    """A console with accounts, without a browser."""
    staffed = Staffed(tmp_path)
    yield staffed
    staffed.house.store.close()


@pytest.fixture(scope="package", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hash_quickly(patch)
        yield
