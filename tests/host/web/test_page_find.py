"""The list of orders and the field that finds one: by keyboard, in both languages."""

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from host.web.server import ConsoleServer
from tests.host.web.browser import Watched, alarms, violations
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live

MANY = 20_000
DRAWN_MAX = 40  # rows; of the others there is nothing in the page


def rows(page: Page) -> Locator:
    return page.locator("order-list [role=option]")


def field(page: Page) -> Locator:
    return page.locator("order-list [role=combobox]")


def active(page: Page) -> Locator:
    return page.locator("order-list .active")


def found(page: Page) -> Locator:
    return page.locator("order-list [role=status]")


@pytest.fixture
def crowded(watched: Watched, server: ConsoleServer, played: PlayedHost) -> Page:
    """The console over 20,001 orders, O-17 selected by its alarm."""
    played.crowd(MANY)
    played.incident("I-1", level="alert", priority=2)
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    watched.open(server.url)
    return watched.page


def test_one_of_20_000_orders_is_found_by_its_person(crowded: Page) -> None:
    expect(crowded.locator("order-list h2")).to_have_text("Órdenes (20\u202f001)")
    crowded.keyboard.press("/")
    expect(field(crowded)).to_be_focused()
    crowded.keyboard.type("p-19001")
    expect(found(crowded)).to_have_text("1 resultado")
    expect(rows(crowded)).to_have_count(1)
    expect(active(crowded)).to_contain_text("P-19001 · VU-19002")
    crowded.keyboard.press("Enter")
    expect(crowded.locator("order-panel")).to_contain_text("Orden O-19000")
    expect(field(crowded)).not_to_be_focused()
    expect(field(crowded)).to_have_value("")
    chosen = crowded.locator("order-list [aria-selected=true]")
    expect(chosen).to_be_in_viewport(ratio=1)
    expect(chosen).to_contain_text("O-19000")
    assert rows(crowded).count() <= DRAWN_MAX


def test_however_many_orders_there_are_only_rows_that_are_seen_are_drawn(crowded: Page) -> None:
    drawn = crowded.locator("order-list *")
    at_first = drawn.count()
    assert at_first <= 4 * DRAWN_MAX
    crowded.keyboard.press("/")
    crowded.keyboard.type("o-")  # all of them
    expect(found(crowded)).to_have_text("20\u202f001 resultados")
    crowded.keyboard.press("ArrowUp")
    expect(active(crowded)).to_contain_text("O-00001")
    crowded.keyboard.press("Escape")
    crowded.keyboard.press("/")
    crowded.keyboard.press("ArrowUp")  # around to the last
    expect(active(crowded)).to_contain_text("O-20000")
    expect(active(crowded)).to_be_in_viewport(ratio=1)
    expect(active(crowded)).to_have_attribute("aria-posinset", str(MANY + 1))
    crowded.keyboard.press("PageUp")
    expect(active(crowded)).not_to_contain_text("O-20000")
    boxes = [rows(crowded).nth(i).bounding_box() for i in range(rows(crowded).count())]
    tops = [box["y"] for box in boxes if box]
    heights = {round(box["height"]) for box in boxes if box}
    assert heights == {round(later - top) for top, later in pairwise(tops)}
    assert drawn.count() <= 4 * DRAWN_MAX


def test_what_is_meant_by_a_number_comes_first(crowded: Page) -> None:
    crowded.keyboard.press("/")
    crowded.keyboard.type("17")
    expect(rows(crowded).first).to_contain_text("O-00015")  # of VU-00017
    names = rows(crowded).locator("span:first-child").all_inner_texts()
    assert names[:4] == ["O-00015", "O-00016", "O-00017", "O-17"]
    field(crowded).fill("O-17")
    expect(rows(crowded).first).to_contain_text("O-17")
    for _ in range(2):
        crowded.keyboard.press("ArrowDown")
    expect(active(crowded)).to_contain_text("O-17001")


