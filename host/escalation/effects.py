"""What an escalation wants done. The driver commits all of it together and only then sends."""

from dataclasses import dataclass

from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.registry.types import Role


@dataclass(frozen=True, slots=True)
class SendWarning:
    """A warning for the unit that `person` wears as `role`. A retry keeps its id; attempt 1.. ."""

    warning_id: int
    role: Role
    person: str
    level: int
    pattern: int
    text: int
    expires_ms: int
    attempt: int


@dataclass(frozen=True, slots=True)
class AskFix:
    """Ask the unit that a protected `person` wears for a fix at once."""

    person: str


@dataclass(frozen=True, slots=True)
class ClearLatch:
    """An alarm is over and acknowledged: the unit may forget it. `code` names the event. A retry
    keeps its delivery's number."""

    delivery_id: int
    unit: str
    code: str


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """An incident as it is now, and the name of the rule that changed it."""

    incident: Incident
    rule: str


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """A delivery as it is now, and the name of the rule that changed it."""

    delivery: Delivery
    rule: str


Effect = SendWarning | AskFix | ClearLatch | IncidentChanged | DeliveryChanged
