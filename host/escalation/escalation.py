"""One order's escalation: signals, operators, receipts and time in; effects out. Pure.

One is made by an order's first signal that matters, so quiet orders cost nothing, and may
be dropped when it is quiet again.
"""

from collections.abc import Mapping
from typing import Any

from host.escalation.act import EVENTS, REASONED, Act, Verb, judge
from host.escalation.assurance import ASSURANCE, NO_COVER, Assurance
from host.escalation.delivery import Delivery, DeliveryEvent
from host.escalation.effects import Effect
from host.escalation.incident import MOMENTS, WEIGHTS, Event, Incident, Refused, State
from host.escalation.incidents import Incidents
from host.escalation.outbox import Outbox
from host.escalation.policies import Policies
from host.escalation.policy import Policy
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Signal,
    Transition,
    UnitAlarm,
    Unquiet,
)
from host.registry.types import Order
from protocol.record import DONE, EXPIRED, PRESENTED, SILENCED

_RECEIPTS = {
    PRESENTED: DeliveryEvent.PRESENTED,
    SILENCED: DeliveryEvent.SILENCE,
    EXPIRED: DeliveryEvent.EXPIRED,
    DONE: DeliveryEvent.CONFIRM,
}


class Escalation:
    """The open incidents of one order (one per cause at most) and what is sent because of them.

    Every method returns its effects in order. Times are the host's, in UTC milliseconds, and
    never go back. Nothing changes when an operator's action is refused.
    """

    __slots__ = (
        "_assurance",
        "_condition",
        "_effects",
        "_incidents",
        "_marks",
        "_outbox",
        "_policies",
    )

    def __init__(self, order: Order, policy: Policy) -> None:
        self._condition: Condition | None = None  # not yet heard of
        self._marks: dict[str, list[Any]] = {}  # per cause: the host's time, and what came then
        self._policies: dict[str, Policy] = {}
        self._effects: list[Effect] = []
        self._outbox = Outbox(self._effects, self._policies)
        self._incidents = Incidents(order, policy, self._policies, self._outbox, self._effects)
        self._assurance = Assurance(self._incidents)

    # What can happen

    def signal(self, signal: Signal, now_ms: int, contact_possible: bool = True) -> list[Effect]:
        """A change of level or of assurance, the end of the quiet clock, or a unit's alarm. A
        duplicate changes nothing.

        contact_possible: whether the bound permits that the parties are within contact distance;
        it decides what the victim hears of a strap cut.
        """
        if isinstance(signal, Transition):
            self._transition(signal, now_ms)
        elif isinstance(signal, ConditionChange):
            self._condition_change(signal, now_ms)
        elif isinstance(signal, Unquiet):
            self._assurance.unquiet(signal, now_ms)
        else:
            self._unit_alarm(signal, now_ms, contact_possible)
        return self._flush()

    def timer(self, now_ms: int) -> list[Effect]:
        """Do everything that is due by `now_ms`, in order of (due, kind, identity)."""
        while (due := self._next()) is not None and due[0] <= now_ms:
            _, kind, key = due
            if kind == 0:
                self._incidents.timer(key, now_ms)
            else:
                cause = self.deliveries[key].cause
                self._outbox.timer(key, now_ms, self.incidents.get(cause))
        return self._flush()

    def act(self, act: Act, now_ms: int) -> list[Effect]:
        """An operator acts. Raises UnknownIncident, UnknownDelivery or Refused.

        Levels and assurance end on evidence only. Shelving does not silence the protected
        person's unit: a level that rises ends it.
        """
        if act.verb is Verb.CALL:
            self._called(act, now_ms)
            return self._flush()
        incidents, found = self._incidents, self._incidents.find(act.subject)
        judge(found, act.verb)
        if act.verb in REASONED and not act.reason.strip():
            raise Refused("no_reason", "a reason is needed")
        what: dict[str, Any] = {"operator": act.operator, "note": act.reason}
        if act.verb is Verb.RESOLVE:
            incidents.clear(found, now_ms, **what)
        elif act.verb is Verb.RESUME:
            incidents.resume(found, now_ms, **what)
        else:
            if act.verb is Verb.ACKNOWLEDGE:
                what["acknowledged_by"] = act.operator
            elif act.verb is Verb.SHELVE:
                longest_ms = self._policies[found.policy].shelving_max_ms
                if not 0 < act.for_ms <= longest_ms:
                    raise Refused("bad_time", f"shelve for at most {longest_ms // 1000} s")
                what["due_ms"] = now_ms + act.for_ms
            incidents.happen(found, EVENTS[act.verb], now_ms, **what)
            if act.verb is Verb.ACKNOWLEDGE:
                self._outbox.acknowledged(found.id, act.operator, now_ms)
        return self._flush()

    def receipt(self, delivery_id: int, outcome: int, now_ms: int) -> list[Effect]:
        """A unit's sealed receipt (protocol.record: Receipt.outcome). Raises Refused."""
        event = _RECEIPTS.get(outcome)
        if event is None:
            raise Refused("unknown_outcome", f"a receipt has the unknown outcome {outcome}")
        self._outbox.receipt(delivery_id, event, now_ms, self.incidents)
        return self._flush()

    def connected(self, unit: str, person: str | None, now_ms: int) -> list[Effect]:
        """`unit`, which `person` wears, has connected: what it has not confirmed is sent again."""
        self._outbox.connected(unit, person, now_ms)
        return self._flush()

    # What can be asked

    @property
    def due_ms(self) -> int | None:
        """When `timer` wants to be called next, if ever."""
        due = self._next()
        return None if due is None else due[0]

    @property
    def incidents(self) -> Mapping[str, Incident]:
        """The open ones, by cause."""
        return self._incidents.incidents

    @property
    def deliveries(self) -> Mapping[str, Delivery]:
        """Those that may still change, by id."""
        return self._outbox.deliveries

    @property
    def order(self) -> Order:
        """The version of the order in force; replaced when a new one takes force."""
        return self._incidents.order

    @order.setter
    def order(self, order: Order) -> None:
        self._incidents.order = order

    @property
    def policy(self) -> Policy:
        """The policy that incidents are opened with; what is open keeps the one it has."""
        return self._incidents.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self._incidents.policy = policy

    @property
    def quiet(self) -> bool:
        """Nothing is open or under way: it may be dropped."""
        return not self.incidents and not self.deliveries

    # Signals

    def _transition(self, signal: Transition, now_ms: int) -> None:
        cause, before, after = signal.cause, signal.before, signal.after
        if not self._is_new(cause, signal.now_ms, f"{before}>{after}/{signal.rise}"):
            return
        found: dict[str, Any] = {
            "level": after,
            "at_ms": signal.at_ms,
            "reason": signal.reason,
            "distance_m": signal.distance_m,
        }
        incident = self.incidents.get(cause)
        if after > before:
            subject, _, name = cause.partition(":")
            person = name if subject == "victim" else ""
            found |= {"kind": str(after), "person": person}
            self._incidents.rise(cause, signal.rise, now_ms, found)
        elif incident is not None:
            event = Event.EASE if after > Level.CLEAR else Event.CLEAR
            self._incidents.happen(incident, event, now_ms, **found)

    def _condition_change(self, signal: ConditionChange, now_ms: int) -> None:
        # Within one millisecond a condition may go to and fro, so equal ones are no duplicates.
        at_ms = self._marks.get(ASSURANCE, [-1])[0]
        if signal.at_ms < at_ms:
            return
        if signal.at_ms == at_ms and signal.before is not self._condition:
            return
        self._marks[ASSURANCE] = [signal.at_ms]
        self._condition = signal.after
        if signal.after is not Condition.UNASSURED:
            self._assurance.promised(signal, now_ms)
        self._suppress(now_ms)

    def _unit_alarm(self, signal: UnitAlarm, now_ms: int, contact_possible: bool) -> None:
        cause = f"{signal.code}:{signal.unit}"
        if not self._is_new(cause, signal.now_ms, f"{signal.at_ms}/{signal.raised}"):
            return
        if signal.code == NO_COVER:
            self._assurance.no_cover(signal, now_ms)
            return
        kind = signal.code if signal.code in WEIGHTS else "other"
        incident = self.incidents.get(cause)
        active = incident is not None and incident.level > Level.CLEAR
        found: dict[str, Any] = {"at_ms": signal.at_ms, "reason": signal.code}
        if not signal.raised:
            if incident is not None and active:
                self._incidents.clear(incident, now_ms, **found)
            return
        if incident is not None and (kind in MOMENTS or (active and WEIGHTS[kind] < Level.BREACH)):
            return  # a unit may go on repeating the lighter ones: that is one alarm
        found |= {"unit": signal.unit, "person": signal.person}
        found["contact_possible"] = contact_possible
        self._incidents.alarm(cause, kind, now_ms, found)
        if kind in MOMENTS:
            self._incidents.clear(self.incidents[cause], now_ms)
        self._suppress(now_ms)

    def _is_new(self, cause: str, host_ms: int, what: str) -> bool:
        """Whether a signal is no duplicate: the host's time never goes back."""
        mark = self._marks.get(cause)
        if mark is None or host_ms > mark[0]:
            self._marks[cause] = [host_ms, what]
            return True
        if host_ms < mark[0] or what in mark[1:]:
            return False
        mark.append(what)
        return True

    def _suppress(self, now_ms: int) -> None:
        """The lighter alarms of units are silent while the order is not in force."""
        inactive = self._condition is Condition.INACTIVE
        for incident in list(self.incidents.values()):
            if incident.state is State.SUPPRESSED:
                if not inactive:
                    self._incidents.resume(incident, now_ms)
            elif inactive and incident.unit and incident.peak < Level.BREACH:
                self._incidents.happen(incident, Event.SUPPRESS, now_ms)

    # Operators, time and restarts

    def _called(self, act: Act, now_ms: int) -> None:
        """Somebody was called, and has answered or not."""
        called = self._outbox.called(act.subject, act.reached, act.operator, now_ms)
        incident = self.incidents.get(called.cause)
        if act.reached and incident is not None:
            self._incidents.progress(incident, now_ms)

    def _next(self) -> tuple[int, int, str] | None:
        return min((*self._incidents.dues(), *self._outbox.dues()), default=None)

    def _flush(self) -> list[Effect]:
        effects = self._effects[:]
        self._effects.clear()
        return effects

    def state(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able. Policies are named by their digests."""
        return {
            "condition": self._condition,
            "marks": {cause: list(mark) for cause, mark in self._marks.items()},
            "incidents": [incident.to_json() for incident in self.incidents.values()],
            "deliveries": [delivery.to_json() for delivery in self.deliveries.values()],
        }

    @classmethod
    def restore(
        cls,
        order: Order,
        policies: Policies,
        state: Mapping[str, Any],
    ) -> "Escalation":
        """One that goes on exactly where `state` was taken, each incident by its own policy."""
        restored = cls(order, policies.named(order.policy))
        condition = state["condition"]
        restored._condition = None if condition is None else Condition(condition)
        restored._marks = {cause: list(mark) for cause, mark in state["marks"].items()}
        for entry in state["incidents"]:
            incident = Incident.from_json(entry)
            restored._incidents.incidents[incident.cause] = incident
            restored._policies[incident.policy] = policies.opened_with(
                incident.policy, order.policy
            )
        for entry in state["deliveries"]:
            delivery = Delivery.from_json(entry)
            restored._outbox.deliveries[delivery.id] = delivery
            restored._policies[delivery.policy] = policies.opened_with(
                delivery.policy, order.policy
            )
        return restored


def opens(signal: Signal) -> bool:
    """Whether a signal matters to an order that has no escalation yet."""
    if isinstance(signal, Transition):
        return signal.after > signal.before
    if isinstance(signal, ConditionChange):
        return False
    return isinstance(signal, Unquiet) or signal.raised
