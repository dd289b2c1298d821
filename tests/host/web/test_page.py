"""The page in a real browser: by keyboard, in both languages, with nothing from outside."""

import pytest
from playwright.sync_api import Page, expect

from host.base.catalogue import catalogue
from host.escalation.act import Act, Verb
from host.web.app import create_app
from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.web.browser import SILENCE_MS, Watched, alarms, page_state
from tests.host.web.client import MARTA
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live


def test_an_alarm_arrives_is_acknowledged_by_keyboard_and_its_receipt_shows(
    page: Page, played: PlayedHost
) -> None:
    expect(page.locator("alarm-queue")).to_contain_text("Ninguna alarma.")
    played.order(level="alert", condition="watched", distance_m=432.0)
    played.incident("I-1", level="alert", priority=2)
    played.delivery("D-1", recipient="victim", state="sent")
    played.beat()

    row = alarms(page)
    expect(row).to_contain_text("P-1 está dentro de la distancia de alerta")
    expect(row).to_contain_text("Prioridad 2:")
    expect(row).to_contain_text("escala en 0:")
    expect(row).to_have_attribute("aria-selected", "true")
    expect(page.locator("[aria-live=assertive]")).to_contain_text("Alarma de prioridad 2")
    assert page.title().startswith("(1) ")
    panel = page.locator("order-panel")
    expect(panel.locator(".promise")).to_contain_text("vigilada")
    expect(panel).to_contain_text("432 m")
    expect(panel.locator(".messages")).to_contain_text("enviado")

    page.keyboard.press("a")
    expect(row).to_contain_text("atendido")
    assert played.acknowledged == [("I-1", MARTA.account)]
    assert not page.title().startswith("(")

    played.delivery("D-1", recipient="victim", state="delivered")
    expect(panel.locator(".messages")).to_contain_text("✓✓ entregado")


def test_the_queue_is_walked_by_keys_and_the_most_urgent_is_on_top(
    plain: Page, played: PlayedHost
) -> None:
    played.incident("I-3", level="pre_alert", priority=3, state="acknowledged")
    played.incident("I-2", level="alert", priority=2)
    played.incident("I-1", level="breach", priority=1)
    expect(alarms(plain)).to_have_count(3)
    shown = [text.strip()[:12] for text in alarms(plain).locator(".unseen").all_inner_texts()]
    assert shown == ["Prioridad 1:", "Prioridad 2:", "Prioridad 3:"]
    chosen = plain.locator("alarm-queue [aria-selected=true]")
    plain.keyboard.press("n")
    expect(chosen).to_have_id("incident-I-1")
    plain.keyboard.press("ArrowDown")
    plain.keyboard.press("j")
    plain.keyboard.press("j")
    expect(chosen).to_have_id("incident-I-3")
    plain.keyboard.press("k")
    expect(chosen).to_have_id("incident-I-2")
    plain.keyboard.press("Enter")
    expect(alarms(plain).nth(2)).to_contain_text("atendido")
    assert [incident for incident, _ in played.acknowledged] == ["I-2"]


def test_a_new_alarm_is_selected_unless_another_waits(plain: Page, played: PlayedHost) -> None:
    chosen = plain.locator("alarm-queue [aria-selected=true]")
    played.incident("I-2", level="alert", priority=2)
    expect(chosen).to_have_id("incident-I-2")
    played.incident("I-3", level="breach", priority=1)
    expect(alarms(plain)).to_have_count(2)
    expect(chosen).to_have_id("incident-I-2")
    plain.keyboard.press("a")
    expect(chosen).to_contain_text("atendido")
    played.incident("I-1", level="breach", priority=1)
    expect(chosen).to_have_id("incident-I-1")


def test_where_the_selected_alarm_is_over_the_most_urgent_that_waits_is_selected(
    plain: Page, played: PlayedHost
) -> None:
    chosen = plain.locator("alarm-queue [aria-selected=true]")
    played.incident("I-3", level="pre_alert", priority=3)
    expect(chosen).to_have_id("incident-I-3")
    played.incident("I-2", level="alert", priority=2)
    played.incident("I-1", level="breach", priority=1)
    expect(alarms(plain)).to_have_count(3)
    played.incident("I-3", level="pre_alert", priority=3, state="normal")
    expect(chosen).to_have_id("incident-I-1")
    plain.keyboard.press("a")  # too soon: it was meant for the other
    plain.clock.fast_forward(1_000)
    plain.keyboard.press("a")
    expect(chosen).to_contain_text("atendido")
    assert played.acknowledged == [("I-1", MARTA.account)]


def test_a_fault_of_the_host_itself_is_an_alarm_without_an_order(
    plain: Page, played: PlayedHost
) -> None:
    said = {"es": "La base de datos no responde.", "en": "The database does not answer."}
    played.incident("store_down", level="breach", priority=1, order=None, sentence=said)
    expect(alarms(plain)).to_contain_text("La base de datos")
    expect(plain.locator("order-panel")).to_contain_text("La base de datos")
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")


