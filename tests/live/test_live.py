"""The whole way of a fix with every part real: MicroPython, a broker, the host, a browser."""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from host.commands import cli
from simulator.judges.verdict import Verdict, judge
from simulator.scenario.scenario import Scenario
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.live import LiveWorld
from simulator.worlds.report import Event
from tests.host.web.browser import LAPTOP, Watched, alarms
from tests.host.web.conftest import BROWSER
from tests.simulator.scenes import scene

pytestmark = pytest.mark.live

SPEED = 4.0  # more is too much for a busy machine
APPEARS_MS = 30_000


class Run:
    """A scenario that plays in a thread while the test looks on."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.events: list[Event] = []
        self.verdict: Verdict | None = None
        self._scenario = scenario
        self._chronicle = Chronicle(scenario, self.events.append)
        self._live = LiveWorld(scenario, self._chronicle, folder, speed=SPEED)
        self._thread = threading.Thread(target=self._play)

    @contextmanager
    def playing(self) -> Iterator[str]:
        """From its start to its end; gives the console's address."""
        with self._live:
            self._thread.start()
            try:
                yield self._live.console_url
            except BaseException:
                self.end()
                raise
            finally:
                self._thread.join()

    def end(self) -> None:
        """Enough is seen."""
        self._live.end()

    def _play(self) -> None:
        account = self._live.run()
        self.verdict = judge(self._scenario, self._chronicle.facts, account)

    def told(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["type"] == kind]


@contextmanager
def _watched() -> Iterator[Watched]:
    assert BROWSER, "chromium-headless-shell is missing: run 'make browser'"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        page = browser.new_page(viewport=LAPTOP, reduced_motion="reduce")
        page.set_default_timeout(APPEARS_MS)
        watched = Watched(page)
        yield watched
        assert watched.wrong == []
        browser.close()


# How many alarms lower in the queue than the selected one a row is; below none when none is.
_LOWER = """row => {
  const rows = [...row.parentElement.children];
  return rows.indexOf(row) - rows.findIndex((one) => one.ariaSelected === "true");
}"""


def _press(page: Page, row: Locator, key: str, done: Callable[[], None]) -> None:
    """By keyboard, as a person does: look where the alarm is, go there, look, press, look.

    Other alarms may come in between and move it, or take the selection; then once more.
    """
    for _ in range(5):
        lower = row.evaluate(_LOWER)
        for _ in range(abs(lower)):
            page.keyboard.press("j" if lower > 0 else "k")
        with contextlib.suppress(AssertionError):
            expect(row).to_have_attribute("aria-selected", "true")
            page.keyboard.press(key)
            return done()
    raise AssertionError(f"{key} was pressed in vain: {row.inner_text()}")


def _acknowledge(page: Page, row: Locator) -> None:
    _press(page, row, "a", lambda: expect(row).to_contain_text("atendido"))


def _approach(north_m: int, to_m: int, **changes: Any) -> dict[str, Any]:
    legs = [{"move": "approach", "unit": "V1", "to_m": to_m, "speed_m_s": 8}]
    return {"units__B1__movement": {"at": {"north_m": north_m}, "legs": legs}, **changes}


def test_an_approach_is_seen_on_the_page_acknowledged_and_its_receipts_come_back(
    tmp_path: Path,
) -> None:
    run = Run(scene(tmp_path, duration_s=900, **_approach(700, 300)), tmp_path)
    with _watched() as watched, run.playing() as url:
        page = watched.page
        watched.urls.append(url)
        page.goto(url)
        row = alarms(page).filter(has_text="distancia de alerta")
        expect(row).to_be_visible(timeout=APPEARS_MS)
        # The early warning to her, and the alert to both.
        receipts = re.compile(r"(✓✓ entregado[\s\S]*){3}")
        panel = page.locator("order-panel")
        expect(panel.locator(".messages")).to_contain_text(receipts, timeout=APPEARS_MS)
        _acknowledge(page, row)
        run.end()
    assert run.verdict is not None
    assert run.verdict.complaints == ()
    summary = run.verdict.summary
    assert (summary["lost"], summary["breaches"], summary["breaches_warned"]) == (0, 1, 1)
    assert summary["receipts"] == summary["warnings_sent"] == 3
    assert {event["unit"] for event in run.told("presented")} == {"B1", "V1"}


def test_a_panic_is_closed_on_the_page_and_her_unit_forgets_it(tmp_path: Path) -> None:
    faults = [{"fault": "panic", "at_s": 40, "unit": "V1"}]
    run = Run(scene(tmp_path, duration_s=900, faults=faults), tmp_path)
    with _watched() as watched, run.playing() as url:
        page = watched.page
        watched.urls.append(url)
        page.goto(url)
        row = alarms(page).filter(has_text="pulsó el botón de pánico")
        expect(row).to_be_visible(timeout=APPEARS_MS)
        latched = page.locator("order-panel .alarm")  # what her unit says of itself
        expect(latched).to_have_text("⚠ V1: botón de pánico", timeout=APPEARS_MS)
        _acknowledge(page, row)
        form = page.get_by_role("dialog").filter(has_text="pulsó el botón de pánico")
        _press(page, row, "r", lambda: expect(form).to_be_visible())
        page.keyboard.type("la patrulla está con ella")
        page.keyboard.press("Enter")
        expect(row).to_have_count(0, timeout=APPEARS_MS)
        expect(latched).to_have_count(0, timeout=APPEARS_MS)
        run.end()
    assert run.verdict is not None
    assert run.verdict.complaints == ()
    assert cli.main(["verify", "--database", str(tmp_path / "resguardo.db")]) == 0


def test_a_dead_host_a_restarted_bracelet_and_a_cut_strap_lose_nothing(tmp_path: Path) -> None:
    faults = [
        {"fault": "reboot", "at_s": 75, "unit": "B1", "down_s": 4},
        {"fault": "host_crash", "at_s": 25, "down_s": 1},
        {"fault": "strap_cut", "at_s": 95, "unit": "B1"},
        {"fault": "panic", "at_s": 100, "unit": "V1"},
    ]
    network = {"loss": 0.05, "duplicate": 0.05, "latency_ms": 300}
    changes = _approach(1000, 60, faults=faults, units__B1__network=network)
    run = Run(scene(tmp_path, duration_s=135, **changes), tmp_path)
    with run.playing():
        pass
    assert run.verdict is not None
    assert run.verdict.complaints == ()
    assert run.verdict.summary["breaches_warned"] == 2
    assert {"strap", "panic"} <= {event["code"] for event in run.told("alarm")}
    presented = [event["warning"] for event in run.told("presented")]
    assert len(presented) == len(set(presented)) == run.verdict.summary["warnings_sent"]
