"""What an operator does about an incident or a call, and what forbids it."""

from dataclasses import dataclass
from enum import StrEnum

from host.escalation.incident import Event, Incident, Refused, State
from host.proximity.types import Level


class Verb(StrEnum):
    """What an operator can do."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"  # state that a unit's alarm is over
    SHELVE = "shelve"  # silence an alarm for a time
    WITHDRAW = "withdraw"  # take a unit's alarm out of service (a repair)
    RESUME = "resume"  # end shelving, or being out of service, before its time
    CALL = "call"  # tell what came of a call


@dataclass(frozen=True, slots=True)
class Act:
    """`operator` does it to `subject`: an incident, but for CALL a delivery.

    at_ms: the host's time, which whoever takes the act sets. reason: needed for REASONED. for_ms:
    how long to SHELVE. reached: whether a CALL was answered.
    """

    verb: Verb
    subject: str
    operator: str
    at_ms: int = 0
    reason: str = ""
    for_ms: int = 0
    reached: bool = False


REASONED = (Verb.RESOLVE, Verb.SHELVE, Verb.WITHDRAW)

EVENTS = {
    Verb.ACKNOWLEDGE: Event.ACKNOWLEDGE,
    Verb.RESOLVE: Event.CLEAR,
    Verb.SHELVE: Event.SHELVE,
    Verb.WITHDRAW: Event.WITHDRAW,
    Verb.RESUME: Event.RESUME,
}


def judge(incident: Incident, verb: Verb) -> None:
    """Raises Refused where what the incident is, or its state, forbids it."""
    if verb is Verb.RESOLVE:
        if not incident.unit:
            raise Refused("ends_on_evidence", f"{incident.cause} ends on evidence only")
        if incident.level is Level.CLEAR:
            raise Refused("already_clear", f"{incident.cause} is over already")
    if verb in (Verb.SHELVE, Verb.WITHDRAW) and incident.level is Level.BREACH:
        raise Refused("protected", f"{incident.kind} can be neither shelved nor withdrawn")
    if verb is Verb.WITHDRAW and not incident.unit:
        raise Refused("not_a_unit_alarm", "only a unit's alarm can be out of service")
    if verb is Verb.RESUME and incident.state is State.SUPPRESSED:
        raise Refused("is_suppressed", "suppression ends when the order is in force again")
    incident.rule(EVENTS[verb])


def allowed(incident: Incident) -> tuple[Verb, ...]:
    """What an operator may do about it now."""

    def allows(verb: Verb) -> bool:
        try:
            judge(incident, verb)
        except Refused:
            return False
        return True

    return tuple(filter(allows, EVENTS))
