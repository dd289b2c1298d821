"""The page in a real browser: by keyboard, in both languages, with nothing from outside."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from host.catalogue import catalogue
from host.console.app import create_app
from host.console.feed import Feed
from host.console.page import MODULES
from host.console.server import ConsoleServer
from tests.host.console.scene import ORDER, VICTIM, Scene

BROWSER = shutil.which("chromium-headless-shell")
LAPTOP: ViewportSize = {"width": 1366, "height": 768}
SILENCE_MS = 13_000
GPU = "GPU stall"  # what a browser without one says of its own drawing

pytestmark = pytest.mark.live


class Stage:
    """The host's face over whichever scene is played: the server stays, and its pages' cache."""

    scene: Scene

    def snapshot(self) -> dict[str, Any]:
        return self.scene.snapshot()

    def acknowledge(self, incident: str, operator: str) -> dict[str, Any]:
        return self.scene.acknowledge(incident, operator)


@pytest.fixture(scope="module")
def feed() -> Feed:
    return Feed()


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="module")
def server(stage: Stage, feed: Feed) -> Iterator[ConsoleServer]:
    server = ConsoleServer(create_app(stage, feed, catalogue()), feed, port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    assert BROWSER, "chromium-headless-shell is missing: run 'make browser'"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        # Without motion, drawing is quick on a machine without a GPU.
        context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        context.clock.install()
        yield context
        browser.close()


@pytest.fixture
def scene(stage: Stage, feed: Feed) -> Scene:
    stage.scene = Scene(feed)
    return stage.scene


class Watched:
    """A page, and what it must never do: fail, break its policy, ask anyone but its own host."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.urls: list[str] = []
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda request: self._asked(request.url))

    def open(self, url: str) -> None:
        """Go there, and wait for the first snapshot."""
        self.urls.append(url)
        self.page.goto(url)
        expect(self.page.locator("order-panel")).to_contain_text(ORDER)

    def _asked(self, url: str) -> None:
        if not url.startswith((*self.urls, "data:")):
            self.wrong.append(url)

    def forgive(self, expected: str) -> None:
        """Forget complaints that the test itself provoked."""
        self.wrong = [wrong for wrong in self.wrong if expected not in wrong]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" or (kind == "warning" and GPU not in text and "Audio" not in text):
            self.wrong.append(text)


@pytest.fixture
def watched(context: BrowserContext, scene: Scene) -> Iterator[Watched]:
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


def alarms(page: Page) -> Locator:
    return page.locator("alarm-queue [role=option]")


def desk(page: Page, what: str) -> Any:
    """A property of the page's desk."""
    return page.evaluate(f"import('/static/js/desk.js').then(({{ desk }}) => desk.{what})")


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


def test_an_alarm_arrives_is_acknowledged_by_keyboard_and_its_receipt_shows(
    page: Page, scene: Scene
) -> None:
    expect(page.locator("alarm-queue")).to_contain_text("Ninguna alarma.")
    scene.order(level="alert", condition="watched", distance_m=432.0)
    scene.incident("I-1", level="alert", priority=2)
    scene.delivery("D-1", recipient="victim", state="sent")
    scene.beat()

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
    assert scene.acknowledged == [("I-1", "operador")]
    assert not page.title().startswith("(")

    scene.delivery("D-1", recipient="victim", state="delivered")
    expect(panel.locator(".messages")).to_contain_text("✓✓ entregado")


def test_the_queue_is_walked_by_keys_and_the_most_urgent_is_on_top(
    plain: Page, scene: Scene
) -> None:
    scene.incident("I-3", level="pre_alert", priority=3, state="acknowledged")
    scene.incident("I-2", level="alert", priority=2)
    scene.incident("I-1", level="breach", priority=1)
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
    assert [incident for incident, _ in scene.acknowledged] == ["I-2"]


def test_a_new_alarm_is_selected_unless_another_waits(plain: Page, scene: Scene) -> None:
    chosen = plain.locator("alarm-queue [aria-selected=true]")
    scene.incident("I-2", level="alert", priority=2)
    expect(chosen).to_have_id("incident-I-2")
    scene.incident("I-3", level="breach", priority=1)
    expect(alarms(plain)).to_have_count(2)
    expect(chosen).to_have_id("incident-I-2")
    plain.keyboard.press("a")
    expect(chosen).to_contain_text("atendido")
    scene.incident("I-1", level="breach", priority=1)
    expect(chosen).to_have_id("incident-I-1")


def test_a_fault_of_the_host_itself_is_an_alarm_without_an_order(plain: Page, scene: Scene) -> None:
    said = {"es": "La base de datos no responde.", "en": "The database does not answer."}
    scene.incident("store_down", level="breach", priority=1, order=None, sentence=said)
    expect(alarms(plain)).to_contain_text("La base de datos")
    expect(plain.locator("order-panel")).to_contain_text("La base de datos")
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")


