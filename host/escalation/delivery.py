"""One message on one channel to one recipient, until it is known to have arrived or failed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from host.escalation.incident import Refused
from host.registry.types import Role


class Recipient(StrEnum):
    """Who is told. A patrol goes to one of the parties, so two patrols are two recipients."""

    VICTIM = "victim"
    OFFENDER = "offender"
    CENTRE = "centre"
    SUPERVISOR = "supervisor"
    PATROL_TO_VICTIM = "patrol_to_victim"
    PATROL_TO_OFFENDER = "patrol_to_offender"

    @property
    def party(self) -> Role | None:
        """The party that it is, or goes to."""
        if self in (Recipient.VICTIM, Recipient.PATROL_TO_VICTIM):
            return Role.VICTIM
        if self in (Recipient.OFFENDER, Recipient.PATROL_TO_OFFENDER):
            return Role.OFFENDER
        return None


class Channel(StrEnum):
    """How."""

    UNIT = "unit"  # a sealed warning to a unit
    CONSOLE = "console"  # the queue on the screens of the centre
    CALL = "call"  # a task for the operator: telephone, or radio to a patrol
    LATCH = "latch"  # a unit may forget an alarm that it holds on to


class Progress(StrEnum):
    """How far a delivery has come."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    SILENCED = "silenced"  # presented, and the wearer silenced it
    ANSWERED = "answered"  # a person has answered: an acknowledgement, a call
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # no longer needed


class DeliveryEvent(StrEnum):
    """What can be learned about a delivery."""

    SEND = "send"
    PRESENTED = "presented"
    SILENCE = "silence"
    CONFIRM = "confirm"  # the unit has done it
    EXPIRED = "expired"  # its time passed without a receipt, or the unit found it expired
    ANSWER = "answer"
    FAIL = "fail"
    WITHDRAW = "withdraw"


class DeliveryRule(NamedTuple):
    """One cell of the table. `to` None refuses."""

    to: Progress | None
    name: str


_Q, _S, _D = Progress.QUEUED, Progress.SENT, Progress.DELIVERED
_M, _A, _F, _W = Progress.SILENCED, Progress.ANSWERED, Progress.FAILED, Progress.WITHDRAWN


def _row(*rules: tuple[Progress | None, str]) -> dict[DeliveryEvent, DeliveryRule]:
    return {event: DeliveryRule(*rule) for event, rule in zip(DeliveryEvent, rules, strict=True)}


# One row a state; its cells in the order of DeliveryEvent.
TABLE: dict[Progress, dict[DeliveryEvent, DeliveryRule]] = {
    _Q: _row(
        (_S, "sent"),
        (_D, "presented"),
        (_M, "silenced"),
        (_D, "confirmed"),
        (_F, "expired"),
        (_A, "answered"),
        (_F, "failed"),
        (_W, "withdrawn"),
    ),
    _S: _row(
        (_S, "sent_again"),
        (_D, "presented"),
        (_M, "silenced"),
        (_D, "confirmed"),
        (_F, "expired"),
        (_A, "answered"),
        (_F, "failed"),
        (_W, "withdrawn"),
    ),
    _D: _row(
        (None, "already_delivered"),
        (_D, "presented_again"),
        (_M, "silenced"),
        (_D, "confirmed_again"),
        (_D, "delivered_before_it_expired"),
        (_A, "answered"),
        (_D, "already_delivered"),
        (_D, "already_delivered"),
    ),
    _M: _row(
        (None, "already_delivered"),
        (_M, "presented_again"),
        (_M, "silenced_again"),
        (_M, "already_delivered"),
        (_M, "delivered_before_it_expired"),
        (_A, "answered"),
        (_M, "already_delivered"),
        (_M, "already_delivered"),
    ),
    _A: _row(
        (None, "already_answered"),
        (_A, "already_answered"),
        (_A, "already_answered"),
        (_A, "already_answered"),
        (_A, "already_answered"),
        (None, "already_answered"),
        (None, "already_answered"),
        (_A, "already_answered"),
    ),
    _F: _row(
        (None, "has_failed"),
        (_D, "receipt_came_late"),
        (_M, "receipt_came_late"),
        (_D, "receipt_came_late"),
        (_F, "expired_again"),
        (_A, "answered"),
        (_F, "failed_again"),
        (_F, "has_failed"),
    ),
    _W: _row(
        (None, "is_withdrawn"),
        (_D, "receipt_came_late"),
        (_M, "receipt_came_late"),
        (_D, "receipt_came_late"),
        (_W, "is_withdrawn"),
        (None, "is_withdrawn"),
        (None, "is_withdrawn"),
        (_W, "is_withdrawn"),
    ),
}

PENDING = (Progress.QUEUED, Progress.SENT)
TO_UNITS = (Channel.UNIT, Channel.LATCH)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message. `id` is its idempotency key in 16 hex digits, by which its unit knows it.

    kind, rise, step: what it was sent for. level, pattern, text: of a warning to a unit.
    retry_ms: when it is sent again, call_ms: when an operator is asked to call instead, both
    None when not to be done.
    """

    id: str
    incident: str
    order: str
    cause: str
    kind: str
    rise: int
    step: int
    recipient: Recipient
    person: str
    channel: Channel
    created_ms: int
    changed_ms: int
    expires_ms: int
    policy: str
    state: Progress = Progress.QUEUED
    attempts: int = 0
    level: int = 0
    pattern: int = 0
    text: int = 0
    retry_ms: int | None = None
    call_ms: int | None = None
    operator: str = ""

    @property
    def number(self) -> int:
        return int(self.id, 16)

    @property
    def unit(self) -> str:
        """Whose latch is to be cleared, whoever wears it by now; "" of other channels."""
        return self.cause.partition(":")[2] if self.channel is Channel.LATCH else ""

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    def is_for(self, unit: str, person: str | None) -> bool:
        """Whether `unit`, which `person` wears, is what it goes to."""
        if self.channel is Channel.LATCH:
            return self.unit == unit
        return self.channel is Channel.UNIT and self.person == person

    @property
    def wants_call(self) -> bool:
        """Whether an operator is to call somebody, and to say what came of it."""
        return self.channel is Channel.CALL and self.pending

    def apply(self, event: DeliveryEvent, now_ms: int, **changes: Any) -> tuple["Delivery", str]:
        """The delivery after `event`, and the rule's name. Refused when the table refuses."""
        rule = TABLE[self.state][event]
        if rule.to is None:
            raise Refused(rule.name, f"delivery {self.id} is {self.state}: cannot {event}")
        changed_ms = self.changed_ms if rule.to is self.state else now_ms
        if rule.to not in PENDING:
            changes = {**changes, "retry_ms": None, "call_ms": None}
        return replace(self, state=rule.to, changed_ms=changed_ms, **changes), rule.name

    def without_call(self) -> "Delivery":
        """The same, with no call to be made in its stead."""
        return replace(self, call_ms=None)

    def to_json(self) -> dict[str, Any]:
        """All fields, JSON-able."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> "Delivery":
        """The inverse of `to_json`."""
        return cls(
            **{
                **state,
                "recipient": Recipient(state["recipient"]),
                "channel": Channel(state["channel"]),
                "state": Progress(state["state"]),
            }
        )
