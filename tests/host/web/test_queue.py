"""The alarm queue in a flood: by risk, as quick as ever, and nothing moves under the hand."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.web.browser import LAPTOP, Watched, alarms, page_state, violations
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live

FLOOD = 60
MANY = 2_000
DRAWN_MAX = 20  # rows; of the others there is nothing in the page
# From now on the page notes how much it sorts at once.
WATCH_SORTING = """() => {
  window.sorted = 0;
  const { sort } = Array.prototype;
  Array.prototype.sort = function (...how) {
    window.sorted = Math.max(window.sorted, this.length);
    return sort.apply(this, how);
  };
}"""
# Several events that come as one, and what sounds before anything is drawn.
TELL = """(incidents) => import('/static/js/page-state.js').then(({ page }) => {
  for (const incident of incidents) page.store.apply('incident', incident);
  page.stream.dispatchEvent(new Event('news'));
  return page.sound.pattern;
})"""


def name(n: int) -> str:
    return f"I-{n:04}"


def silent(played: PlayedHost, n: int) -> None:
    """The promise of the nth order ran out, the earlier the higher its number."""
    order = f"O-{n:05}"
    played.order(
        level="clear", condition="unassured", distance_m=3000.0, order=order, unseen_ms=n * 1000
    )
    said = f"Ya no se puede garantizar la orden de P-{n:05}: sin reporte."
    sentence = {"es": said, "en": said}
    played.incident(name(n), level="clear", priority=2, order=order, sentence=sentence)


def opened(watched: Watched, server: ConsoleServer, played: PlayedHost, n: int) -> Page:
    """The console while so many pairs have fallen silent at once."""
    played.crowd(n)
    for i in range(1, n + 1):
        silent(played, i)
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    watched.open(server.url, f"O-{n:05}")
    return watched.page


@pytest.fixture
def flooded(watched: Watched, server: ConsoleServer, played: PlayedHost) -> Page:
    return opened(watched, server, played, FLOOD)


def chosen(page: Page) -> Locator:
    return page.locator("alarm-queue [aria-selected=true]")


def ids(page: Page) -> list[str]:
    """Of the rows that are drawn, from the top."""
    rows: list[str] = alarms(page).evaluate_all("rows => rows.map(({ id }) => id.slice(9))")
    return rows


def top(row: Locator) -> float:
    """Where it is on the screen."""
    box = row.bounding_box()
    assert box
    return box["y"]


def test_what_is_nearest_comes_first_then_who_is_unseen_for_longest(
    watched: Watched, server: ConsoleServer, played: PlayedHost
) -> None:
    page = opened(watched, server, played, 3)
    expect(alarms(page)).to_have_count(3)
    assert ids(page) == [name(3), name(2), name(1)]
    played.order(level="alert", condition="watched", distance_m=400.0, order="O-00001")
    expect(alarms(page).first).to_have_id(f"incident-{name(1)}")
    played.incident(name(4), level="clear", priority=1, order="O-00002")
    expect(alarms(page)).to_have_count(4)
    assert ids(page) == [name(4), name(1), name(3), name(2)]
    played.incident(name(3), level="clear", priority=2, order="O-00003", state="acknowledged")
    expect(alarms(page).last).to_have_id(f"incident-{name(3)}")


def test_rows_that_come_above_leave_selection_focus_and_view_where_the_operator_had_them(
    flooded: Page, played: PlayedHost
) -> None:
    queue = flooded.locator("alarm-queue")
    queue.get_by_role("listbox").focus()
    for _ in range(9):
        flooded.keyboard.press("j")
    expect(chosen(flooded)).to_have_id(f"incident-{name(FLOOD - 9)}")
    before = top(chosen(flooded))
    for n in range(100, 105):
        played.incident(name(n), level="breach", priority=1, order="O-00001")
    expect(queue.get_by_role("heading")).to_be_visible()
    expect(queue.locator("header")).to_contain_text(f"{FLOOD + 5} sin atender")
    expect(chosen(flooded)).to_have_id(f"incident-{name(FLOOD - 9)}")
    assert top(chosen(flooded)) == before
    expect(queue.get_by_role("listbox")).to_be_focused()
    above = queue.get_by_role("button", name=re.compile(rf"↑ \d+ de {FLOOD + 5} sin atender"))
    expect(above).to_be_visible()
    assert violations(flooded) == []
    above.click()
    expect(chosen(flooded)).to_have_id(f"incident-{name(100)}")
    expect(above).to_have_count(0)


def test_who_has_scrolled_away_goes_on_reading_the_same_rows(
    flooded: Page, played: PlayedHost
) -> None:
    listbox = flooded.locator("alarm-queue ul")
    listbox.evaluate("list => list.scrollTo(0, 1000)")
    row = flooded.locator(f"#incident-{name(FLOOD - 12)}")
    expect(row).to_be_in_viewport(ratio=1)
    before = top(row)
    for n in range(100, 105):
        played.incident(name(n), level="breach", priority=1, order="O-00001")
    expect(flooded.locator("alarm-queue header")).to_contain_text(f"{FLOOD + 5} sin atender")
    assert top(row) == before


def test_of_2000_alarms_a_dozen_rows_are_drawn_and_none_is_sorted_anew_for_one_change(
    watched: Watched, server: ConsoleServer, played: PlayedHost
) -> None:
    page = opened(watched, server, played, MANY)
    expect(page.locator("alarm-queue header")).to_contain_text("2\u202f000 sin atender")
    assert alarms(page).count() <= DRAWN_MAX
    page.evaluate(WATCH_SORTING)
    worst = ids(page)[0]
    assert worst == name(MANY)
    played.incident(name(1), level="breach", priority=1, order="O-00001")
    expect(alarms(page).first).to_have_id(f"incident-{name(1)}")
    played.order(level="alert", condition="watched", distance_m=400.0, order="O-00007")
    expect(alarms(page).nth(1)).to_have_id(f"incident-{name(7)}")
    page.keyboard.press("n")
    page.clock.fast_forward(1_000)
    page.keyboard.press("a")
    expect(page.locator("alarm-queue header")).to_contain_text("1\u202f999 sin atender")
    assert page.evaluate("window.sorted") <= DRAWN_MAX
    assert alarms(page).count() <= DRAWN_MAX
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    expect(page.locator("alarm-queue footer")).to_be_in_viewport()
    assert alarms(page).count() <= DRAWN_MAX
    page.set_viewport_size(LAPTOP)


def test_of_a_burst_the_most_urgent_is_selected_and_spoken_and_sounds_at_once(
    plain: Page, played: PlayedHost
) -> None:
    elsewhere = PlayedHost(Feed())
    for n in range(FLOOD):
        elsewhere.incident(name(n), level="clear", priority=3)
    elsewhere.incident(name(FLOOD), level="breach", priority=1)
    told: list[dict[str, Any]] = elsewhere.snapshot()["incidents"]
    assert plain.evaluate(TELL, told) == "1"
    expect(chosen(plain)).to_have_id(f"incident-{name(FLOOD)}")
    spoken = plain.locator("[aria-live=assertive]")
    expect(spoken).to_contain_text("Alarma de prioridad 1")
    expect(spoken).to_contain_text(f"Otras nuevas: {FLOOD}.")


def test_silence_is_for_what_sounds_now_however_many(flooded: Page, played: PlayedHost) -> None:
    assert page_state(flooded, "sound.pattern") == "2"
    flooded.keyboard.press("s")
    expect(alarms(flooded).first).to_contain_text("silenciada aquí")
    assert page_state(flooded, "sound.pattern") == ""
    played.incident(name(100), level="clear", priority=3, order="O-00001")
    expect(flooded.locator("alarm-queue header")).to_contain_text(f"{FLOOD + 1} sin atender")
    assert page_state(flooded, "sound.pattern") == "3"
