"""What an operator does on the page beyond acknowledging: by keyboard, in both languages."""

import pytest
from playwright.sync_api import Page, expect

from host.escalation.act import Act, Verb
from tests.host.web.browser import Watched, alarms
from tests.host.web.client import MARTA
from tests.host.web.played_host import PlayedHost

pytestmark = pytest.mark.live


def panic(page: Page, played: PlayedHost) -> None:
    said = {"es": "P-2 pulsó el botón de pánico.", "en": "P-2 pressed the panic button."}
    panic = {"cause": "panic:VU-0001", "verbs": ["acknowledge", "resolve"], "sentence": said}
    played.incident("I-1", level="breach", priority=1, **panic)
    expect(alarms(page)).to_have_count(1)


def test_a_panic_is_acknowledged_and_closed_with_its_reason(
    plain: Page, played: PlayedHost
) -> None:
    panic(plain, played)
    panel, dialog = plain.locator("order-panel"), plain.get_by_role("dialog", name="Resolver")
    expect(panel.locator(".acts button")).to_have_text(["ResolverR"])
    plain.keyboard.press("a")
    expect(alarms(plain)).to_contain_text("atendido")
    plain.keyboard.press("r")
    expect(dialog).to_contain_text("P-2 pulsó el botón de pánico.")
    expect(plain.get_by_label("Motivo")).to_be_focused()
    plain.keyboard.press("Enter")  # without a reason
    expect(dialog).to_be_visible()
    plain.keyboard.type("la patrulla está con ella")  # has the letters of keys that act
    plain.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(plain.locator("alarm-queue")).to_contain_text("Ninguna alarma.")
    assert played.acts == [
        Act(Verb.ACKNOWLEDGE, "I-1", MARTA.account),
        Act(Verb.RESOLVE, "I-1", MARTA.account, reason="la patrulla está con ella"),
    ]


def test_an_alarm_is_shelved_for_minutes_and_resumed_in_english(
    plain: Page, played: PlayedHost
) -> None:
    plain.keyboard.press("l")
    played.incident("I-1", level="alert", priority=2)
    expect(alarms(plain)).to_have_count(1)
    plain.keyboard.press("p")
    dialog, minutes = plain.get_by_role("dialog", name="Shelve"), plain.get_by_label("Minutes")
    plain.keyboard.type("hearing")
    plain.keyboard.press("Tab")
    expect(minutes).to_be_focused()
    minutes.fill("61")  # more than the host allows
    plain.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    minutes.fill("30")
    plain.keyboard.press("Enter")
    expect(alarms(plain)).to_contain_text("comes back in")
    expect(plain.locator("order-panel")).to_contain_text(f"Reason: hearing ({MARTA.account})")
    expect(plain.locator("order-panel .acts button")).to_have_text(["ResumeU"])
    plain.keyboard.press("u")
    expect(alarms(plain)).to_contain_text("unacknowledged")
    assert played.acts == [
        Act(Verb.SHELVE, "I-1", MARTA.account, reason="hearing", for_ms=1_800_000),
        Act(Verb.RESUME, "I-1", MARTA.account),
    ]


def test_a_units_alarm_is_taken_out_of_service_by_its_button(
    plain: Page, played: PlayedHost
) -> None:
    verbs = ["acknowledge", "resolve", "shelve", "withdraw"]
    played.incident("I-1", level="pre_alert", priority=3, cause="gnss_lost:BR-0001", verbs=verbs)
    button = plain.get_by_role("button", name="Fuera de servicio")
    button.press("Enter")
    plain.keyboard.press("Escape")
    expect(plain.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    button.press("Enter")
    expect(plain.get_by_label("Motivo")).to_have_value("")
    plain.keyboard.type("antena")
    plain.get_by_role("dialog").get_by_role("button", name="Fuera de servicio").click()
    expect(alarms(plain)).to_contain_text("fuera de servicio")
    assert played.acts == [Act(Verb.WITHDRAW, "I-1", MARTA.account, reason="antena")]


def test_only_what_the_host_offers_can_be_done(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="breach", priority=1, verbs=["acknowledge"])
    expect(alarms(plain)).to_have_count(1)
    expect(plain.locator("order-panel .acts button")).to_have_count(0)
    for key in "rpouc":
        plain.keyboard.press(key)
    expect(plain.get_by_role("dialog")).to_be_hidden()
    assert played.acts == []


def test_while_a_form_is_open_no_key_acts_on_what_lies_behind(
    plain: Page, played: PlayedHost
) -> None:
    panic(plain, played)
    plain.keyboard.press("r")
    plain.get_by_role("dialog").get_by_text("P-2 pulsó").click()  # which takes the focus
    for key in "asnl":
        plain.keyboard.press(key)
    plain.keyboard.press("Escape")
    expect(plain.get_by_role("dialog")).to_be_hidden()
    expect(alarms(plain)).to_contain_text("sin atender")
    assert played.acts == []


def test_a_refusal_is_said_in_the_form_which_keeps_its_words(
    watched: Watched, plain: Page, played: PlayedHost
) -> None:
    panic(plain, played)
    plain.keyboard.press("r")
    plain.keyboard.type("   ")
    plain.keyboard.press("Enter")
    dialog = plain.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("hace falta un motivo")
    expect(plain.get_by_label("Motivo")).to_have_value("   ")
    plain.keyboard.type("por error")
    plain.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert [did.reason for did in played.acts] == ["por error"]
    watched.forgive("409")


def test_calls_are_made_and_what_came_of_them_is_told(plain: Page, played: PlayedHost) -> None:
    played.incident("I-1", level="breach", priority=1)
    played.call("D-1", recipient="victim")
    played.now_ms += 1_000
    played.call("D-2", recipient="patrol_to_victim")
    panel, dialog = plain.locator("order-panel"), plain.get_by_role("dialog")
    expect(panel).to_contain_text("Llamadas por hacer")
    plain.keyboard.press("c")
    expect(dialog).to_contain_text("persona protegida (P-2)")
    plain.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(panel.locator(".messages .answered")).to_contain_text("contestado")
    plain.keyboard.press("c")
    expect(dialog).to_contain_text("patrulla a la persona protegida (P-2)")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Enter")
    expect(panel).not_to_contain_text("Llamadas por hacer")
    assert played.acts == [
        Act(Verb.CALL, "D-1", MARTA.account, reached=True),
        Act(Verb.CALL, "D-2", MARTA.account, reached=False),
    ]
