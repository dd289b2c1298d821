"""How the page looks in a real browser: its map, its motion, its widths, and to axe."""

import pytest
from playwright.sync_api import Page, expect

from tests.host.web.browser import SILENCE_MS, alarms, rendered, violations
from tests.host.web.played_host import VICTIM, PlayedHost

pytestmark = pytest.mark.live


def test_the_map_shows_both_parties_by_shape_and_an_old_position_hollow(
    page: Page, played: PlayedHost
) -> None:
    shown = {(one["icon"], one["label"]) for one in rendered(page, "parties")}
    assert shown == {
        ("offender solid clear", "agresor"),
        ("victim solid clear", "persona protegida"),
    }
    for layer in ("alert", "pre-alert", "contact", "zones", "margins", "link"):
        assert rendered(page, layer), layer
    played.now_ms += 5_000
    played.order(level="breach", condition="watched", distance_m=60.0)
    played.position("offender", VICTIM[0], VICTIM[1] + 0.0005)
    played.now_ms += 90_000
    played.beat()
    expect(page.locator("order-panel .ages")).to_contain_text("hace 1 min 3")
    icons = {one["icon"]: one["label"] for one in rendered(page, "parties")}
    assert icons.keys() == {"offender hollow breach", "victim hollow breach"}
    assert "hace 1 min 3" in icons["victim hollow breach"]
    assert rendered(page, "trails")


def test_following_pauses_when_the_map_is_panned_and_resumes_by_key(page: Page) -> None:
    resume = page.get_by_role("button", name="Reanudar seguimiento")
    expect(resume).to_have_count(0)
    page.locator(".map canvas").press("ArrowRight")
    expect(resume).to_be_visible()
    page.keyboard.press("f")
    expect(resume).to_have_count(0)


def test_it_is_accessible_at_rest_in_alarm_and_with_its_help_open(
    page: Page, played: PlayedHost
) -> None:
    assert violations(page) == []
    played.order(level="breach", condition="unassured", distance_m=60.0)
    played.incident("I-1", level="breach", priority=1)
    played.incident("I-2", level="alert", priority=2, state="acknowledged")
    played.delivery("D-1", recipient="offender", state="failed")
    played.unit("victim", connected=False, alarms=("battery_low",))
    expect(alarms(page)).to_have_count(2)
    assert violations(page) == []
    page.clock.fast_forward(SILENCE_MS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


def test_its_forms_are_accessible(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="alert", priority=2, note="audiencia", operator="Eva")
    played.call("D-1", recipient="patrol_to_victim")
    expect(alarms(plain)).to_have_count(1)
    for key in "pc":
        plain.keyboard.press(key)
        expect(plain.get_by_role("dialog")).to_be_visible()
        assert violations(plain) == []
        plain.keyboard.press("Escape")
        expect(plain.get_by_role("dialog")).to_be_hidden()


def test_nothing_flashes_for_those_who_want_no_motion(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="breach", priority=1)
    mark = alarms(plain).locator("path")
    expect(mark).to_have_css("animation-name", "none")
    plain.emulate_media(reduced_motion="no-preference")
    expect(mark).to_have_css("animation-name", "hollow")
    expect(mark).to_have_css("animation-duration", "1s")
    plain.emulate_media(reduced_motion="reduce")


def test_nothing_is_cut_off_at_its_side(page: Page) -> None:
    for width in (320, 900, 1366):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
