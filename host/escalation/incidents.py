"""The open incidents of one order, and the ladders that they climb."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from host.escalation import ladder
from host.escalation.delivery import Recipient
from host.escalation.effects import AskFix, Effect, IncidentChanged
from host.escalation.identity import incident_id
from host.escalation.incident import (
    LATCHED,
    WEIGHTS,
    Event,
    Incident,
    State,
    UnknownIncident,
)
from host.escalation.outbox import Outbox
from host.escalation.policy import Policy, Rung
from host.proximity.types import Level
from host.registry.types import Order, Role

CHATTER_MS = 60_000


class Incidents:
    """Incidents by cause. Effects go to the list that the escalation hands out."""

    __slots__ = ("_effects", "_outbox", "_policies", "incidents", "order", "policy")

    def __init__(
        self,
        order: Order,
        policy: Policy,
        policies: dict[str, Policy],
        outbox: Outbox,
        effects: list[Effect],
    ) -> None:
        """`policies`: those of open incidents by digest; shared with the outbox."""
        self.order = order
        self.policy = policy
        self.incidents: dict[str, Incident] = {}
        self._policies = policies
        self._outbox = outbox
        self._effects = effects

    def find(self, incident: str) -> Incident:
        """An open incident by its id. Raises UnknownIncident."""
        for found in self.incidents.values():
            if found.id == incident:
                return found
        raise UnknownIncident(f"order {self.order.id} has no open incident {incident}")

    def rise(self, cause: str, rise: int, now_ms: int, found: Mapping[str, Any]) -> None:
        """A level rises: the first time, to a worse one, or once more. `found`: what is known."""
        incident = self.incidents.get(cause)
        event = Event.RAISE if incident is None else Event.WORSEN
        self._alarm(incident or self._open(cause, rise, now_ms), event, rise, now_ms, found)

    def alarm(self, cause: str, kind: str, now_ms: int, found: Mapping[str, Any]) -> None:
        """Something without levels is raised: it has its kind's weight while it holds.

        The host's time counts its rises, so nothing need be remembered when it is over. What
        chatters rises once in CHATTER_MS: whoever plays with a strap shall not make her unit ring.
        """
        self._outbox.keep_latch(cause, now_ms)
        incident = self.incidents.get(cause) or self._open(cause, now_ms, now_ms)
        rise = incident.rise if now_ms - incident.rise < CHATTER_MS else now_ms
        found = {"kind": kind, "level": WEIGHTS[kind], **found}
        self._alarm(incident, Event.RAISE, rise, now_ms, found)

    def join(self, incident: Incident, part: str, now_ms: int, *, holds: bool) -> None:
        """Something that is one trouble with an open incident appears, or is over."""
        if incident.parts.get(part) is not holds:
            parts = {**incident.parts, part: holds}
            self._show(replace(incident, changed_ms=now_ms, parts=parts), "joined", now_ms)

    def clear(self, incident: Incident, now_ms: int, **changes: Any) -> None:
        """What it is about is over."""
        self.happen(incident, Event.CLEAR, now_ms, level=Level.CLEAR, **changes)

    def resume(self, incident: Incident, now_ms: int, **changes: Any) -> None:
        """Shelving, suppression or being out of service ends."""
        event = Event.RESUME if incident.level > Level.CLEAR else Event.RESUME_CLEAR
        self.happen(incident, event, now_ms, **changes)

    def happen(self, incident: Incident, event: Event, now_ms: int, **changes: Any) -> None:
        """Apply an event, take the rungs that it makes due, and show the result."""
        after, rule = incident.apply(event, now_ms, **changes)
        due_ms = ladder.due_ms(incident, event, after, self._policies[after.policy])
        self._show(replace(after, due_ms=due_ms), rule, now_ms)
        unanswered = self.incidents.get(_unanswered(incident))
        if (
            unanswered
            and unanswered.level > Level.CLEAR
            and after.state is not State.UNACKNOWLEDGED
        ):
            self.clear(unanswered, now_ms)

    def progress(self, incident: Incident, now_ms: int) -> None:
        """Something was done about an acknowledged incident: its time begins anew."""
        if incident.state is State.ACKNOWLEDGED:
            policy = self._policies[incident.policy]
            due_ms = ladder.acknowledged_until_ms(incident, policy, now_ms)
            self._show(replace(incident, due_ms=due_ms), "progress", now_ms)

    def timer(self, cause: str, now_ms: int) -> None:
        """The incident of this cause is due."""
        incident = self.incidents[cause]
        if incident.state is State.ACKNOWLEDGED:
            self.happen(incident, Event.EXPIRE, now_ms)
        elif incident.state is State.SHELVED:
            self.resume(incident, now_ms)
        else:
            self._show(replace(incident, changed_ms=now_ms), "step_due", now_ms)

    def dues(self) -> Iterator[tuple[int, int, str]]:
        """(due, 0, cause) of each incident that waits for a time."""
        for cause, incident in self.incidents.items():
            if incident.due_ms is not None:
                yield incident.due_ms, 0, cause

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

    def _alarm(
        self, incident: Incident, event: Event, rise: int, now_ms: int, found: Mapping[str, Any]
    ) -> None:
        peak = max(incident.peak, found["level"])
        self.happen(incident, event, now_ms, rise=rise, peak=peak, step=0, **found)

    def _show(self, incident: Incident, rule: str, now_ms: int) -> None:
        first = len(self._effects)
        if incident.is_open:
            self.incidents[incident.cause] = incident
            self._climb(incident, now_ms)
            incident = self.incidents[incident.cause]
        else:
            del self.incidents[incident.cause]
            self._outbox.closed(incident.id, now_ms)
            if incident.kind in LATCHED:
                his = incident.person == self.order.offender
                recipient = Recipient.OFFENDER if his else Recipient.VICTIM
                self._outbox.clear_latch(incident, recipient, now_ms)
        self._effects.insert(first, IncidentChanged(incident, rule))

    def _climb(self, incident: Incident, now_ms: int) -> None:
        """Take every rung that is due: claim it first, then do what it says."""
        steps = self._policies[incident.policy].ladder(incident.kind)
        while incident.state is State.UNACKNOWLEDGED:
            due_ms, step = incident.due_ms, incident.step
            if due_ms is None or due_ms > now_ms:
                return
            if step >= len(steps.rungs):
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
        if rung.asks_fix:
            for person in self._parties(Role.VICTIM, incident):
                self._effects.append(AskFix(person))
        for target in rung.targets:
            for person in self._parties(target.recipient.party, incident):
                self._outbox.post(incident, target, person, rung.pattern, now_ms)

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
        self.alarm(_unanswered(incident), "ladder", now_ms, {"person": incident.person})


def _unanswered(incident: Incident) -> str:
    """The cause of the alarm that nobody answers this incident."""
    return f"ladder:{incident.id}"
