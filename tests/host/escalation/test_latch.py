"""The clearing of a unit's latch: told until it is confirmed, not told of what is raised anew."""

from itertools import pairwise

from host.escalation.delivery import Channel, Delivery, Progress
from host.escalation.effects import ClearLatch, DeliveryChanged
from host.escalation.escalation import Escalation
from host.escalation.outbox import LATCH_LIFE_MS
from host.escalation.policies import Policies
from protocol.record import DONE, PRESENTED
from tests.host.escalation.signals import (
    ORDER,
    acknowledge,
    alarm,
    cleared,
    new_escalation,
    only,
    pending,
    rules,
    until,
)


def closed() -> tuple[Escalation, Delivery]:
    """An escalation whose only incident, an opened case, is over; its unit is to forget it."""
    escalation = new_escalation()
    escalation.signal(alarm("case", 0), 0)
    escalation.signal(alarm("case", 1_000, raised=False), 1_000)
    assert cleared(acknowledge(escalation, 2_000, "case:B7")) == [("B7", "case")]
    assert escalation.incidents == {}
    (delivery,) = pending(escalation, Channel.LATCH)
    return escalation, delivery


def states(changes: list[DeliveryChanged]) -> list[tuple[str, str]]:
    return [
        (str(one.delivery.state), one.rule)
        for one in changes
        if one.delivery.channel is Channel.LATCH
    ]


def test_it_is_sent_again_ever_more_rarely_until_the_unit_confirms() -> None:
    escalation, delivery = closed()
    assert not escalation.quiet
    sent = [
        (at_ms, effect.delivery_id)
        for at_ms, effect in until(escalation, 3_600_000)
        if isinstance(effect, ClearLatch)
    ]
    assert {number for _, number in sent} == {delivery.number}
    times = [at_ms for at_ms, _ in sent]
    assert [at_ms // 1000 for at_ms in times[:8]] == [7, 17, 37, 77, 157, 317, 637, 1237]
    assert {(after - before) // 1000 for before, after in pairwise(times[7:])} == {600}
    told = only(DeliveryChanged, escalation.receipt(delivery.number, DONE, 3_600_000))
    assert states(told) == [("delivered", "confirmed")]
    assert escalation.quiet
    assert escalation.receipt(delivery.number, DONE, 3_600_001) == []


def test_a_unit_that_connects_is_told_at_once() -> None:
    escalation, _ = closed()
    until(escalation, 700_000)
    assert cleared(escalation.connected("B7", "somebody else by now", 700_000)) == [("B7", "case")]
    assert escalation.connected("V3", "juan", 700_001) == []


def test_it_goes_on_from_its_state() -> None:
    escalation, delivery = closed()
    again = Escalation.restore(ORDER, Policies(), escalation.state())
    (effect, *_) = [one for _, one in until(again, 10_000) if isinstance(one, ClearLatch)]
    assert effect == ClearLatch(delivery.number, "B7", "case")
    again.receipt(delivery.number, DONE, 11_000)
    assert again.quiet


def test_what_is_raised_anew_is_not_forgotten() -> None:
    escalation, first = closed()
    again = escalation.signal(alarm("case", 3_000), 3_000)
    assert states(only(DeliveryChanged, again)) == [("withdrawn", "withdrawn")]
    assert rules(again) == ["raised"]
    assert [
        effect for _, effect in until(escalation, 14_000) if isinstance(effect, ClearLatch)
    ] == []
    escalation.signal(alarm("case", 15_000, raised=False), 15_000)
    (second,) = only(ClearLatch, acknowledge(escalation, 16_000, "case:B7"))
    assert second.delivery_id != first.number
    escalation.receipt(first.number, DONE, 17_000)  # a late one says nothing of the second
    assert [one.number for one in pending(escalation, Channel.LATCH)] == [second.delivery_id]


def test_only_the_receipt_of_a_clearing_confirms_it() -> None:
    escalation, delivery = closed()
    assert escalation.receipt(delivery.number, PRESENTED, 3_000) == []
    assert pending(escalation, Channel.LATCH) == [delivery]


def test_a_unit_that_never_comes_back_is_given_up_in_the_end() -> None:
    escalation, _ = closed()
    *_, (_, last) = until(escalation, 2_000 + LATCH_LIFE_MS)
    assert isinstance(last, DeliveryChanged)
    assert (last.delivery.state, last.rule) == (Progress.FAILED, "expired")
    assert escalation.quiet
