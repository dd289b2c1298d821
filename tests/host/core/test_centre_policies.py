"""Orders under policies of their own: the ladders that their incidents climb."""

import json
from dataclasses import replace

from host.core.outcome import Changed, Outcome
from host.escalation.delivery import Channel
from host.escalation.policy import default
from host.proximity.types import Unquiet
from host.registry.types import PolicyDocument
from tests.host.driven_centre import ORDER, REGISTRY, DrivenCentre, at_ms

HURRIED = {**json.loads(default().document.text)["ladders"]}
HURRIED["alert"] = {
    "steps": [{"notify": ["centre.console"]}, {"wait": 5}, {"notify": ["victim.call"]}]
}
OTHER = replace(ORDER, id="O2", policy="other")


def other(**changed: object) -> PolicyDocument:
    told = {**json.loads(default().document.text), "name": "other", **changed}
    return PolicyDocument("other", json.dumps(told))


TWO = replace(REGISTRY, orders=(ORDER, OTHER), policies=(other(ladders=HURRIED),))


def posted(outcome: Outcome) -> set[tuple[str, str]]:
    """(order, recipient.channel) of all deliveries that changed."""
    return {(one.order, f"{one.recipient}.{one.channel}") for one in outcome.deliveries}


def called(driven: DrivenCentre, until_s: float) -> set[str]:
    """Orders about which somebody is to call, of what happens until then."""
    told = driven.step(now_s=until_s)
    return {one.order for one in told.deliveries if one.channel is Channel.CALL}


def test_the_same_approach_climbs_the_ladder_of_each_orders_policy() -> None:
    driven = DrivenCentre(TWO)
    told = driven.both(1, 300)
    assert ("O1", "victim.unit") in posted(told)
    assert ("O2", "victim.unit") not in posted(told)
    assert called(driven, 7) == {"O2"}
    assert called(driven, 62) == {"O1"}


def test_what_is_open_goes_on_by_its_version_though_the_policy_has_ended() -> None:
    driven = DrivenCentre(TWO)
    driven.both(1, 300)
    under_default = replace(OTHER, policy="default", version=2)
    driven.step(
        Changed(other(), at_ms(2)),
        Changed(under_default, at_ms(2)),
        Changed(PolicyDocument("other", ""), at_ms(2)),
    )
    driven.restart(replace(TWO, orders=(ORDER, under_default), policies=()), at_s=3)
    assert called(driven, 7) == {"O2"}


def test_what_is_opened_after_a_change_goes_by_the_new_version() -> None:
    driven = DrivenCentre(TWO)
    driven.step(Changed(other(), at_ms(1)))
    driven.both(2, 300)
    assert called(driven, 8) == set()
    assert called(driven, 63) == {"O1", "O2"}


def alarmed_s(policy: PolicyDocument, at_s: float) -> float:
    """When it is an alarm that a bracelet has fallen silent, where that policy comes in force a
    while after its last word."""
    registry = replace(REGISTRY, orders=(OTHER,), policies=(other(),))
    driven = DrivenCentre(registry)
    driven.both(0, 60_000)
    driven.both(100, 60_000)
    for s in range(105, 2400, 5):
        inputs = [Changed(policy, at_ms(s))] if s == at_s else []
        told = driven.step(*inputs, now_s=s)
        if any(isinstance(one, Unquiet) for one in told.signals):
            return s - 100
        driven.fix("V1", s)
    raise AssertionError("never")


def test_a_changed_quiet_clock_counts_for_what_is_no_alarm_yet() -> None:
    quiet = json.loads(default().document.text)["quiet"]
    hasty = {**quiet, "strict": {**quiet["strict"], "hold_s": 60, "night_hold_s": 60}}
    at_once = alarmed_s(other(), 200)
    assert alarmed_s(other(quiet=hasty), 200) < at_once
