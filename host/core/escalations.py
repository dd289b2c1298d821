"""The escalations of all orders: which one an event belongs to, and where its effects go."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from host.base.errors import ResguardoError
from host.core.audit import Chain
from host.core.outcome import Clear, Outcome, Warn
from host.escalation.act import Act, Verb
from host.escalation.assurance import NO_COVER
from host.escalation.effects import (
    AskFix,
    ClearLatch,
    DeliveryChanged,
    Effect,
    IncidentChanged,
    SendWarning,
)
from host.escalation.escalation import Escalation, opens
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from host.escalation.policies import Policies
from host.ingest.news import Receipted
from host.ingest.wearer import Wearer
from host.proximity.order import OrderState
from host.proximity.types import Condition, ConditionChange, Signal, Transition, UnitAlarm, Unquiet
from host.registry.types import Order

_SIGNALS = {
    Transition: "level",
    ConditionChange: "condition",
    Unquiet: "unquiet",
    UnitAlarm: "unit",
}

WearerOf = Callable[[str], Wearer | None]  # by person, with the unit worn now


def _is_over(signal: Signal, state: OrderState) -> bool:
    """Whether her unit tells, late, that it had no cover while nothing was promised anyway."""
    late = isinstance(signal, UnitAlarm) and signal.code == NO_COVER and signal.raised
    return late and state.announced.has_returned_since(signal.at_ms)


class Escalations:
    """By order; each is made by its order's first signal and dropped when nothing is open."""

    def __init__(self, chain: Chain, wearer_of: WearerOf, policies: Policies) -> None:
        self._chain = chain
        self._wearer_of = wearer_of
        self.policies = policies
        self._escalations: dict[str, Escalation] = {}
        self._order_of_incident: dict[str, str] = {}
        self._order_of_delivery: dict[int, str] = {}
        self._receipts_of: dict[str, list[int]] = {}
        self._to_save: set[str] = set()

    def restore(self, order: Order, state: bytes) -> None:
        """Take one up as an earlier outcome left it; an empty state is of one that is over."""
        if not state:
            return
        escalation = Escalation.restore(order, self.policies, orjson.loads(state))
        self._escalations[order.id] = escalation
        for incident in escalation.incidents.values():
            self._order_of_incident[incident.id] = order.id
        for delivery in escalation.deliveries.values():
            self._expect_receipt(delivery.number, order.id)

    def due_ms(self, order: str) -> int | None:
        """When an escalation's `timer` wants to be called next."""
        escalation = self._escalations.get(order)
        return None if escalation is None else escalation.due_ms

    def open(self) -> list[Escalation]:
        """All that anything is open of, as they are now."""
        return list(self._escalations.values())

    def of(self, order: str) -> Escalation | None:
        """The open escalation of an order."""
        return self._escalations.get(order)

    def has_incident(self, order: str, cause: str) -> bool:
        """Whether an incident of that cause is open."""
        escalation = self._escalations.get(order)
        return escalation is not None and cause in escalation.incidents

    # What can happen

    def signal(self, state: OrderState, signal: Signal, now_ms: int, outcome: Outcome) -> None:
        """A change of level or assurance, or a unit's alarm, of the order that `state` is of."""
        order = state.order
        self.audit(_SIGNALS[type(signal)], order.id, now_ms, asdict(signal), outcome)
        if _is_over(signal, state):
            return
        escalation = self._escalations.get(order.id)
        if escalation is None:
            if not opens(signal):
                return
            escalation = Escalation(order, self.policies.named(order.policy))
            self._escalations[order.id] = escalation
            if state.condition is Condition.INACTIVE:  # or it would not keep quiet
                told = ConditionChange(
                    order.id, now_ms, state.condition, state.condition, state.reason
                )
                escalation.signal(told, now_ms)
        escalation.order, escalation.policy = order, self.policies.named(order.policy)
        possible = state.contact_possible(now_ms)
        self._carry_out(order.id, escalation.signal(signal, now_ms, possible), now_ms, outcome)

    def timer(self, order: str, now_ms: int, outcome: Outcome) -> None:
        """A deadline of the order's escalation has come."""
        self._carry_out(order, self._escalations[order].timer(now_ms), now_ms, outcome)

    def act(self, act: Act, now_ms: int, outcome: Outcome) -> str | None:
        """An operator acts. Returns the order; a refusal is told in the outcome."""
        order = self.order_of(act.verb, act.subject)
        try:
            if order is None:
                unknown = UnknownDelivery if act.verb is Verb.CALL else UnknownIncident
                raise unknown(f"{act.subject} is not open")
            effects = self._escalations[order].act(act, now_ms)
        except ResguardoError as error:
            outcome.refusals[act] = error
            return order
        self._carry_out(order, effects, now_ms, outcome)
        return order

    def receipt(self, said: Receipted, wearer: Wearer, now_ms: int, outcome: Outcome) -> str | None:
        """A receipt of this wearer's unit.

        Returns the order that it is about, if that is known. Raises Refused for a receipt that
        nobody could have given.
        """
        order = self._order_of_delivery.get(said.delivery_id)
        if order is None:
            return None
        escalation = self._escalations[order]
        delivery = escalation.deliveries.get(f"{said.delivery_id:016x}")
        if delivery is not None and not delivery.is_for(wearer.unit.id, wearer.person):
            raise Refused("foreign_receipt", f"{delivery.id} was for another wearer")
        effects = escalation.receipt(said.delivery_id, said.outcome, now_ms)
        self._carry_out(order, effects, now_ms, outcome)
        return order

    def awaiting(self, wearer: Wearer) -> list[str]:
        """The orders that wait for a receipt of this wearer's unit."""
        unit, person = wearer.unit.id, wearer.person
        return [
            state.order.id
            for state in wearer.orders
            if (escalation := self._escalations.get(state.order.id)) is not None
            and any(
                one.pending and one.is_for(unit, person) for one in escalation.deliveries.values()
            )
        ]

    def connected(self, order: str, wearer: Wearer, now_ms: int, outcome: Outcome) -> None:
        """This wearer's unit has connected."""
        effects = self._escalations[order].connected(wearer.unit.id, wearer.person, now_ms)
        self._carry_out(order, effects, now_ms, outcome)

    def audit(
        self, kind: str, order: str, now_ms: int, data: Mapping[str, Any], outcome: Outcome
    ) -> None:
        """Chain something that has been decided in an order's case."""
        outcome.audit.append(self._chain.append(kind, order, data, now_ms))

    def save(self, outcome: Outcome) -> None:
        """Give out the states of the escalations that changed."""
        for order in sorted(self._to_save):
            escalation = self._escalations.get(order)
            outcome.escalations[order] = (
                b"" if escalation is None else orjson.dumps(escalation.state())
            )
        self._to_save.clear()

    def _carry_out(self, order: str, effects: list[Effect], now_ms: int, outcome: Outcome) -> None:
        for effect in effects:
            if isinstance(effect, SendWarning):
                self._send(order, effect, now_ms, outcome)
            elif isinstance(effect, IncidentChanged):
                incident = effect.incident
                if incident.is_open:
                    self._order_of_incident[incident.id] = order
                else:
                    self._order_of_incident.pop(incident.id, None)
                outcome.incidents.append(incident)
                outcome.rising |= incident.priority == 1
                self.audit(f"incident.{effect.rule}", order, now_ms, incident.to_json(), outcome)
            elif isinstance(effect, DeliveryChanged):
                delivery = effect.delivery
                outcome.deliveries.append(delivery)
                self.audit(f"delivery.{effect.rule}", order, now_ms, delivery.to_json(), outcome)
            elif isinstance(effect, AskFix):
                wearer = self._wearer_of(effect.person)
                if wearer is not None:
                    outcome.fix_now.append(wearer.unit.id)
            elif isinstance(effect, ClearLatch):
                self._expect_receipt(effect.delivery_id, order)
                outcome.clear_latch.append(Clear(effect.unit, effect.delivery_id, effect.code))
        self._to_save.add(order)
        if self._escalations[order].quiet:  # at once, so that it does not matter when a step ends
            del self._escalations[order]
            for delivery_id in self._receipts_of.pop(order, ()):
                del self._order_of_delivery[delivery_id]

    def order_of(self, verb: Verb, subject: str) -> str | None:
        """Whose incident or, of a call, delivery that is; None where there is no such thing."""
        if verb is not Verb.CALL:
            return self._order_of_incident.get(subject)
        held = (
            order
            for order, escalation in self._escalations.items()
            if subject in escalation.deliveries
        )
        return next(held, None)

    def _expect_receipt(self, delivery_id: int, order: str) -> None:
        if delivery_id not in self._order_of_delivery:
            self._order_of_delivery[delivery_id] = order
            self._receipts_of.setdefault(order, []).append(delivery_id)

    def _send(self, order: str, warning: SendWarning, now_ms: int, outcome: Outcome) -> None:
        self._expect_receipt(warning.warning_id, order)
        outcome.rising = True
        wearer = self._wearer_of(warning.person)
        if wearer is not None:
            wearer.warned_ms = now_ms
            outcome.warnings.append(
                Warn(
                    wearer.unit.id,
                    warning.warning_id,
                    warning.level,
                    warning.pattern,
                    warning.text,
                    warning.expires_ms,
                )
            )