def test_the_worst_is_on_top_and_comes_there_when_it_worsens(
    watched: Watched, server: ConsoleServer, played: PlayedHost
) -> None:
    played.crowd(3)
    played.incident("I-1", level="alert", priority=2)
    watched.open(server.url)
    page = watched.page
    names = rows(page).locator("span:first-child")
    expect(names).to_have_text(["O-00001", "O-00002", "O-00003", "O-17"])
    played.order(level="clear", condition="unassured", distance_m=2156.0)
    expect(names).to_have_text(["O-17", "O-00001", "O-00002", "O-00003"])
    played.order(level="alert", condition="watched", distance_m=432.0)
    expect(rows(page).first).to_contain_text("alerta · 432 m")
    played.order(level="clear", condition="inactive", distance_m=2156.0)
    expect(names).to_have_text(["O-00001", "O-00002", "O-00003", "O-17"])


@pytest.mark.parametrize(
    ("sought", "why"),
    [
        ("ESCUÉLA mixta", "Escuela Mixta"),
        ("br-0001", "P-1 · BR-0001"),
        ("p-2", "P-2 · VU-0001"),
        ("dentro de la distancia", "P-1 está dentro de la distancia de alerta de P-2: 432 m."),
        ("within the alert", "P-1 está dentro de la distancia de alerta de P-2: 432 m."),
        ("sin garantia", "sin garantía"),
        ("unassured o-17", "sin garantía"),
    ],
)
def test_names_and_words_are_found_without_accents_and_in_either_language(
    plain: Page, played: PlayedHost, sought: str, why: str
) -> None:
    played.order(level="clear", condition="unassured", distance_m=2156.0)
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    plain.keyboard.press("/")
    plain.keyboard.type(sought)
    expect(found(plain)).to_have_text("1 resultado")
    expect(active(plain)).to_contain_text("O-17")
    expect(active(plain)).to_contain_text(why)


def test_an_alarm_is_found_and_selected_in_english(plain: Page, played: PlayedHost) -> None:
    said = {"es": "P-2 pulsó el botón de pánico.", "en": "P-2 pressed the panic button."}
    down = {"es": "La base de datos no responde.", "en": "The database does not answer."}
    played.incident("I-1", level="alert", priority=2)
    played.incident("I-2", level="alert", priority=3, sentence=said)
    played.incident("store_down", level="breach", priority=1, order=None, sentence=down)
    expect(alarms(plain)).to_have_count(3)
    plain.keyboard.press("l")
    plain.keyboard.press("/")
    plain.keyboard.type("panico")
    expect(found(plain)).to_have_text("1 result")
    expect(active(plain)).to_contain_text("P-2 pressed the panic button.")
    plain.keyboard.press("Enter")
    chosen = plain.locator("alarm-queue [aria-selected=true]")
    expect(chosen).to_have_id("incident-I-2")
    plain.keyboard.press("/")
    plain.keyboard.type("database")
    plain.keyboard.press("Enter")
    expect(chosen).to_have_id("incident-store_down")
    expect(plain.locator("order-panel")).to_contain_text("The database does not answer.")


def test_escape_leaves_and_nothing_found_takes_nothing(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    plain.keyboard.press("/")
    plain.keyboard.type("as/")  # letters of keys that act
    expect(found(plain)).to_have_text("Nada encontrado")
    plain.keyboard.press("ArrowDown")
    plain.keyboard.press("Enter")
    expect(field(plain)).to_be_focused()
    assert violations(plain) == []
    plain.keyboard.press("Escape")
    expect(field(plain)).not_to_be_focused()
    expect(field(plain)).to_have_value("")
    expect(found(plain)).to_have_text("")
    expect(rows(plain)).to_have_count(1)
    assert played.acknowledged == []
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")


def test_what_was_found_is_accessible(crowded: Page) -> None:
    crowded.keyboard.press("/")
    crowded.keyboard.type("1")
    expect(active(crowded)).to_be_visible()
    expect(field(crowded)).to_have_attribute("aria-activedescendant", "row-0")
    assert violations(crowded) == []
