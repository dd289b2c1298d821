"""Logging in, in a real browser: from an invitation to the alarms, the lock, and the way back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from host.accounts.account import Account
from host.accounts.accounts import Accounts
from host.accounts.right import StaffRole
from host.accounts.sessions import Caller
from host.base.catalogue import catalogue
from host.base.clock import Clock
from host.store.store import Store
from host.web.app import create_app
from host.web.feed import Feed
from host.web.server import ConsoleServer
from tests.host.web.browser import CurrentHost, Watched, alarms, page_state, violations
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live

PASSWORD = "cuatro palabras bien largas"
HERE = Caller("test")


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    store = Store.open(tmp_path / "a.db")
    yield Accounts.over(store.accounts, Clock().now_ms)
    store.close()


@pytest.fixture
def url(accounts: Accounts, current: CurrentHost, feed: Feed, played: PlayedHost) -> Iterator[str]:
    server = ConsoleServer(create_app(current, feed, catalogue(), accounts=accounts), feed, port=0)
    server.start()
    # A passkey is bound to a name, and an address is none.
    yield server.url.replace("127.0.0.1", "localhost")
    server.stop()


@pytest.fixture
def browser(watched: Watched, url: str, context: BrowserContext) -> Iterator[Page]:
    watched.urls.append(url)
    watched.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = watched.page
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    watched.forgive("401")
    watched.forgive("403")
    keys.detach()
    context.clear_cookies()


def invite(accounts: Accounts, *roles: StaffRole) -> str:
    return accounts.staff.add(Account("ana", "Ana Díaz", roles), "", HERE)


def log_in(page: Page, url: str, password: str) -> None:
    page.goto(url)
    page.wait_for_url("**/login")
    page.get_by_label("Cuenta").fill("ana")
    page.get_by_label("Contraseña").fill(password)
    page.keyboard.press("Enter")


def set_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Contraseña nueva")).to_be_visible()
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_label("Otra vez").fill(PASSWORD)
    page.keyboard.press("Enter")


def noted(page: Page) -> list[str]:
    """The recovery codes, once they have been shown."""
    codes = page.locator(".codes li")
    expect(codes).to_have_count(10)
    told = codes.all_inner_texts()
    page.get_by_role("button", name="Los he anotado").click()
    return told


def recover(page: Page, url: str, code: str) -> None:
    """Log in without the second factor."""
    log_in(page, url, PASSWORD)
    page.get_by_text("No lo tengo aquí").click()
    page.get_by_label("Código de recuperación").fill(code)
    page.keyboard.press("Enter")


def test_from_an_invitation_to_the_alarms_and_back_by_a_passkey(
    browser: Page, url: str, accounts: Accounts, played: PlayedHost
) -> None:
    played.incident("I-1", level="alert", priority=2)
    log_in(browser, url, invite(accounts, StaffRole.OPERATOR, StaffRole.ADMINISTRATOR))
    set_password(browser)
    assert violations(browser) == []
    browser.get_by_role("button", name="Inscribir llave").click()
    noted(browser)
    assert violations(browser) == []
    browser.get_by_role("button", name="operador").click()
    expect(alarms(browser)).to_have_count(1)
    expect(browser.locator("status-bar")).to_contain_text("Ana Díaz operador")
    browser.get_by_role("button", name="Salir").click()
    log_in(browser, url, PASSWORD)
    browser.get_by_role("button", name="Usar llave").click()
    browser.get_by_role("button", name="operador").click()
    expect(alarms(browser)).to_have_count(1)
    browser.keyboard.press("a")
    expect(browser.locator("order-panel")).to_contain_text("por ana")
    assert played.acknowledged == [("I-1", "ana")]


def test_a_page_is_locked_while_an_alarm_sounds(
    browser: Page, url: str, accounts: Accounts, played: PlayedHost
) -> None:
    played.incident("I-1", level="breach", priority=1)
    log_in(browser, url, invite(accounts, StaffRole.SUPERVISOR))
    set_password(browser)
    browser.get_by_role("button", name="Inscribir códigos").click()
    key = browser.locator("p.code").inner_text()
    browser.get_by_label("Código de seis").fill(pyotp.TOTP(key).now())
    browser.keyboard.press("Enter")
    codes = noted(browser)
    expect(alarms(browser)).to_have_count(1)
    browser.keyboard.press("b")
    dialog = browser.get_by_role("dialog", name="Página bloqueada")
    expect(dialog).to_contain_text("Alarmas sin atender: 1")
    expect(dialog).to_contain_text("Las alarmas siguen sonando")
    assert violations(browser) == []
    for _ in range(100):
        if page_state(browser, "store.orders.size") == 0:
            break
        browser.wait_for_timeout(50)
    assert page_state(browser, "store.orders.size") == 0
    assert page_state(browser, "sound.pattern") == "1"
    shown = browser.locator("body").inner_text()
    assert not re.search("P-1|O-17|431", shown), shown
    played.incident("I-2", level="alert", priority=2)
    expect(dialog).to_contain_text("Alarmas sin atender: 2")
    browser.keyboard.press("Escape")
    browser.get_by_label("Contraseña de Ana Díaz").fill("otra")
    browser.keyboard.press("Enter")
    expect(dialog).to_contain_text("no corresponden")
    browser.get_by_label("Contraseña de Ana Díaz").fill(PASSWORD)
    browser.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(alarms(browser)).to_have_count(2)
    expect(browser.locator("order-panel")).to_contain_text("P-1")
    browser.get_by_role("button", name="Salir").click()
    recover(browser, url, codes[0])
    expect(alarms(browser)).to_have_count(2)
    browser.get_by_role("button", name="Salir").click()
    recover(browser, url, codes[0])
    expect(browser.get_by_role("alert")).to_contain_text("no es")


def test_an_administrator_adds_and_changes_people_and_machines(
    browser: Page, url: str, accounts: Accounts
) -> None:
    log_in(browser, url, invite(accounts, StaffRole.ADMINISTRATOR))
    set_password(browser)
    browser.get_by_role("button", name="Inscribir llave").click()
    noted(browser)
    browser.get_by_role("link", name="Personas y máquinas").click()
    browser.get_by_label("Cuenta").fill("eva")
    browser.get_by_label("Nombre", exact=True).fill("Eva Choc")
    browser.get_by_role("checkbox", name="operador").check()
    browser.get_by_label("comisaría").fill("Comisaría 14")
    browser.get_by_role("button", name="Añadir persona").click()
    expect(browser.locator("p.code")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    row = browser.get_by_role("row", name="eva")
    expect(row).to_contain_text("operador")
    row.get_by_role("button", name="Cambiar").click()
    browser.get_by_role("checkbox", name="supervisor").check()
    browser.get_by_role("button", name="Guardar").click()
    expect(row).to_contain_text("operador, supervisor")
    assert accounts.staff.account("eva").version == 2
    assert violations(browser) == []
    own = browser.get_by_role("row", name="ana")
    own.get_by_role("button", name="Cambiar").click()
    browser.get_by_role("checkbox", name="operador").check()
    browser.get_by_role("button", name="Guardar").click()
    expect(browser.get_by_role("alert")).to_contain_text("nadie cambia")
    browser.get_by_label("Nombre de la máquina").fill("tablero")
    browser.get_by_role("combobox").select_option("ingeniero")
    browser.get_by_role("button", name="Hacer ficha").click()
    expect(browser.locator("p.code")).to_contain_text("resguardo_")
    browser.get_by_role("link", name="Ana Díaz").click()
    expect(browser.get_by_text("Llave de acceso o de seguridad ·")).to_be_visible()
    assert violations(browser) == []
