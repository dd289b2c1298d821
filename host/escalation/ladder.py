"""When an incident's ladder, acknowledgement or shelving is due, and what a rung means.

A rung is claimed by storing the incident with its next step in the very transaction that holds
the rung's effects, so it is taken once; and a rung is taken only from the state in which it was
set, because every other state has a due time of its own or none.
"""

from host.escalation.incident import Event, Incident, State
from host.escalation.policy import Policy
from host.proximity.types import Level
from host.registry.types import Role

# What a unit's own text says (locale: unit_text), by who wears it and the pattern.
UNIT_TEXTS = {
    (Role.VICTIM, 1): 0,
    (Role.VICTIM, 2): 1,
    (Role.VICTIM, 3): 2,
    (Role.OFFENDER, 1): 0,
    (Role.OFFENDER, 2): 3,
    (Role.OFFENDER, 3): 4,
}


def due_ms(before: Incident, event: Event, after: Incident, policy: Policy) -> int | None:
    """When `after`, which `event` has just made of `before`, is due; None for never.

    Entering (or entering anew) the unacknowledged state starts the wait of the step that is
    next: the first one after a rise, the one that was next before after an acknowledgement that
    has expired. An ease leaves a running wait alone. Absolute times, in UTC milliseconds.
    """
    now_ms = after.changed_ms
    if after.state is State.UNACKNOWLEDGED:
        if event is Event.EASE:
            return before.due_ms
        wait_ms = policy.ladder(after.kind).wait_ms(after.step)
        return None if wait_ms is None else now_ms + wait_ms
    if after.state is State.ACKNOWLEDGED:
        return acknowledged_until_ms(after, policy, now_ms)
    if after.state is State.SHELVED:
        return after.due_ms
    return None


def acknowledged_until_ms(incident: Incident, policy: Policy, now_ms: int) -> int | None:
    """When an acknowledgement expires unless there is progress; below alert it does not."""
    return now_ms + policy.acknowledgement_ms if incident.level >= Level.ALERT else None
