"""The table of deliveries, and identifiers that are derived."""

import json

import pytest

from host.escalation.delivery import TABLE, Channel, Delivery, DeliveryEvent, Progress, Recipient
from host.escalation.identity import delivery_id, incident_id
from host.escalation.incident import Refused

CELLS = [(state, event) for state in Progress for event in DeliveryEvent]


def a_delivery(state: Progress) -> Delivery:
    return Delivery(
        id="00000000000000ff",
        incident="i",
        order="O1",
        cause="victim:ana",
        kind="alert",
        rise=1,
        step=0,
        recipient=Recipient.VICTIM,
        person="ana",
        channel=Channel.UNIT,
        created_ms=1,
        changed_ms=1,
        expires_ms=600_001,
        policy="p",
        state=state,
        retry_ms=5_001,
        call_ms=45_001,
    )


@pytest.mark.parametrize(("state", "event"), CELLS)
def test_every_cell_leads_somewhere_or_refuses_by_a_name(
    state: Progress, event: DeliveryEvent
) -> None:
    rule = TABLE[state][event]
    assert rule.name.replace("_", "").isalpha()
    before = a_delivery(state)
    if rule.to is None:
        with pytest.raises(Refused) as refused:
            before.apply(event, 9)
        assert refused.value.reason == rule.name
        return
    after, name = before.apply(event, 9)
    assert (after.state, name) == (rule.to, rule.name)
    assert after.changed_ms == (1 if rule.to is state else 9)
    assert after.pending or (after.retry_ms, after.call_ms) == (None, None)


@pytest.mark.parametrize("state", Progress)
def test_receipts_of_units_are_never_refused(state: Progress) -> None:
    for event in (
        DeliveryEvent.PRESENTED,
        DeliveryEvent.SILENCE,
        DeliveryEvent.EXPIRED,
        DeliveryEvent.WITHDRAW,
    ):
        assert TABLE[state][event].to is not None


def test_what_was_delivered_stays_so() -> None:
    reached = {Progress.DELIVERED, Progress.SILENCED, Progress.ANSWERED}
    for state in reached:
        for event in DeliveryEvent:
            assert TABLE[state][event].to in reached | {None}


def test_a_delivery_survives_json_and_its_id_is_what_its_unit_knows_it_by() -> None:
    before = a_delivery(Progress.SENT)
    assert Delivery.from_json(json.loads(json.dumps(before.to_json()))) == before
    assert before.number == 255


def test_identifiers_are_pinned() -> None:
    """Units remember warnings by them and rows are found by them: they may not change."""
    assert incident_id("O1", "victim:ana", 1) == "c38daf4ffca096f3"
    key = ("O1", "victim:ana", "alert", 1, 0, "victim:ana", "unit")
    assert f"{delivery_id(*key):016x}" == "62d167adbf579790"


@pytest.mark.parametrize("part", range(7))
def test_each_part_of_the_key_makes_another_warning(part: int) -> None:
    key = ["O1", "victim:ana", "alert", 1, 0, "victim:ana", "unit"]
    other = list(key)
    other[part] = 2 if isinstance(key[part], int) else "x"
    assert delivery_id(*other) != delivery_id(*key)  # type: ignore[arg-type]


def test_parts_of_a_key_do_not_run_together() -> None:
    assert incident_id("O1", "ab", 1) != incident_id("O1a", "b", 1)
