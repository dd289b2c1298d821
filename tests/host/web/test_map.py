"""The map when its drawing context is lost, as with a graphics driver that starts again."""

import pytest
from playwright.sync_api import Page, expect

from tests.host.web.browser import rendered, violations
from tests.host.web.played_host import OFFENDER, ORDER, VICTIM, PlayedHost

pytestmark = pytest.mark.live

NEAR_HER = (VICTIM[0], VICTIM[1] + 0.0005)


def lose(page: Page) -> None:
    """Take the map's context away, as the browser does."""
    page.evaluate(
        """() => {
          const { map } = document.querySelector('live-map');
          window.context = map.getCanvas().getContext('webgl2').getExtension('WEBGL_lose_context');
          window.context.loseContext();
        }"""
    )


def give_back(page: Page) -> None:
    page.evaluate("window.context.restoreContext()")
    page.locator("live-map[data-ready]").wait_for()


# Whether the map has so many features in a source, one of them at a longitude.
HAS = """async ([source, n, lon]) => {
  const { map } = document.querySelector('live-map');
  const { features } = await map.getSource(source).getData();
  const there = ({ geometry }) => lon === null || geometry.coordinates[0] === lon;
  return features.length >= n && features.some(there);
}"""


def test_a_map_that_lost_its_context_says_so_and_comes_back_with_what_has_moved_meanwhile(
    page: Page, played: PlayedHost
) -> None:
    said, canvas = page.locator("live-map [role=alert]"), page.locator(".map canvas")
    assert rendered(page, "parties")
    lose(page)
    expect(said).to_contain_text("El mapa se ha perdido")
    expect(canvas).to_be_hidden()
    assert violations(page) == []
    page.mouse.click(600, 300)  # where the map was
    page.keyboard.press("f")
    played.now_ms += 5_000
    played.position("offender", *NEAR_HER)
    played.order(level="clear", condition="watched", distance_m=54.0)
    expect(page.locator("order-panel")).to_contain_text("54 m")
    give_back(page)
    expect(said).to_have_count(0)
    expect(canvas).to_be_visible()
    icons = {one["icon"] for one in rendered(page, "parties")}
    assert icons == {"offender solid clear", "victim solid clear"}
    for layer in ("alert", "contact", "zones", "margins", "link", "trails"):
        assert rendered(page, layer), layer
    page.wait_for_function(HAS, arg=["parties", 2, NEAR_HER[1]])
    page.wait_for_function(HAS, arg=["departments", 22, None])
    played.position("offender", *OFFENDER)  # and it goes on
    page.wait_for_function(HAS, arg=["parties", 2, OFFENDER[1]])


def test_a_context_that_is_lost_again_before_the_map_is_whole_does_no_harm(
    page: Page, played: PlayedHost
) -> None:
    for _ in range(3):
        lose(page)
        page.evaluate("window.context.restoreContext()")
    page.locator("live-map[data-ready]").wait_for()
    expect(page.locator("live-map [role=alert]")).to_have_count(0)
    assert rendered(page, "parties")


def test_an_order_of_which_somebody_was_never_seen_has_no_line(
    page: Page, played: PlayedHost
) -> None:
    """A line without ends is an error of the map's, and nothing is drawn any more."""

    def unassured(order: str) -> None:
        played.order(level="clear", condition="unassured", distance_m=2156.0, order=order)

    unassured(ORDER)
    page.wait_for_function(HAS, arg=["gaps", 1, None])
    assert rendered(page, "gaps")
    unassured("O-18")
    expect(page.locator("body")).to_contain_text("O-18")
    assert [one["key"] for one in rendered(page, "gaps")] == [ORDER]
