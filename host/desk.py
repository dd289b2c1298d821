"""The escalation of all orders: which case an event belongs to, and where its effects go."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import orjson

from host.audit import Chain
from host.errors import ResguardoError
from host.escalation.case import Case, opens
from host.escalation.effects import (
    AskFix,
    ClearLatch,
    DeliveryChanged,
    Effect,
    IncidentChanged,
    SendWarning,
)
from host.escalation.incident import Refused, UnknownIncident
from host.escalation.policy import default
from host.outcome import Outcome, Warn
from host.proximity.types import ConditionChange, Signal, Transition, UnitAlarm
from host.registry import Order

_SIGNALS = {Transition: "level", ConditionChange: "condition", UnitAlarm: "unit"}

UnitOf = Callable[[str], str | None]  # person -> the unit worn now


class Desk:
    """Cases by order, created with an order's first signal and dropped when nothing is open."""

    def __init__(self, chain: Chain, unit_of: UnitOf) -> None:
        self._chain = chain
        self._unit_of = unit_of
        self._cases: dict[str, Case] = {}
        self._order_of_incident: dict[str, str] = {}
        self._order_of_warning: dict[int, str] = {}
        self._touched: set[str] = set()

    def restore(self, order: Order, state: bytes) -> None:
        """Take up a case as an earlier outcome left it; an empty state is a case that is over."""
        if not state:
            return
        case = Case.restore(order, default(), orjson.loads(state))
        self._cases[order.id] = case
        for incident in case.incidents.values():
            self._order_of_incident[incident.id] = order.id
        for delivery in case.deliveries.values():
            self._order_of_warning[delivery.warning_id] = order.id

    def due_ms(self, order: str) -> int | None:
        """When a case's `timer` wants to be called next."""
        case = self._cases.get(order)
        return None if case is None else case.due_ms

    def case(self, order: str) -> Case | None:
        """The open case of an order."""
        return self._cases.get(order)

    # What can happen

    def signal(
        self, order: Order, signal: Signal, now_ms: int, contact_possible: bool, outcome: Outcome
    ) -> None:
        """A change of level or assurance, or a unit's alarm."""
        self._audit(_SIGNALS[type(signal)], order.id, now_ms, asdict(signal), outcome)
        case = self._cases.get(order.id)
        if case is None:
            if not opens(signal):
                return
            case = self._cases[order.id] = Case(order, default())
        case.order = order
        self._carry(order.id, case.signal(signal, now_ms, contact_possible), now_ms, outcome)

    def timer(self, order: str, now_ms: int, outcome: Outcome) -> None:
        """A deadline of the order's case has come."""
        self._carry(order, self._cases[order].timer(now_ms), now_ms, outcome)

    def acknowledge(
        self, incident: str, operator: str, now_ms: int, outcome: Outcome
    ) -> str | None:
        """An operator takes charge. Returns the order; a refusal is told in the outcome."""
        order = self._order_of_incident.get(incident)
        try:
            if order is None:
                raise UnknownIncident(f"no open incident {incident}")
            effects = self._cases[order].acknowledge(incident, operator, now_ms)
        except ResguardoError as error:
            outcome.refusals[incident] = error
            return order
        self._carry(order, effects, now_ms, outcome)
        return order

    def receipt(self, warning_id: int, presented: int, now_ms: int, outcome: Outcome) -> str | None:
        """A unit's receipt. Returns the order that the warning was sent for, if it is known."""
        order = self._order_of_warning.get(warning_id)
        if order is None:
            return None
        try:
            effects = self._cases[order].receipt(warning_id, presented, now_ms)
        except Refused as error:
            outcome.refusals[f"{warning_id:016x}"] = error
            return order
        self._carry(order, effects, now_ms, outcome)
        return order

    def close(self, now_ms: int, outcome: Outcome) -> None:
        """Give out the states of the cases that changed, and chain the batch of records."""
        for order in sorted(self._touched):
            case = self._cases[order]
            outcome.cases[order] = b"" if case.quiet else orjson.dumps(case.state())
            if case.quiet:
                self._drop(order)
        self._touched.clear()
        if outcome.records:
            digest = sha256()
            for row in outcome.records:
                digest.update(row.sealed)
            entry = self._chain.append_batch(digest.digest(), len(outcome.records), now_ms)
            outcome.audit.append(entry)

    def _drop(self, order: str) -> None:
        del self._cases[order]
        over = [one for one, its_order in self._order_of_warning.items() if its_order == order]
        for warning_id in over:
            del self._order_of_warning[warning_id]

    def _carry(self, order: str, effects: list[Effect], now_ms: int, outcome: Outcome) -> None:
        for effect in effects:
            if isinstance(effect, SendWarning):
                self._send(order, effect, outcome)
            elif isinstance(effect, IncidentChanged):
                incident = effect.incident
                if incident.is_open:
                    self._order_of_incident[incident.id] = order
                else:
                    self._order_of_incident.pop(incident.id, None)
                outcome.incidents.append(incident)
                outcome.rising |= incident.priority == 1
                self._audit(f"incident.{effect.rule}", order, now_ms, incident.to_json(), outcome)
            elif isinstance(effect, DeliveryChanged):
                delivery = effect.delivery
                outcome.deliveries.append(delivery)
                self._audit(f"delivery.{effect.rule}", order, now_ms, delivery.to_json(), outcome)
            elif isinstance(effect, AskFix):
                unit = self._unit_of(effect.person)
                if unit is not None:
                    outcome.fix_now.append(unit)
            elif isinstance(effect, ClearLatch):
                outcome.clear_latch.append((effect.unit, effect.code))
        self._touched.add(order)

    def _send(self, order: str, warning: SendWarning, outcome: Outcome) -> None:
        self._order_of_warning[warning.warning_id] = order
        outcome.rising = True
        unit = self._unit_of(warning.person)
        if unit is not None:
            outcome.warnings.append(
                Warn(
                    unit,
                    warning.warning_id,
                    warning.level,
                    warning.pattern,
                    warning.text,
                    warning.expires_ms,
                )
            )

    def _audit(
        self, kind: str, order: str, now_ms: int, data: Mapping[str, Any], outcome: Outcome
    ) -> None:
        outcome.audit.append(self._chain.append(kind, order, data, now_ms))
