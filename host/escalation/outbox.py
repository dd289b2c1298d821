"""An order's deliveries: sent, sent again until the receipt, replaced by a call, forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any

from host.escalation.delivery import (
    TO_UNITS,
    Channel,
    Delivery,
    DeliveryEvent,
    Progress,
    Recipient,
)
from host.escalation.effects import ClearLatch, DeliveryChanged, Effect, SendWarning
from host.escalation.identity import delivery_id
from host.escalation.incident import Incident, UnknownDelivery
from host.escalation.ladder import UNIT_TEXTS
from host.escalation.policy import Policy, Target
from host.proximity.types import Level

# Receipts of a unit that was out of coverage still count for so long after a warning's expiry;
# after that they are in the log of records only.
LATE_RECEIPT_MS = 3_600_000
HELD_MAX = 256
# A latch is to be cleared however long its unit is away, but nobody waits for it.
LATCH_LIFE_MS = 30 * 86_400_000
LATCH_RETRY_MS = (5_000, 600_000)  # doubling from the one to the other

_LEVELS = {str(level): level for level in Level}


class Outbox:
    """Deliveries by id. Effects go to the list that the escalation hands out."""

    __slots__ = ("_effects", "_policies", "deliveries")

    def __init__(self, effects: list[Effect], policies: dict[str, Policy]) -> None:
        self.deliveries: dict[str, Delivery] = {}
        self._effects = effects
        self._policies = policies

    def post(
        self,
        incident: Incident,
        target: Target,
        person: str,
        pattern: int,
        now_ms: int,
    ) -> None:
        """Send one message once: its key decides. Nobody has two open calls for one incident."""
        recipient, channel = target.recipient, target.channel
        policy = self._policies[incident.policy]
        delivery = self._delivery(incident, target, person, policy.warning_life_ms, now_ms)
        if delivery.id in self.deliveries:
            return
        if channel is Channel.CALL and self._calls(incident.id, recipient, person):
            return
        self._make_room()
        if channel is Channel.CALL:
            self._keep(delivery, "queued")
        elif channel is Channel.CONSOLE:
            for older in self._of(incident.id, Channel.CONSOLE):
                if older.recipient is recipient:
                    self._keep(*older.apply(DeliveryEvent.WITHDRAW, now_ms))
            self._keep(*delivery.apply(DeliveryEvent.SEND, now_ms, attempts=1))
        else:
            role = recipient.party
            assert role is not None  # noqa: S101 - policy lets only parties have units
            call_ms = policy.ladder(incident.kind).call_ms
            self._send(
                delivery,
                now_ms,
                # A unit's alarm has no level: its warning then says what its pattern does.
                level=int(_LEVELS.get(incident.kind, pattern)),
                pattern=pattern,
                text=UNIT_TEXTS[role, pattern],
                call_ms=None if call_ms is None else now_ms + call_ms,
            )

    def _delivery(
        self, incident: Incident, target: Target, person: str, life_ms: int, now_ms: int
    ) -> Delivery:
        number = delivery_id(
            incident.order,
            incident.cause,
            incident.kind,
            incident.rise,
            incident.step,
            f"{target.recipient}:{person}",
            target.channel,
        )
        return Delivery(
            id=f"{number:016x}",
            incident=incident.id,
            order=incident.order,
            cause=incident.cause,
            kind=incident.kind,
            rise=incident.rise,
            step=incident.step,
            recipient=target.recipient,
            person=person,
            channel=target.channel,
            created_ms=now_ms,
            changed_ms=now_ms,
            expires_ms=now_ms + life_ms,
            policy=incident.policy,
        )

    def receipt(
        self, number: int, event: DeliveryEvent, now_ms: int, incidents: Mapping[str, Incident]
    ) -> None:
        """A unit's receipt; one for a warning that is not held (any more) changes nothing.

        `incidents`: those open, by cause.
        """
        delivery = self.deliveries.get(f"{number:016x}")
        done = Channel.LATCH if event is DeliveryEvent.CONFIRM else Channel.UNIT
        if delivery is None or delivery.channel is not done:
            return
        if event is DeliveryEvent.EXPIRED and delivery.pending and now_ms < delivery.expires_ms:
            # The unit's clock is wrong, and its wearer has felt nothing: call at once.
            self._call_instead(
                delivery, "unit_found_it_expired", incidents.get(delivery.cause), now_ms
            )
        else:
            self._keep(*delivery.apply(event, now_ms))

    def called(self, name: str, reached: bool, operator: str, now_ms: int) -> Delivery:
        """An operator has called. Whoever is reached needs no further attempt on the unit.

        Returns the call. Raises UnknownDelivery.
        """
        call = self.deliveries.get(name)
        if call is None or not call.wants_call:
            raise UnknownDelivery(f"there is no open call {name}")
        event = DeliveryEvent.ANSWER if reached else DeliveryEvent.FAIL
        self._keep(*call.apply(event, now_ms, operator=operator))
        if reached:
            for other in self._of(call.incident, Channel.UNIT):
                if other.recipient is call.recipient and other.person == call.person:
                    self._keep(*other.apply(DeliveryEvent.WITHDRAW, now_ms))
        return call

    def acknowledged(self, incident: str, operator: str, now_ms: int) -> None:
        """The centre has seen it."""
        for delivery in self._of(incident, Channel.CONSOLE):
            self._keep(*delivery.apply(DeliveryEvent.ANSWER, now_ms, operator=operator))

    def closed(self, incident: str, now_ms: int) -> None:
        """It is over: no calls any more. Warnings under way still wait for their receipts."""
        for delivery in self._of(incident):
            if delivery.channel is not Channel.UNIT:
                self._keep(*delivery.apply(DeliveryEvent.WITHDRAW, now_ms))
            elif delivery.call_ms is not None:
                self._keep(delivery.without_call(), "call_no_longer_needed")

    def clear_latch(self, incident: Incident, recipient: Recipient, now_ms: int) -> None:
        """The unit that raised it may forget it: told until it confirms."""
        delivery = self._delivery(
            incident, Target(recipient, Channel.LATCH), incident.person, LATCH_LIFE_MS, now_ms
        )
        self._send(delivery, now_ms)

    def keep_latch(self, cause: str, now_ms: int) -> None:
        """It is raised anew: what was to be forgotten is not."""
        for delivery in list(self.deliveries.values()):
            if delivery.channel is Channel.LATCH and delivery.cause == cause and delivery.pending:
                self._keep(*delivery.apply(DeliveryEvent.WITHDRAW, now_ms))

    def connected(self, unit: str, person: str | None, now_ms: int) -> None:
        """The unit that somebody wears can be reached again: nothing was kept for it meanwhile."""
        for delivery in list(self.deliveries.values()):
            if delivery.pending and delivery.is_for(unit, person):
                self._send(delivery, now_ms)

    def dues(self) -> Iterator[tuple[int, int, str]]:
        """(due, 1, id) of each delivery that waits for a time."""
        for name, delivery in self.deliveries.items():
            if delivery.channel in TO_UNITS:
                yield _due_ms(delivery), 1, name

    def timer(self, name: str, now_ms: int, incident: Incident | None) -> None:
        """One delivery is due. `incident` is the one that it belongs to, if still open."""
        delivery = self.deliveries[name]
        if not delivery.pending:
            del self.deliveries[name]
        elif now_ms >= delivery.expires_ms:
            self._keep(*delivery.apply(DeliveryEvent.EXPIRED, now_ms))
        elif delivery.call_ms is not None and now_ms >= delivery.call_ms:
            self._call_instead(delivery, "no_receipt_in_time", incident, now_ms)
        else:
            self._send(delivery, now_ms)

    def _call_instead(
        self, delivery: Delivery, rule: str, incident: Incident | None, now_ms: int
    ) -> None:
        """Ask an operator to call, unless that was done already or is not wanted."""
        if delivery.call_ms is None:
            return
        self._keep(delivery.without_call(), rule)
        if incident is not None:
            target = Target(delivery.recipient, Channel.CALL)
            self.post(incident, target, delivery.person, 0, now_ms)

    def _send(self, delivery: Delivery, now_ms: int, **changes: Any) -> None:
        attempts = delivery.attempts + 1
        if delivery.channel is Channel.LATCH:
            first_ms, most_ms = LATCH_RETRY_MS
            spacing_ms = min(first_ms << min(attempts - 1, 16), most_ms)
        else:
            spacing_ms = self._policies[delivery.policy].spacing_ms(attempts)
        retry_ms = now_ms + spacing_ms
        delivery, rule = delivery.apply(
            DeliveryEvent.SEND, now_ms, attempts=attempts, retry_ms=retry_ms, **changes
        )
        self._keep(delivery, rule)
        if delivery.channel is Channel.LATCH:
            self._effects.append(ClearLatch(delivery.number, delivery.unit, delivery.kind))
            return
        role = delivery.recipient.party
        assert role is not None  # noqa: S101 - as above
        self._effects.append(
            SendWarning(
                delivery.number,
                role,
                delivery.person,
                delivery.level,
                delivery.pattern,
                delivery.text,
                delivery.expires_ms,
                attempts,
            )
        )

    def _keep(self, delivery: Delivery, rule: str) -> None:
        """Show a change, and hold what can still change: calls and screens only while pending."""
        if delivery.pending or delivery.channel is Channel.UNIT:
            self.deliveries[delivery.id] = delivery
        else:
            self.deliveries.pop(delivery.id, None)
        self._effects.append(DeliveryChanged(delivery, rule))

    def _make_room(self) -> None:
        """However an alarm chatters, few are held: the oldest that is decided goes first."""
        if len(self.deliveries) >= HELD_MAX:
            decided = [name for name, held in self.deliveries.items() if not held.pending]
            for name in decided[:1]:
                del self.deliveries[name]

    def _of(self, incident: str, channel: Channel | None = None) -> list[Delivery]:
        return [
            delivery
            for delivery in self.deliveries.values()
            if delivery.incident == incident
            and delivery.pending
            and channel in (None, delivery.channel)
        ]

    def _calls(self, incident: str, recipient: Recipient, person: str) -> bool:
        return any(
            call.recipient is recipient and call.person == person
            for call in self._of(incident, Channel.CALL)
        )


def _due_ms(delivery: Delivery) -> int:
    if delivery.state not in (Progress.QUEUED, Progress.SENT):
        return delivery.expires_ms + LATE_RECEIPT_MS
    times_ms = (delivery.expires_ms, delivery.retry_ms, delivery.call_ms)
    return min(at_ms for at_ms in times_ms if at_ms is not None)
