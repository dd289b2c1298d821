"""Policies: the default one, and what is refused, where and why."""

import copy
from importlib.resources import files
from typing import Any

import pytest
import yaml

from host.errors import UsageError
from host.escalation.delivery import Channel, Recipient
from host.escalation.incident import WEIGHTS
from host.escalation.policy import DEFAULT_REACH, PolicyError, default, parse
from host.registry import Role


@pytest.fixture
def document() -> Any:
    text = files("host.escalation").joinpath("default.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


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


def test_both_units_are_asked_for_a_fix_when_nothing_is_assured() -> None:
    assert default().ladder("unassured").rungs[0].ask == (Role.OFFENDER, Role.VICTIM)


def test_equal_content_has_an_equal_digest_whatever_the_order_of_keys(document: Any) -> None:
    turned = dict(reversed(list(document.items())))
    assert parse(turned).digest == parse(document).digest == default().digest
    document["acknowledgement_s"] = 200
    assert parse(document).digest != default().digest


def test_a_recipient_without_a_verified_channel_is_refused(document: Any) -> None:
    reach = {**DEFAULT_REACH, Recipient.PATROL_TO_VICTIM: frozenset[Channel]()}
    with pytest.raises(PolicyError) as refused:
        parse(document, reach)
    assert str(refused.value) == (
        "policy default: ladders.alert.steps[5].notify: "
        "patrol_to_victim has no verified channel call (verified: none)"
    )
    assert isinstance(refused.value, UsageError)


def test_a_unit_that_may_have_to_be_called_needs_a_telephone(document: Any) -> None:
    reach = {**DEFAULT_REACH, Recipient.VICTIM: {Channel.UNIT}}
    with pytest.raises(PolicyError, match=r"alert.*victim has no verified channel call"):
        parse(document, reach)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["acknowledgement_s"], 0, r"acknowledgement_s: 0 is wrong, wanted: seconds"),
        (["acknowledgement_s"], True, r"acknowledgement_s: True is wrong"),
        (["shelving_max_s"], "1h", r"shelving_max_s: '1h' is wrong"),
        (["warning_life_s"], -1, r"warning_life_s: -1 is wrong"),
        (["retry_s"], [], r"retry_s: \[\] is wrong, wanted: a list of seconds"),
        (["retry_s", 0], None, r"retry_s: None is wrong"),
        (["colour"], "red", r"keys: 'colour' is wrong, wanted: one of name,"),
        (["ladders"], [], r"ladders: \[\] is wrong"),
        (["ladders", "alarm"], {}, r"ladders: 'alarm' is wrong, wanted: one of pre_alert,"),
        (["ladders", "alert"], [], r"ladders.alert: \[\] is wrong"),
        (["ladders", "alert", "steps"], [], r"ladders.alert: \[\] is wrong, wanted: at least"),
        (["ladders", "alert", "loud"], 1, r"ladders.alert: 'loud' is wrong"),
        (["ladders", "alert", "steps", 0], "x", r"alert.steps\[1\]: 'x' is wrong"),
        (["ladders", "alert", "steps", 0], {}, r"steps\[1\]: {} is wrong, wanted: exactly one"),
        (["ladders", "alert", "steps", 1, "wait"], 0, r"steps\[2\].wait: 0 is wrong"),
        (["ladders", "alert", "steps", 1, "x"], 0, r"steps\[2\]: 'x' is wrong"),
        (["ladders", "alert", "steps", 0, "notify"], [], r"steps\[1\].notify: \[\] is wrong"),
        (
            ["ladders", "alert", "steps", 0, "notify", 0],
            "judge.fax",
            r"steps\[1\].notify: 'judge.fax' is wrong, wanted: recipient.channel of victim",
        ),
        (["ladders", "alert", "steps", 0, "pattern"], 4, r"steps\[1\].pattern: 4 is wrong"),
        (["ladders", "alert", "steps", 2, "pattern"], 2, r"steps\[3\].pattern: 2 is wrong"),
        (["ladders", "strap", "steps", 1, "only_if_contact"], 1, r"only_if_contact: 1 is wrong"),
        (["ladders", "unassured", "steps", 0, "ask_fix"], ["x"], r"ask_fix: \['x'\] is wrong"),
        (["ladders", "ladder", "steps", 1], {"wait": 9}, r"ladder: .* no wait at the end"),
        (
            ["ladders", "pre_alert", "steps", 0, "notify", 1],
            "offender.unit",
            r"steps\[1\].notify: offender.unit must not hear of pre_alert, only of alert and",
        ),
        (["ladders", "panic", "steps", 0, "notify", 0], "offender.unit", r"must not hear of panic"),
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
    with pytest.raises(PolicyError, match=complaint):
        parse(broken)


@pytest.mark.parametrize("gone", ["retry_s", "ladders", "warning_life_s"])
def test_what_is_missing_is_named(document: Any, gone: str) -> None:
    del document[gone]
    with pytest.raises(PolicyError, match=f"{gone} is missing"):
        parse(document)


def test_ladders_that_are_needed(document: Any) -> None:
    del document["ladders"]["panic"]
    with pytest.raises(PolicyError, match=r"ladders: \['panic'\] is wrong, wanted: also these"):
        parse(document)


@pytest.mark.parametrize("nothing", [None, [], "default", {"retry_s": [1]}])
def test_no_policy_at_all(nothing: object) -> None:
    with pytest.raises(PolicyError, match="a policy is a mapping with a name"):
        parse(nothing)
