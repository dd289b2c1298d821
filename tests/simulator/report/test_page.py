"""The page: sound, complete, silent on the network, and true to the summary."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, sync_playwright

from host.base.catalogue import LANGUAGES
from simulator.judges.verdict import judge
from simulator.report.option import require_folder, write_report
from simulator.report.page import page_of
from simulator.report.recording import Recording
from simulator.report.run import Run
from simulator.report.simulated import simulated
from simulator.scenario.scenario import load
from simulator.swarm.draw import random_world
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.virtual import World
from tests.host.web.browser import LAPTOP, violations

BROWSER = shutil.which("chromium-headless-shell")
PHONE: ViewportSize = {"width": 390, "height": 844}
# Texts that reach out of their picture.
CUT_OFF = """[...document.querySelectorAll('figure svg text')].filter((text) => {
  const [box, all] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
  return box.width > 0 && (box.left < all.left - 1 || box.right > all.right + 1);
}).map((text) => text.textContent)"""


class Reader(HTMLParser):
    """What an HTML text holds: tags that are open, ids, what they refer to, and its words."""

    VOID = ("meta", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.refers: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for key, value in attrs:
            assert key not in ("src", "href", "style", "onload", "onclick"), (tag, key)
            if key == "id":
                self.ids.append(value or "")
            elif key == "aria-labelledby":
                self.refers |= set((value or "").split())

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_sound_and_asks_for_nothing(run: Run, language: str) -> None:
    html = page_of(run, language)
    page = Reader(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.refers <= set(page.ids)
    assert not page.tags & {"link", "img", "iframe", "object", "form", "base"}
    assert re.findall(r"url\((?!#)|@import|https?://", html) == []
    assert "default-src 'none'" in html
    assert f'<html lang="{language}">' in html


def test_it_says_whom_it_is_for(run: Run) -> None:
    assert "no se entrega a ninguna de las partes" in page_of(run, "es")
    assert "never give it to either party" in page_of(run, "en")


def test_what_it_says_agrees_with_the_summary(run: Run) -> None:
    html, summary = page_of(run, "en"), run.summary
    embedded = re.search(r'<script type="application/json" id="summary">(.*?)</script>', html)
    assert embedded is not None
    assert json.loads(embedded[1]) == summary
    said = Reader(html).words
    assert f"{summary['breaches_warned']} of {summary['breaches']}" in said
    leads_s = summary["lead_times_s"]
    assert f"{min(leads_s):.1f} s" in said
    assert [word for word in said if re.fullmatch(r"[\d.]+ s before", word)] == [
        f"{lead_s:.1f} s before" for lead_s in leads_s
    ]
    assert html.count('class="warning ') == 2 * summary["warnings_sent"]  # at either width
    assert len(re.findall(r'class="warning \w+ filled"', html)) == 2 * summary["receipts"]
    assert html.count('class="lead"') == 2 * summary["breaches"]


def test_names_of_people_and_places_cannot_break_out(run: Run) -> None:
    html = page_of(replace(run, name="</script><b>", complaints=("<i>",)), "en")
    assert "<b>" not in html
    assert "<i>" not in html
    assert "A walk &lt;towards&gt; her &amp; past a school" in html


def test_a_run_that_failed_says_so_and_why(run: Run) -> None:
    html = page_of(replace(run, complaints=("a breach was missed",)), "en")
    assert 'class="verdict failed"' in html
    assert "a breach was missed" in html
    assert 'class="verdict passed"' in page_of(run, "en")


def test_a_live_run_says_what_it_does_not_know(run: Run) -> None:
    html = page_of(replace(run, assured={}), "en")
    assert "A live run does not show until when" in html


def test_a_breach_that_was_missed_stands_out(run: Run) -> None:
    events = [
        event | {"missed": True, "lead_time_s": None} if event["type"] == "breach" else event
        for event in run.events
    ]
    summary = run.summary | {"breaches_warned": 0}
    html = page_of(replace(run, events=tuple(events), summary=summary), "en")
    assert "MISSED: no warning" in html
    assert "of 0 there was warning in time" in html


def test_only_its_owner_may_read_it(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "out.html"
    require_folder(report)
    write_report(report, run, "es")
    assert report.stat().st_mode & 0o777 == 0o600


@pytest.mark.live
@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_browser_shows_it_from_the_file_alone(
    run: Run, tmp_path: Path, size: ViewportSize
) -> None:
    assert BROWSER, "chromium-headless-shell is missing: run 'make browser'"
    report = tmp_path / "out.html"
    write_report(report, run, "es")
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        page = browser.new_page(viewport=size)
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: wrong.append(asked.url))
        page.goto(report.as_uri())
        shown = [svg for svg in page.locator("figure svg").all() if svg.is_visible()]
        assert len(shown) == 2  # the map and the order's time, each at one width
        for svg in shown:
            box = svg.bounding_box()
            assert box is not None
            assert 250 < box["width"] <= size["width"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]  # nothing to scroll sideways
        assert page.evaluate(CUT_OFF) == []
        page.get_by_text("Todo lo que pasó").click()
        assert page.locator(".lines li").count() == len(run.events)
        assert wrong == [report.as_uri()]
        assert violations(page) == []
        browser.close()


@pytest.mark.parametrize("seed", range(3, 8))
def test_any_world_can_be_drawn(seed: int, tmp_path: Path) -> None:
    """Wearers by the handful, orders that change, units that change hands, zones without margin."""
    file = tmp_path / "world.yaml"
    file.write_text(json.dumps(random_world(seed, rough=True)))
    scenario = load(file, duration_s=300)
    recording = Recording(lambda _: None)
    chronicle = Chronicle(scenario, recording.tell)
    account = World(scenario, chronicle, tmp_path, recording).run()
    summary = judge(scenario, chronicle.facts, account).summary
    html = page_of(simulated(file, scenario, recording, summary), "es")
    page = Reader(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert html.count('id="time-1080-') == 2 * min(12, len(scenario.orders))
    assert not re.findall(r'"[^"]*\b(?:nan|inf)\b[^"]*"', html)