def test_sound_repeats_until_silenced_here_or_acknowledged(plain: Page, scene: Scene) -> None:
    expect(plain.locator("status-bar")).to_contain_text("Sin sonido")
    scene.incident("I-2", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    assert desk(plain, "sound.pattern") == "2"
    plain.keyboard.press("s")
    expect(alarms(plain)).to_contain_text("silenciada aquí")
    expect(plain.locator("status-bar")).not_to_contain_text("Sin sonido")
    assert (desk(plain, "sound.pattern"), scene.acknowledged) == ("", [])
    scene.incident("I-2", level="breach", priority=1)
    expect(alarms(plain)).not_to_contain_text("silenciada aquí")
    assert desk(plain, "sound.pattern") == "1"
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")
    assert desk(plain, "sound.pattern") == ""


def test_a_refused_acknowledgement_is_said_in_words(
    watched: Watched, plain: Page, scene: Scene
) -> None:
    scene.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    scene.acknowledge("I-1", "otra persona")
    plain.evaluate(
        "import('/static/js/desk.js').then(({ desk }) => {"
        "desk.store.incidents.get('I-1').state = 'unacknowledged'; return desk.acknowledge(); })"
    )
    expect(plain.locator("status-bar [role=alert]")).to_contain_text("ya está atendido")
    watched.forgive("409")


def test_a_silent_centre_is_said_loudly_and_forgotten_when_it_returns(
    plain: Page, scene: Scene
) -> None:
    banner = plain.locator("status-bar [role=alert]")
    scene.beat()
    expect(banner).to_have_count(0)
    plain.clock.fast_forward(SILENCE_MS)
    expect(banner).to_contain_text("SIN DATOS")
    assert plain.title().startswith("⚠")
    assert desk(plain, "sound.pattern") == "line"
    scene.beat()
    expect(banner).to_have_count(0)
    assert desk(plain, "sound.pattern") == ""


def test_a_host_that_restarts_is_found_again(watched: Watched, plain: Page) -> None:
    feed = Feed()
    scene = Scene(feed)
    scene.incident("I-1", level="alert", priority=2)
    first = ConsoleServer(create_app(scene, feed, catalogue()), feed, port=0)
    first.start()
    watched.open(first.url)
    expect(alarms(plain)).to_have_id("incident-I-1")
    first.stop()
    feed = Feed()
    scene = Scene(feed)
    scene.incident("I-7", level="breach", priority=1)
    second = ConsoleServer(create_app(scene, feed, catalogue()), feed, port=first.port)
    second.start()
    expect(alarms(plain)).to_have_id("incident-I-7")
    plain.goto(watched.urls[0])
    second.stop()
    watched.forgive("ERR_CONNECTION_REFUSED")


def test_it_is_there_in_both_languages(plain: Page, scene: Scene) -> None:
    scene.incident("I-1", level="alert", priority=2)
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


def test_the_map_shows_both_parties_by_shape_and_an_old_position_hollow(
    page: Page, scene: Scene
) -> None:
    shown = {(one["icon"], one["label"]) for one in rendered(page, "parties")}
    assert shown == {
        ("offender solid clear", "agresor"),
        ("victim solid clear", "persona protegida"),
    }
    for layer in ("alert", "pre-alert", "contact", "zones", "margins", "link"):
        assert rendered(page, layer), layer
    scene.now_ms += 5_000
    scene.order(level="breach", condition="watched", distance_m=60.0)
    scene.position("offender", VICTIM[0], VICTIM[1] + 0.0005)
    scene.now_ms += 90_000
    scene.beat()
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


def test_single_keys_can_be_turned_off_and_stay_out_of_fields(plain: Page, scene: Scene) -> None:
    scene.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    plain.get_by_label("Operador").fill("")
    plain.keyboard.type("Salas")
    plain.keyboard.press("Tab")
    assert (scene.acknowledged, desk(plain, "operator")) == ([], "Salas")
    plain.keyboard.press("?")
    dialog = plain.get_by_role("dialog")
    expect(dialog).to_be_visible()
    plain.get_by_label("Usar teclas sueltas").uncheck()
    plain.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    plain.keyboard.press("a")
    assert scene.acknowledged == []
    plain.get_by_role("button", name="Atender").click()
    expect(alarms(plain)).to_contain_text("atendido")
    assert scene.acknowledged == [("I-1", "Salas")]


def test_it_is_accessible_at_rest_in_alarm_and_with_its_help_open(page: Page, scene: Scene) -> None:
    assert violations(page) == []
    scene.order(level="breach", condition="unassured", distance_m=60.0)
    scene.incident("I-1", level="breach", priority=1)
    scene.incident("I-2", level="alert", priority=2, state="acknowledged")
    scene.delivery("D-1", recipient="offender", state="failed")
    scene.unit("victim", connected=False, alarms=("battery_low",))
    expect(alarms(page)).to_have_count(2)
    assert violations(page) == []
    page.clock.fast_forward(SILENCE_MS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


def test_nothing_flashes_for_those_who_want_no_motion(plain: Page, scene: Scene) -> None:
    scene.incident("I-1", level="breach", priority=1)
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
