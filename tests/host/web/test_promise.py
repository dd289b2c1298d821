"""The promise and the quiet clock as one bar, in the list, the panel and on the map."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from host.web.server import ConsoleServer
from tests.host.web.browser import Watched, alarms, page_state, rendered, violations
from tests.host.web.played_host import ORDER, PlayedHost

pytestmark = pytest.mark.live

HOLD_MS = 200_000  # of 260 s, the first minute is over
MANY = 2_000
DRAWN_MAX = 20  # rows; of the others there is nothing in the page
ALARM_COLOURS = {"rgb(255, 107, 97)", "rgb(255, 169, 64)", "rgb(255, 224, 102)"}


def hold(played: PlayedHost, order: str = ORDER, alarm_in_ms: int = HOLD_MS, **more: str) -> None:
    """The promise ended a minute ago, which is no alarm yet."""
    played.order(
        level="clear",
        condition="unassured",
        distance_m=5900.0,
        order=order,
        alarm_in_ms=alarm_in_ms,
        unseen_ms=60_000,
        **more,
    )


def alarm(played: PlayedHost, **more: object) -> None:
    """The quiet clock has passed."""
    played.order(level="clear", condition="unassured", distance_m=5900.0, unseen_ms=60_000)
    of = {"cause": "assurance", "parts": {"unassured": True}} | more
    played.incident("I-1", level="alert", priority=2, **of)


def row(page: Page, order: str = ORDER) -> Locator:
    return page.locator("order-list [role=option]", has_text=order)


def bar(part: Locator) -> Locator:
    return part.locator(".bar")


def panel(page: Page) -> Locator:
    return page.locator("order-panel .promise")


def full_pct(part: Locator) -> float:
    return float((bar(part).locator("line").get_attribute("x2") or "").removesuffix("%"))


def look(part: Locator) -> tuple[str, str]:
    """Its pattern, and its colour."""
    asked = "line => [getComputedStyle(line).strokeDasharray, getComputedStyle(line).stroke]"
    pattern, colour = bar(part).locator("line").evaluate(asked)
    return pattern, colour


def test_an_order_without_a_promise_is_no_alarm_before_the_quiet_clock_has_passed(
    plain: Page, played: PlayedHost
) -> None:
    hold(played)
    expect(row(plain)).to_contain_text("alarma en 3:")
    expect(panel(plain)).to_contain_text("Sin garantía: alarma en")
    for part in (row(plain), panel(plain)):
        expect(part).to_contain_text("sin señal desde 00:00:00")
        assert 60 < full_pct(part) <= 76.9
        assert look(part)[1] not in ALARM_COLOURS
        expect(part.locator("[class*=priority] text")).to_have_count(0)
    expect(alarms(plain)).to_have_count(0)
    expect(plain.locator("[aria-live=assertive]")).to_be_empty()
    assert (page_state(plain, "sound.pattern"), plain.title()[0]) == ("", "R")

    alarm(played)
    expect(row(plain)).to_contain_text("sin garantía")
    expect(row(plain)).not_to_contain_text("alarma en")
    for part in (row(plain), panel(plain)):
        expect(part.locator(".sign.priority2 text")).to_have_text("2")
        assert look(part)[1] == "rgb(255, 169, 64)"
    expect(panel(plain)).to_contain_text("pueden estar más cerca de lo que se ve")
    expect(alarms(plain)).to_have_count(1)
    assert page_state(plain, "sound.pattern") == "2"
    expect(plain.locator("order-list .seen")).to_have_count(0)
    plain.keyboard.press("a")  # an outline, as in the queue
    expect(plain.locator("order-list .seen .sign")).to_be_visible()


def test_each_look_has_a_pattern_of_its_own_and_only_the_alarm_a_colour(
    plain: Page, played: PlayedHost
) -> None:
    looks = []
    for condition, standing in [
        ("assured", "assured"),
        ("watched", "watched"),
        ("unassured", "held"),
        ("unassured", "alarm"),
    ]:
        alarm_in_ms = HOLD_MS if standing == "held" else None
        played.order(level="clear", condition=condition, distance_m=5900.0, alarm_in_ms=alarm_in_ms)
        for part in (row(plain), panel(plain)):
            expect(part.locator(f".bar.{standing}")).to_be_visible()
        looks.append(look(row(plain)))
        assert look(panel(plain)) == looks[-1]
    assert len({pattern for pattern, _ in looks}) == 4
    assert [colour in ALARM_COLOURS for _, colour in looks] == [False, False, False, True]
    played.order(level="clear", condition="inactive", distance_m=5900.0)
    expect(panel(plain)).to_contain_text("No vigente", ignore_case=True)
    assert full_pct(panel(plain)) == 0


def test_a_promise_whose_time_has_passed_unheard_is_not_shown_as_one(plain: Page) -> None:
    assert full_pct(row(plain)) == full_pct(panel(plain)) == 100
    plain.clock.fast_forward(280_000)
    expect(row(plain)).to_contain_text("el plazo ha vencido")
    assert full_pct(row(plain)) == full_pct(panel(plain)) == 0


def test_it_drains_by_the_second_without_motion_and_nothing_else_moves(
    plain: Page, played: PlayedHost
) -> None:
    hold(played)
    expect(row(plain)).to_contain_text("alarma en 3:")
    places = [row(plain), bar(panel(plain)), plain.locator("order-panel section:has(.distance)")]
    before = [place.bounding_box() for place in places]
    full = full_pct(row(plain))
    played.now_ms += 100_000
    played.beat()
    expect(row(plain)).to_contain_text("alarma en 1:")
    assert full_pct(row(plain)) == full_pct(panel(plain))
    assert 38 < full - full_pct(row(plain)) < 44
    assert [place.bounding_box() for place in places] == before
    moving = """part => [...part.querySelectorAll('.bar, .bar line')].some((one) => {
      const { animationName, transitionDuration } = getComputedStyle(one);
      return animationName !== 'none' || transitionDuration !== '0s';
    })"""
    plain.emulate_media(reduced_motion="no-preference")
    assert not panel(plain).evaluate(moving)
    plain.emulate_media(reduced_motion="reduce")
    # Drawn twice within one second it is the same.
    steps = plain.evaluate(
        """import('/static/js/promise.js').then(({ fullness }) => {
          const order = { condition: 'unassured', unassured_since: '2026-03-01T00:00:00Z',
            alarm_at: '2026-03-01T00:05:00Z' };
          const at = Date.parse(order.unassured_since);
          return [-9000, 0, 1, 500, 999, 1000, 1001, 299000, 300000, 999000]
            .map((ms) => fullness(order, at + ms));
        })"""
    )
    assert steps == [100, 100, 100, 100, 100, 99.7, 99.7, 0.3, 0, 0]


@pytest.mark.parametrize(
    ("language", "short", "name", "unless"),
    [
        ("es", "alarma en 3:", "Sin garantía: alarma en", "si no se vuelve a oír"),
        ("en", "alarm in 3:", "Unassured: alarm in", "unless heard again"),
    ],
)
def test_it_is_read_out_when_asked_for_and_never_by_itself(
    plain: Page, played: PlayedHost, language: str, short: str, name: str, unless: str
) -> None:
    hold(played)
    if language == "en":
        plain.keyboard.press("l")
    meter = plain.get_by_role("meter", name=name)
    expect(meter).to_have_attribute("aria-valuetext", re.compile(short))
    expect(meter).to_have_attribute("aria-valuenow", re.compile(r"^[67]\d(\.\d)?$"))
    expect(plain.get_by_role("option", name=re.compile(short))).to_be_visible()
    expect(panel(plain)).to_contain_text(unless)
    live = plain.locator("[aria-live], [role=status], [role=alert], [role=log]")
    for text in live.all_inner_texts():
        assert short not in text
    assert violations(plain) == []
    alarm(played)
    expect(alarms(plain)).to_have_count(1)
    assert violations(plain) == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("overdue_offender", "agresor sin señal desde 00:00:00"),
        ("overdue_victim", "persona protegida sin señal desde 00:00:00"),
        ("disbelieved", "hay posiciones que se contradicen"),
        ("new_order", "orden nueva"),
    ],
)
def test_it_says_who_is_silent_or_what_else_is_wrong(
    plain: Page, played: PlayedHost, reason: str, said: str
) -> None:
    hold(played, reason=reason)
    expect(panel(plain).locator(".about")).to_contain_text(said)
    expect(row(plain)).to_contain_text(said)
    heard = reason.startswith("overdue")
    unless = "si no se vuelve a oír" if heard else "si sigue así"
    expect(panel(plain)).to_contain_text(unless)


def test_the_list_is_sorted_by_risk_and_is_walked_by_keys_to_what_is_held(
    watched: Watched, server: ConsoleServer, played: PlayedHost
) -> None:
    played.crowd(4)
    hold(played, "O-00002", 90_000)
    hold(played, "O-00003", 30_000)
    played.order(level="clear", condition="watched", distance_m=900.0, order="O-00001")
    played.order(level="clear", condition="unassured", distance_m=900.0, order="O-00004")
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    watched.open(server.url, "")
    page = watched.page
    names = page.locator("order-list [role=option] > span:first-child")
    expect(names).to_have_text(["O-00004", "O-00003", "O-00002", "O-00001", ORDER])
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("order-panel .name")).to_have_text("Orden O-00003")
    expect(page.locator("order-panel .promise.held")).to_be_visible()


def test_a_gap_leaves_the_queue_as_it_stands(plain: Page, played: PlayedHost) -> None:
    played.order(level="clear", condition="watched", distance_m=1200.0, order="O-2")
    played.incident("I-2", level="pre_alert", priority=3, order="O-2")
    played.now_ms += 1_000
    played.incident("I-3", level="pre_alert", priority=3)
    expect(alarms(plain)).to_have_count(2)
    hold(played)
    expect(row(plain)).to_contain_text("alarma en")
    expect(alarms(plain).first).to_have_id("incident-I-2")
    played.order(level="clear", condition="unassured", distance_m=5900.0, unseen_ms=60_000)
    expect(alarms(plain).first).to_have_id("incident-I-3")


def test_2000_orders_that_are_held_at_once_cost_the_bars_that_are_seen(
    watched: Watched, server: ConsoleServer, played: PlayedHost
) -> None:
    played.crowd(MANY)
    for n in range(1, MANY + 1):
        hold(played, f"O-{n:05}", 100_000 + n)
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    watched.open(server.url, "")
    page = watched.page
    expect(row(page, "O-00001")).to_contain_text("alarma en 1:")
    assert page.locator("order-list .bar").count() <= DRAWN_MAX
    expect(alarms(page)).to_have_count(0)


def test_on_the_map_it_is_a_quiet_line_until_it_is_an_alarm(page: Page, played: PlayedHost) -> None:
    def lines(layer: str) -> set[str]:
        return {one["label"] for one in rendered(page, layer)}

    assert lines("gaps held") == lines("gaps") == set()
    hold(played)
    expect(row(page)).to_contain_text("alarma en")
    assert lines("gaps held") == {"sin garantía · alarma a las 00:03:20"}
    assert lines("gaps") == set()
    assert {one["icon"] for one in rendered(page, "parties")} == {
        "offender solid clear",
        "victim solid clear",
    }
    alarm(played)
    expect(alarms(page)).to_have_count(1)
    assert (lines("gaps held"), lines("gaps")) == (set(), {"sin garantía"})
    played.order(level="clear", condition="assured", distance_m=5900.0)
    expect(row(page)).to_contain_text("garantizada hasta")
    assert lines("gaps held") == lines("gaps") == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_systems_own_colours_it_is_drawn_in_that_of_text(
    plain: Page, played: PlayedHost, scheme: str
) -> None:
    hold(played)
    expect(row(plain)).to_contain_text("alarma en")
    plain.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
    text = plain.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement('p'));
      probe.style.color = 'CanvasText';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }""")
    assert look(row(plain))[1] == look(panel(plain))[1] == text
    plain.emulate_media(forced_colors="none", color_scheme="light")


def test_what_makes_up_an_alarm_is_in_its_row_and_its_details(
    plain: Page, played: PlayedHost
) -> None:
    alarm(played)
    expect(alarms(plain)).to_have_count(1)
    expect(plain.locator(".parts")).to_have_count(0)  # its sentence says it all
    alarm(played, parts={"unassured": False, "no_cover:VU-0001": True})
    parts = plain.locator("order-panel .parts li")
    expect(parts).to_have_text(["sin cobertura VU-0001: sigue", "sin garantía: terminó"])
    in_row = alarms(plain).locator(".parts")
    expect(in_row).to_have_text("sin cobertura VU-0001 · sin garantía: terminó")
    plain.keyboard.press("l")
    expect(parts).to_have_text(["no cover VU-0001: still so", "unassured: over"])
    expect(in_row).to_have_text("no cover VU-0001 · unassured: over")
    assert violations(plain) == []
    alarm(played, cause="strap:BR-0001", parts={"unassured": True})
    expect(in_row).to_have_text("unassured")
