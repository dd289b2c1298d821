"""A real browser's page under watch, and questions to it."""

import json
import time
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize, expect

from host.accounts.may import Concern
from host.escalation.act import Act, Verb
from host.web.face import Wanted
from host.web.page import MODULES
from tests.host.web.played_host import ORDER, PlayedHost

LAPTOP: ViewportSize = {"width": 1366, "height": 768}
SILENCE_MS = 13_000  # after twelve seconds the page must say so
LOOKED_ON_S = 30.0
GPU = "GPU stall"  # what a browser without one says of its own drawing


class CurrentHost:
    """The host's face over whichever played is played: the server stays, and its pages' cache."""

    played: PlayedHost

    def snapshot(self, wanted: Wanted | None = None) -> dict[str, Any]:
        return self.played.snapshot(wanted)

    def concern(self, order: str) -> Concern:
        return self.played.concern(order)

    def order_of(self, verb: Verb, subject: str) -> str | None:
        return self.played.order_of(verb, subject)

    def alive(self) -> bool:
        return self.played.alive()

    def lacks(self) -> list[str]:
        return self.played.lacks()

    def metrics(self) -> bytes:
        return self.played.metrics()

    def act(self, act: Act) -> dict[str, Any]:
        return self.played.act(act)


class Watched:
    """A page, and what it must never do: fail, break its policy, ask anyone but its own host."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.urls: list[str] = []
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda request: self._asked(request.url))

    def open(self, url: str, order: str = ORDER) -> None:
        """Go there, and wait for the first snapshot, in which that order is selected."""
        self.urls.append(url)
        self.page.goto(url)
        expect(self.page.locator("order-panel")).to_contain_text(order)

    def open_untouched(self, url: str, until: str) -> None:
        """Go there, and wait until the script `until` is true, without a gesture: whatever
        Playwright evaluates or expects in a page counts as one of its reader's, and lets it sound.
        """
        self.urls.append(url)
        self.page.goto(url)
        onlooker = self.page.context.new_cdp_session(self.page)
        ends_at = time.monotonic() + LOOKED_ON_S
        asked = {"expression": f"Boolean({until})"}
        while not (said := onlooker.send("Runtime.evaluate", asked)["result"]).get("value"):
            assert time.monotonic() < ends_at, said
        onlooker.detach()

    def _asked(self, url: str) -> None:
        if not url.startswith((*self.urls, "data:")):
            self.wrong.append(url)

    def forgive(self, expected: str) -> None:
        """Forget complaints that the test itself provoked."""
        self.wrong = [wrong for wrong in self.wrong if expected not in wrong]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" or (kind == "warning" and GPU not in text and "Audio" not in text):
            self.wrong.append(text)


def alarms(page: Page) -> Locator:
    return page.locator("alarm-queue [role=option]")


def page_state(page: Page, what: str) -> Any:
    """A property of the page's state."""
    return page.evaluate(f"import('/static/js/page-state.js').then(({{ page }}) => page.{what})")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, as "rule: element"."""
    page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(f"axe.run({{ runOnly: {json.dumps(tags)} }})")["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def rendered(page: Page, layer: str) -> list[dict[str, Any]]:
    """Properties of what the map shows in a layer, once it has come to rest."""
    asked = json.dumps({"layers": [layer]})
    found: list[dict[str, Any]] = page.evaluate(
        f"""new Promise((resolve) => {{
          const {{ map }} = document.querySelector('live-map');
          const read = () => map.queryRenderedFeatures({asked}).map((one) => one.properties);
          map.once('idle', () => resolve(read()));
          map.triggerRepaint();
        }})"""
    )
    return found
