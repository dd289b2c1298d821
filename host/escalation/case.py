"""One order's escalation: signals, operators, receipts and time in; effects out. Pure.

A case is created with an order's first signal, so quiet orders cost nothing. It holds at most one
open incident per cause, and the deliveries that may still change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from host.escalation import ladder
from host.escalation.delivery import Delivery, News
from host.escalation.effects import AskFix, ClearLatch, Effect, IncidentChanged
from host.escalation.identity import incident_id
from host.escalation.incident import (
    MOMENTS,
    WEIGHTS,
    Event,
    Incident,
    Refused,
    State,
    UnknownIncident,
)
from host.escalation.outbox import Outbox
from host.escalation.policy import Policy, Rung, snapshot
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Signal,
    Transition,
    UnitAlarm,
)
from host.registry import Order, Role
from protocol.record import EXPIRED, PRESENTED, SILENCED

ASSURANCE = "assurance"
_RECEIPTS = {PRESENTED: News.PRESENTED, SILENCED: News.SILENCE, EXPIRED: News.EXPIRED}


class Case:
    """The incidents and deliveries of one order. `order` and `policy` may be replaced at any
    time (a new version): an open incident keeps the policy that it was opened with."""

    __slots__ = (
        "_alarms",
        "_condition",
        "_effects",
        "_marks",
        "_outbox",
        "_policies",
        "incidents",
        "order",
        "policy",
    )

    def __init__(self, order: Order, policy: Policy) -> None:
        self.order = order
        self.policy = policy
        self.incidents: dict[str, Incident] = {}  # by cause, open ones only
        self._condition: Condition | None = None  # not yet heard of
        self._alarms: dict[str, int] = {}  # rises per cause, of those that no one else counts
        self._marks: dict[str, list[Any]] = {}  # per cause: host's time, and what came then
        self._policies: dict[str, Policy] = {}
        self._effects: list[Effect] = []
        self._outbox = Outbox(self._effects, self._policies)

    # What can happen

    def signal(self, signal: Signal, now_ms: int, contact_possible: bool = True) -> list[Effect]:
        """A change of level or of assurance, or a unit's alarm. A duplicate changes nothing.

        contact_possible: whether the bound permits that the parties are within contact distance;
        it decides what the victim hears of a strap cut.
        """
        if isinstance(signal, Transition):
            self._transition(signal, now_ms)
        elif isinstance(signal, ConditionChange):
            self._condition_change(signal, now_ms)
        else:
            self._unit_alarm(signal, now_ms, contact_possible)
        return self._flush()

    def timer(self, now_ms: int) -> list[Effect]:
        """Do everything that is due by `now_ms`, in order of (due, kind, identity)."""
        while (due := min(self._dues(), default=None)) and due[0] <= now_ms:
            _, kind, key = due
            if kind == 0:
                self._incident_due(self.incidents[key], now_ms)
            else:
                cause = self.deliveries[key].cause
                self._outbox.timer(key, now_ms, self.incidents.get(cause))
        return self._flush()

    def acknowledge(self, incident: str, operator: str, now_ms: int) -> list[Effect]:
        """An operator takes charge. Raises UnknownIncident or Refused."""
        self._happen(
            self.find(incident),
            Event.ACKNOWLEDGE,
            now_ms,
            acknowledged_by=operator,
            operator=operator,
        )
        self._outbox.acknowledged(incident, operator, now_ms)
        return self._flush()

    def shelve(
        self, incident: str, operator: str, reason: str, until_ms: int, now_ms: int
    ) -> list[Effect]:
        """Silence an incident until `until_ms`, with a reason. Not panic, strap cut, breach.

        The protected person is not silenced: a level that rises ends the shelving.
        """
        found = self._light(incident, reason)
        longest_ms = self._policies[found.policy].shelving_max_ms
        if not now_ms < until_ms <= now_ms + longest_ms:
            raise Refused("bad_time", f"shelve for at most {longest_ms // 1000} s from now on")
        self._happen(found, Event.SHELVE, now_ms, due_ms=until_ms, operator=operator, note=reason)
        return self._flush()

    def withdraw(self, incident: str, operator: str, reason: str, now_ms: int) -> list[Effect]:
        """Take a unit's alarm out of service (a repair) until `resume`."""
        found = self._light(incident, reason)
        if not found.unit:
            raise Refused("not_a_unit_alarm", "only a unit's alarm can be out of service")
        self._happen(found, Event.WITHDRAW, now_ms, operator=operator, note=reason)
        return self._flush()

    def resume(self, incident: str, operator: str, now_ms: int) -> list[Effect]:
        """End shelving, or being out of service, before its time."""
        found = self.find(incident)
        if found.state is State.SUPPRESSED:
            raise Refused("is_suppressed", "suppression ends when the order is in force again")
        self._resume(found, now_ms, operator=operator)
        return self._flush()

    def resolve(self, incident: str, operator: str, reason: str, now_ms: int) -> list[Effect]:
        """An operator states that a unit's alarm is over; the unit may forget its latch.

        Levels and assurance end on evidence only.
        """
        found = self.find(incident)
        _require(reason)
        if not found.unit:
            raise Refused("ends_on_evidence", f"{found.cause} ends on evidence only")
        self._happen(found, Event.CLEAR, now_ms, level=Level.CLEAR, operator=operator, note=reason)
        self._effects.append(ClearLatch(found.unit, found.cause.partition(":")[0]))
        return self._flush()

    def receipt(self, warning_id: int, outcome: int, now_ms: int) -> list[Effect]:
        """A unit's sealed receipt (protocol.record: Receipt.outcome). Raises Refused."""
        news = _RECEIPTS.get(outcome)
        if news is None:
            raise Refused("unknown_outcome", f"a receipt has the unknown outcome {outcome}")
        self._outbox.receipt(warning_id, news, now_ms)
        return self._flush()

    def call(self, delivery: str, reached: bool, operator: str, now_ms: int) -> list[Effect]:
        """An operator has called: reached the person, or not. Raises UnknownDelivery."""
        incident = self._outbox.called(delivery, reached, operator, now_ms)
        for found in self.incidents.values():
            if reached and found.id == incident and found.state is State.ACKNOWLEDGED:
                due_ms = ladder.acknowledged_until_ms(found, self._policies[found.policy], now_ms)
                self._show(replace(found, due_ms=due_ms), "progress", now_ms)
        return self._flush()

    # What can be asked

    @property
    def due_ms(self) -> int | None:
        """When `timer` wants to be called next, if ever."""
        due = min(self._dues(), default=None)
        return due[0] if due else None

    @property
    def deliveries(self) -> Mapping[str, Delivery]:
        """Those that may still change, by id."""
        return self._outbox.deliveries

    def find(self, incident: str) -> Incident:
        """An open incident by its id. Raises UnknownIncident."""
        for found in self.incidents.values():
            if found.id == incident:
                return found
        raise UnknownIncident(f"order {self.order.id} has no open incident {incident}")

    # Signals

    def _transition(self, signal: Transition, now_ms: int) -> None:
        cause, after = signal.cause, signal.after
        if not self._is_new(cause, signal.now_ms, f"{signal.before}>{after}/{signal.rise}"):
            return
        incident = self.incidents.get(cause)
        found = {
            "level": after,
            "at_ms": signal.at_ms,
            "reason": signal.reason,
            "distance_m": signal.distance_m,
        }
        if after > signal.before:
            event = Event.WORSEN
            if incident is None:
                incident, event = self._open(cause, signal.rise, now_ms), Event.RAISE
                subject, _, name = cause.partition(":")
                found["person"] = name if subject == "victim" else ""
            peak = max(incident.peak, after)
            found |= {"kind": str(after), "rise": signal.rise, "peak": peak, "step": 0}
            self._happen(incident, event, now_ms, **found)
        elif incident is not None:
            event = Event.EASE if after > Level.CLEAR else Event.CLEAR
            self._happen(incident, event, now_ms, **found)

    def _condition_change(self, signal: ConditionChange, now_ms: int) -> None:
        # Within one millisecond a condition may go to and fro, so equal ones are no duplicates.
        at_ms = self._marks.get(ASSURANCE, [0])[0]
        if signal.at_ms < at_ms:
            return
        if signal.at_ms == at_ms and signal.before is not self._condition:
            return
        self._marks[ASSURANCE] = [signal.at_ms]
        self._condition = signal.after
        self._suppress(now_ms)
        incident = self.incidents.get(ASSURANCE)
        found = {"at_ms": signal.at_ms, "reason": signal.reason}
        if signal.after is Condition.UNASSURED:
            if incident is None or incident.level is Level.CLEAR:
                self._alarm(ASSURANCE, "unassured", now_ms, **found)
        elif incident is not None and incident.level > Level.CLEAR:
            self._happen(incident, Event.CLEAR, now_ms, level=Level.CLEAR, **found)

    def _unit_alarm(self, signal: UnitAlarm, now_ms: int, contact_possible: bool) -> None:
        cause = f"{signal.code}:{signal.unit}"
        if not self._is_new(cause, signal.now_ms, f"{signal.at_ms}/{signal.raised}"):
            return
        incident = self.incidents.get(cause)
        kind = signal.code if signal.code in WEIGHTS else "other"
        active = incident is not None and (incident.level > Level.CLEAR or kind in MOMENTS)
        found = {"at_ms": signal.at_ms, "reason": signal.code}
        if not signal.raised:
            if incident is not None and incident.level > Level.CLEAR:
                self._happen(incident, Event.CLEAR, now_ms, level=Level.CLEAR, **found)
        elif not active or WEIGHTS[kind] is Level.BREACH:
            # A unit may go on repeating the lighter ones while they hold: that is one alarm.
            found |= {"unit": signal.unit, "person": signal.person}
            self._alarm(cause, kind, now_ms, contact_possible=contact_possible, **found)
            if kind in MOMENTS:
                self._happen(self.incidents[cause], Event.CLEAR, now_ms, level=Level.CLEAR)
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

    # Incidents

    def _open(self, cause: str, rise: int, now_ms: int) -> Incident:
        policy = self.policy
        self._policies[policy.digest] = policy
        return Incident(
            id=incident_id(self.order.id, cause, rise),
            order=self.order.id,
            cause=cause,
            kind="other",
            rise=rise,
            level=Level.CLEAR,
            peak=Level.CLEAR,
            at_ms=now_ms,
            opened_ms=now_ms,
            changed_ms=now_ms,
            policy=policy.digest,
        )

    def _alarm(self, cause: str, kind: str, now_ms: int, **found: Any) -> None:
        """Raise what has no levels: it has its kind's weight while it holds, and its own rises."""
        rise = self._alarms.get(cause, 0) + 1
        self._alarms[cause] = rise
        incident = self.incidents.get(cause) or self._open(cause, rise, now_ms)
        weight = WEIGHTS[kind]
        found |= {"kind": kind, "rise": rise, "level": weight, "peak": weight, "step": 0}
        self._happen(incident, Event.RAISE, now_ms, **found)

    def _happen(self, incident: Incident, event: Event, now_ms: int, **changes: Any) -> None:
        """Apply an event, take the rungs that it makes due, and show the result."""
        after, rule = incident.apply(event, now_ms, **changes)
        if after.state is State.UNACKNOWLEDGED:
            after = replace(after, acknowledged_by="")
        due_ms = ladder.due_ms(incident, event, after, self._policies[after.policy])
        self._show(replace(after, due_ms=due_ms), rule, now_ms)
        guard = self.incidents.get(f"ladder:{incident.id}")
        if guard and guard.level > Level.CLEAR and after.state is not State.UNACKNOWLEDGED:
            self._happen(guard, Event.CLEAR, now_ms, level=Level.CLEAR)

    def _show(self, incident: Incident, rule: str, now_ms: int) -> None:
        first = len(self._effects)
        if incident.is_open:
            self.incidents[incident.cause] = incident
            self._climb(incident, now_ms)
            incident = self.incidents[incident.cause]
        else:
            del self.incidents[incident.cause]
            self._outbox.closed(incident.id, now_ms)
        self._effects.insert(first, IncidentChanged(incident, rule))

    def _resume(self, incident: Incident, now_ms: int, **changes: Any) -> None:
        event = Event.RESUME if incident.level > Level.CLEAR else Event.RESUME_CLEAR
        self._happen(incident, event, now_ms, **changes)

    def _suppress(self, now_ms: int) -> None:
        """The lighter alarms of units are silent while the order is not in force."""
        inactive = self._condition is Condition.INACTIVE
        for incident in list(self.incidents.values()):
            if incident.state is State.SUPPRESSED:
                if not inactive:
                    self._resume(incident, now_ms)
            elif inactive and incident.unit and incident.peak < Level.BREACH:
                self._happen(incident, Event.SUPPRESS, now_ms)

    def _incident_due(self, incident: Incident, now_ms: int) -> None:
        if incident.state is State.ACKNOWLEDGED:
            self._happen(incident, Event.EXPIRE, now_ms)
        elif incident.state is State.SHELVED:
            self._resume(incident, now_ms)
        else:
            self._show(replace(incident, changed_ms=now_ms), "step_due", now_ms)

    # The ladder

    def _climb(self, incident: Incident, now_ms: int) -> None:
        """Take every rung that is due: claim it first, then do what it says."""
        steps = self._policies[incident.policy].ladder(incident.kind)
        while incident.state is State.UNACKNOWLEDGED:
            due_ms, step = incident.due_ms, incident.step
            if due_ms is None or due_ms > now_ms:
                return
            if step == len(steps.rungs):
                self.incidents[incident.cause] = replace(incident, due_ms=None)
                self._exhausted(incident, now_ms)
                return
            rung = steps.rungs[step]
            wait_ms = steps.wait_ms(step + 1)
            claimed = replace(
                incident,
                step=step + 1,
                due_ms=None if wait_ms is None else due_ms + wait_ms,
                escalated_to=rung.targets[0].recipient if rung.escalates else incident.escalated_to,
            )
            self.incidents[incident.cause] = claimed
            if incident.contact_possible or not rung.only_if_contact:
                self._take(incident, rung, now_ms)
            incident = claimed

    def _take(self, incident: Incident, rung: Rung, now_ms: int) -> None:
        for role in rung.ask:
            for person in self._parties(role, incident):
                self._effects.append(AskFix(role, person))
        for target in rung.targets:
            for person in self._parties(target.recipient.party, incident):
                self._outbox.post(
                    incident,
                    incident.step,
                    target.recipient,
                    person,
                    target.channel,
                    rung.pattern,
                    now_ms,
                )

    def _parties(self, role: Role | None, incident: Incident) -> tuple[str, ...]:
        """Whom a role means here: the victim whom the cause names, else every protected person."""
        if role is None:
            return ("",)
        if role is Role.OFFENDER:
            return (self.order.offender,)
        protected = self.order.protected
        return (incident.person,) if incident.person in protected else protected

    def _exhausted(self, incident: Incident, now_ms: int) -> None:
        """Nobody has answered: an alarm of its own, which is over when somebody does."""
        self._alarm(f"ladder:{incident.id}", "ladder", now_ms, person=incident.person)

    # What operators may not do

    def _light(self, incident: str, reason: str) -> Incident:
        """An incident that may be silenced, for a reason. Raises UnknownIncident or Refused."""
        found = self.find(incident)
        _require(reason)
        if found.level is Level.BREACH:
            raise Refused("protected", f"{found.kind} can be neither shelved nor withdrawn")
        return found

    # Time and restarts

    def _dues(self) -> Iterator[tuple[int, int, str]]:
        for cause, incident in self.incidents.items():
            if incident.due_ms is not None:
                yield incident.due_ms, 0, cause
        yield from self._outbox.dues()

    def _flush(self) -> list[Effect]:
        effects = self._effects[:]
        self._effects.clear()
        return effects

    def state(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able; policies of open incidents included."""
        incidents = [incident.to_json() for incident in self.incidents.values()]
        deliveries = [delivery.to_json() for delivery in self.deliveries.values()]
        used = {entry["policy"] for entry in incidents + deliveries}
        return {
            "condition": self._condition,
            "alarms": self._alarms,
            "marks": self._marks,
            "incidents": incidents,
            "deliveries": deliveries,
            "policies": {digest: self._policies[digest].document for digest in sorted(used)},
        }

    @classmethod
    def restore(cls, order: Order, policy: Policy, state: Mapping[str, Any]) -> "Case":
        """A case that goes on exactly where `state` was taken."""
        case = cls(order, policy)
        condition = state["condition"]
        case._condition = None if condition is None else Condition(condition)
        case._alarms = dict(state["alarms"])
        case._marks = {cause: list(mark) for cause, mark in state["marks"].items()}
        for digest, document in state["policies"].items():
            case._policies[digest] = policy if digest == policy.digest else snapshot(document)
        for entry in state["incidents"]:
            incident = Incident.from_json(entry)
            case.incidents[incident.cause] = incident
        for entry in state["deliveries"]:
            delivery = Delivery.from_json(entry)
            case._outbox.deliveries[delivery.id] = delivery
        return case


def opens(signal: Signal) -> bool:
    """Whether a signal matters to an order that has no case yet."""
    if isinstance(signal, Transition):
        return signal.after > signal.before
    if isinstance(signal, ConditionChange):
        return signal.after is Condition.UNASSURED
    return signal.raised


def _require(reason: str) -> None:
    if not reason.strip():
        raise Refused("no_reason", "a reason is needed")