def test_sound_repeats_until_silenced_here_or_acknowledged(plain: Page, played: PlayedHost) -> None:
    played.incident("I-2", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    assert page_state(plain, "sound.pattern") == "2"
    plain.keyboard.press("s")
    expect(alarms(plain)).to_contain_text("silenciada aquí")
    assert (page_state(plain, "sound.pattern"), played.acknowledged) == ("", [])
    played.incident("I-2", level="breach", priority=1)
    expect(alarms(plain)).not_to_contain_text("silenciada aquí")
    assert page_state(plain, "sound.pattern") == "1"
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")
    assert page_state(plain, "sound.pattern") == ""


def test_a_mute_page_says_so_in_its_status_bar_and_nowhere_else(plain: Page) -> None:
    bar = plain.locator("status-bar")
    turn_on = plain.get_by_role("button", name="Activar sonido")
    expect(bar.get_by_role("status")).to_have_text("Sonido apagado")
    expect(bar.get_by_role("alert")).to_have_count(0)
    expect(plain.locator("alarm-queue")).to_contain_text("Ninguna alarma.")
    turn_on.click()
    expect(turn_on).to_have_count(0)
    expect(bar.get_by_role("status")).to_be_empty()
    assert page_state(plain, "sound.blocked") is False


@pytest.mark.parametrize(
    ("language", "unheard", "turn_on"),
    [
        ("es", "Hay una alarma que no se oye", "Activar sonido"),
        ("en", "An alarm is not being heard", "Turn on sound"),
    ],
)
def test_an_alarm_that_is_not_heard_is_said_loudly_in_none_of_the_alarms_colours(
    watched: Watched,
    server: ConsoleServer,
    played: PlayedHost,
    language: str,
    unheard: str,
    turn_on: str,
) -> None:
    played.incident("I-1", level="breach", priority=1)
    page = watched.page
    page.add_init_script(f"localStorage.setItem('resguardo.language', '{language}')")
    # It says so once its sound has begun: from then on no gesture but a press is heeded.
    watched.open_untouched(
        server.url, "document.querySelector('status-bar')?.shadowRoot.querySelector('.unheard')"
    )
    state = page.locator("status-bar [role=status]")
    expect(state).to_have_text(unheard)
    expect(state.locator(".sound")).to_have_css("background-color", "rgb(232, 236, 241)")
    expect(state.locator(".sound")).to_have_css("color", "rgb(14, 17, 22)")
    page.get_by_role("button", name=turn_on).press("Enter")
    expect(state).to_be_empty()
    assert page_state(page, "sound.blocked") is False
    assert (page_state(page, "sound.pattern"), played.acknowledged) == ("1", [])


def test_a_refused_acknowledgement_is_said_in_words(
    watched: Watched, plain: Page, played: PlayedHost
) -> None:
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    played.act(Act(Verb.ACKNOWLEDGE, "I-1", "otra persona"))
    plain.evaluate(
        "import('/static/js/page-state.js').then(({ page }) => {"
        "page.store.incidents.get('I-1').verbs = ['acknowledge']; page.begin('acknowledge'); })"
    )
    expect(plain.locator("status-bar [role=alert]")).to_contain_text("ya está atendido")
    watched.forgive("409")


def test_a_silent_centre_is_said_loudly_and_forgotten_when_it_returns(
    plain: Page, played: PlayedHost
) -> None:
    banner = plain.locator("status-bar [role=alert]")
    played.now_ms += 60_000
    played.beat()
    expect(plain.locator("status-bar .time")).to_contain_text("00:01:")  # it was heard
    expect(banner).to_have_count(0)
    plain.clock.fast_forward(SILENCE_MS)
    expect(banner).to_contain_text("SIN DATOS")
    assert plain.title().startswith("⚠")
    assert page_state(plain, "sound.pattern") == "line"
    played.beat()
    expect(banner).to_have_count(0)
    assert page_state(plain, "sound.pattern") == ""


def test_a_host_that_restarts_is_found_again(watched: Watched, plain: Page) -> None:
    feed = Feed()
    played = PlayedHost(feed)
    played.incident("I-1", level="alert", priority=2)
    first = ConsoleServer(create_app(played, feed, catalogue(), present=MARTA), feed, port=0)
    first.start()
    watched.open(first.url)
    expect(alarms(plain)).to_have_id("incident-I-1")
    first.stop()
    feed = Feed()
    played = PlayedHost(feed)
    played.incident("I-7", level="breach", priority=1)
    second = ConsoleServer(
        create_app(played, feed, catalogue(), present=MARTA), feed, port=first.port
    )
    second.start()
    expect(alarms(plain)).to_have_id("incident-I-7")
    plain.goto(watched.urls[0])
    second.stop()
    watched.forgive("ERR_CONNECTION_REFUSED")


def test_it_is_there_in_both_languages(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_contain_text("distancia de alerta")
    plain.keyboard.press("l")
    expect(alarms(plain)).to_contain_text("within the alert distance")
    expect(plain.locator("alarm-queue footer")).to_contain_text("Acknowledge")
    expect(plain.locator("html")).to_have_attribute("lang", "en")
    assert plain.title() == "(1) Resguardo, monitoring centre"
    plain.reload()
    expect(plain.locator("alarm-queue footer")).to_contain_text("Acknowledge")
    plain.keyboard.press("l")
    expect(plain.locator("alarm-queue footer")).to_contain_text("Atender")


def test_single_keys_can_be_turned_off_and_stay_out_of_fields(
    plain: Page, played: PlayedHost
) -> None:
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    search = plain.locator("order-list input")
    search.fill("")
    plain.keyboard.type("Salas")
    expect(search).to_have_value("Salas")
    plain.keyboard.press("Escape")
    assert played.acknowledged == []
    plain.keyboard.press("?")
    dialog = plain.get_by_role("dialog")
    expect(dialog).to_be_visible()
    plain.get_by_label("Usar teclas sueltas").uncheck()
    plain.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    plain.keyboard.press("a")
    assert played.acknowledged == []
    plain.get_by_role("button", name="Atender").click()
    expect(alarms(plain)).to_contain_text("atendido")
    assert played.acknowledged == [("I-1", MARTA.account)]
