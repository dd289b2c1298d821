"""Signals of one order, and ways to look at what came of them."""

from collections.abc import Iterable
from typing import Any, TypeVar

from host.escalation.act import Act, Verb
from host.escalation.delivery import Channel, Delivery
from host.escalation.effects import (
    ClearLatch,
    DeliveryChanged,
    Effect,
    IncidentChanged,
    SendWarning,
)
from host.escalation.escalation import Escalation
from host.escalation.incident import Incident
from host.escalation.policy import default
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Transition,
    UnitAlarm,
    Unquiet,
)
from host.registry.types import Order, Role

ORDER = Order("O1", 1, "juan", ("ana", "eva"))
NEAR_ANA = "victim:ana"
CLEAR, PRE_ALERT, ALERT, BREACH = Level

Kind = TypeVar("Kind")


def new_escalation() -> Escalation:
    return Escalation(ORDER, default())


def level(before: Level, after: Level, rise: int, at_ms: int, cause: str = NEAR_ANA) -> Transition:
    return Transition("O1", cause, at_ms - 100, at_ms, before, after, rise, "distance", 420.0)


def condition(before: Condition, after: Condition, at_ms: int) -> ConditionChange:
    return ConditionChange("O1", at_ms, before, after, "overdue_victim")


def unquiet(at_ms: int, reason: str = "overdue_victim") -> Unquiet:
    return Unquiet("O1", at_ms, reason)


def alarm(code: str, at_ms: int, *, raised: bool = True, role: Role = Role.OFFENDER) -> UnitAlarm:
    unit, person = ("B7", "juan") if role is Role.OFFENDER else ("V3", "ana")
    return UnitAlarm("O1", unit, role, person, code, raised, at_ms - 50, at_ms)


def only(kind: type[Kind], effects: Iterable[Effect]) -> list[Kind]:
    return [effect for effect in effects if isinstance(effect, kind)]


def warned(effects: Iterable[Effect]) -> list[tuple[str, str, int, int]]:
    """(role, person, pattern, attempt) of each warning."""
    return [
        (str(sent.role), sent.person, sent.pattern, sent.attempt)
        for sent in only(SendWarning, effects)
    ]


def cleared(effects: Iterable[Effect]) -> list[tuple[str, str]]:
    """(unit, code) of each latch that is to be cleared."""
    return [(effect.unit, effect.code) for effect in only(ClearLatch, effects)]


def told(effects: Iterable[Effect]) -> list[str]:
    """recipient.channel of each delivery that is new."""
    return [
        f"{change.delivery.recipient}.{change.delivery.channel}"
        for change in only(DeliveryChanged, effects)
        if change.rule in ("sent", "queued")
    ]


def rules(effects: Iterable[Effect]) -> list[str]:
    """The names of the rules that changed incidents."""
    return [change.rule for change in only(IncidentChanged, effects)]


def incident(escalation: Escalation, cause: str = NEAR_ANA) -> Incident:
    return escalation.incidents[cause]


def act(
    escalation: Escalation,
    verb: Verb,
    now_ms: int,
    cause: str = NEAR_ANA,
    reason: str = "",
    for_ms: int = 0,
) -> list[Effect]:
    """An operator does something about the incident of a cause."""
    name = incident(escalation, cause).id
    return escalation.act(Act(verb, name, "olga", now_ms, reason, for_ms), now_ms)


def acknowledge(escalation: Escalation, now_ms: int, cause: str = NEAR_ANA) -> list[Effect]:
    return act(escalation, Verb.ACKNOWLEDGE, now_ms, cause)


def call(escalation: Escalation, delivery: str, reached: bool, now_ms: int) -> list[Effect]:
    """An operator has called, and was answered or not."""
    return escalation.act(Act(Verb.CALL, delivery, "olga", now_ms, reached=reached), now_ms)


def pending(escalation: Escalation, channel: Channel) -> list[Delivery]:
    return [
        delivery
        for delivery in escalation.deliveries.values()
        if delivery.channel is channel and delivery.pending
    ]


def until(escalation: Escalation, now_ms: int) -> list[tuple[int, Any]]:
    """Let time pass as the driver does: every deadline at its own time; (time, effect) pairs."""
    happened: list[tuple[int, Any]] = []
    while (due_ms := escalation.due_ms) is not None and due_ms <= now_ms:
        happened += [(due_ms, effect) for effect in escalation.timer(due_ms)]
    return happened
