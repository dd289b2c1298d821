"""Policies: the default one, and what is refused, where and why."""

import copy
import json
from typing import Any

import pytest

from host.base.document import mapping
from host.base.errors import UsageError
from host.escalation.delivery import Channel, Recipient
from host.escalation.incident import WEIGHTS
from host.escalation.policy import DEFAULT, default, parse
from host.registry.types import Strength, Weekly


@pytest.fixture
def document() -> Any:
    return mapping(DEFAULT, "a policy")


def test_the_default_policy_has_a_ladder_for_every_kind() -> None:
    policy = default()
    assert all(policy.ladder(kind).rungs for kind in WEIGHTS)
    assert policy.ladder("jamming") is policy.ladder("other")


def test_waits_add_up_to_the_fields_deadlines() -> None:
    alert, breach = default().ladder("alert"), default().ladder("breach")
    assert [rung.wait_ms for rung in alert.rungs] == [0, 15_000, 45_000]
    assert [rung.wait_ms for rung in breach.rungs] == [0, 10_000, 20_000]
    assert (alert.call_ms, breach.call_ms) == (45_000, 20_000)
    assert alert.wait_ms(3) == 60_000
    assert default().ladder("pre_alert").wait_ms(1) is None


def test_retries_grow_and_then_stay() -> None:
    spacings = [default().spacing_ms(attempt) for attempt in range(1, 7)]
    assert spacings == [5_000, 10_000, 20_000, 30_000, 30_000, 30_000]


def test_the_offender_hears_of_nearness_only() -> None:
    told = {
        kind
        for kind, ladder in default().ladders.items()
        for rung in ladder.rungs
        for target in rung.targets
        if target.recipient is Recipient.OFFENDER and target.channel is Channel.UNIT
    }
    assert told == {"alert", "breach"}


def test_her_unit_is_asked_for_a_fix_when_nothing_is_assured() -> None:
    assert default().ladder("unassured").rungs[0].asks_fix


def test_equal_content_has_an_equal_digest_whatever_the_order_of_keys(document: Any) -> None:
    turned = dict(reversed(list(document.items())))
    assert parse(turned).digest == parse(document).digest == default().digest
    document["acknowledgement_s"] = 200
    assert parse(document).digest != default().digest


ALERT = "policy default: ladders.alert.steps"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["acknowledgement_s"], 0, "policy default: acknowledgement_s is 0: input should be gr"),
        (["acknowledgement_s"], True, "acknowledgement_s is true: input should be a valid number"),
        (["shelving_max_s"], "1h", 'shelving_max_s is "1h": input should be a valid number'),
        (["warning_life_s"], 86_401, "warning_life_s is 86401: input should be less than or equal"),
        (["retry_s"], [], "retry_s is []: tuple should have at least 1 item"),
        (["retry_s", 0], None, "retry_s.0 is null: input should be a valid number"),
        (["colour"], "red", 'colour is "red": no such key; there are name, acknowledgement_s, '),
        (["ladders"], [], "ladders is []: input should be an object"),
        (["ladders", "alarm"], {"steps": []}, 'ladders.alarm is "alarm": one of pre_alert, '),
        (["ladders", "alert"], [], "ladders.alert is []: "),
        (["ladders", "alert", "steps"], [], 'ladders.alert is {"call_without_receipt_s": 45'),
        (["ladders", "alert", "steps"], [{"wait": 5}], "at least one step that is not a wait"),
        (["ladders", "alert", "loud"], 1, "ladders.alert.loud is 1: no such key; there are steps"),
        (["ladders", "alert", "steps", 0], "x", f'{ALERT}.0 is "x": input should be an object'),
        (["ladders", "alert", "steps", 0], {}, f"{ALERT}.0 is {{}}: exactly one of wait, notify,"),
        (
            ["ladders", "alert", "steps", 0, "wait"],
            5,
            "exactly one of wait, notify, escalate, ask_fix is wanted",
        ),
        (["ladders", "alert", "steps", 1, "wait"], 0, f"{ALERT}.1.wait is 0: input should be gr"),
        (
            ["ladders", "alert", "steps", 1, "x"],
            0,
            f"{ALERT}.1.x is 0: no such key; there are",
        ),
        (["ladders", "alert", "steps", 1, "only_if_contact"], True, "is not for a wait"),
        (["ladders", "alert", "steps", 0, "notify"], [], f"{ALERT}.0.notify is []: "),
        (
            ["ladders", "alert", "steps", 0, "notify", 0],
            "judge.fax",
            f'{ALERT}.0.notify.0 is "judge.fax": recipient.channel of victim',
        ),
        (
            ["ladders", "alert", "steps", 2, "escalate", 0],
            "supervisor.call",
            f'{ALERT}.2.escalate.0 is "supervisor.call": supervisor is reached by console only',
        ),
        (["ladders", "alert", "steps", 0, "pattern"], 4, "pattern is 1, 2 or 3 for units"),
        (["ladders", "alert", "steps", 2, "pattern"], 2, f"{ALERT}.2 is {{"),
        (["ladders", "strap", "steps", 1, "only_if_contact"], 1, "only_if_contact is 1: input sho"),
        (
            ["ladders", "unassured", "steps", 0, "ask_fix"],
            "offender",
            "ask_fix is \"offender\": input should be 'victim'",
        ),
        (["ladders", "ladder", "steps", 1], {"wait": 9}, "ladders.ladder: no wait at its end"),
        (
            ["ladders", "pre_alert", "steps", 0, "notify", 1],
            "offender.unit",
            "ladders.pre_alert.steps.0: the offender's unit must not tell of pre_alert, only of al",
        ),
    ],
)
def test_what_is_wrong_is_named(document: Any, path: list[Any], value: Any, complaint: str) -> None:
    broken = copy.deepcopy(document)
    *parents, last = path
    place = broken
    for key in parents:
        place = place[key]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    with pytest.raises(UsageError) as refused:
        parse(broken)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("gone", ["name", "retry_s", "ladders", "warning_life_s"])
def test_what_is_missing_is_named(document: Any, gone: str) -> None:
    del document[gone]
    with pytest.raises(UsageError, match=f"{gone}: field required"):
        parse(document)


def test_ladders_that_are_needed(document: Any) -> None:
    del document["ladders"]["panic"]
    with pytest.raises(UsageError, match=r"^policy default: ladders are missing: panic$"):
        parse(document)


def test_a_policy_is_made_again_from_its_document() -> None:
    assert parse(json.loads(default().document.text)) == default()


def test_the_quiet_clock_is_a_policys_numbers_for_each_strength(document: Any) -> None:
    document["quiet"]["strict"] |= {"still_m_s": 2, "hold_s": 120}
    strict, supervised = (parse(document).quiet[one] for one in Strength)
    assert (strict.still_m_s, strict.hold_ms) == (2.0, 120_000)
    assert supervised == default().quiet[Strength.SUPERVISED]
    assert strict.night == supervised.night == (Weekly(tuple(range(7)), 22 * 60, 6 * 60),)


def test_a_policy_that_says_nothing_of_the_quiet_clock_has_the_default(document: Any) -> None:
    del document["quiet"]
    assert parse(document).quiet == default().quiet


def test_who_rests_is_not_plausibly_faster_than_who_drives(document: Any) -> None:
    document["quiet"]["strict"]["still_m_s"] = 20
    with pytest.raises(UsageError, match=r"quiet\.strict.*still_m_s <= town_m_s <= road_m_s"):
        parse(document)
