"""An incident and its life: the alarm states of ANSI/ISA-18.2-2016 (5.4.2) as one table.

Every (state, event) has a rule with a name. A rule leads to a state, or refuses (`to` is None);
the name shows up in logs, audit and tests either way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from host.base.errors import ResguardoError
from host.proximity.types import Level


class State(StrEnum):
    """The alarm states of ISA-18.2 (its letters: A, B, C, D, G, H, I)."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned_unacknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class Event(StrEnum):
    """What can happen to an incident."""

    RAISE = "raise"  # what it is about appears, or appears once more
    WORSEN = "worsen"  # its level rises: a worse level, or a second approach
    EASE = "ease"  # its level falls, not to clear
    CLEAR = "clear"  # what it is about is over
    ACKNOWLEDGE = "acknowledge"
    EXPIRE = "expire"  # acknowledged, and no progress since
    SHELVE = "shelve"
    SUPPRESS = "suppress"  # by design: its order is not in force
    WITHDRAW = "withdraw"  # out of service
    RESUME = "resume"  # the end of shelving, suppression or withdrawal, while it still holds
    RESUME_CLEAR = "resume_clear"  # the same, when it is over


class Rule(NamedTuple):
    """One cell of the table. `to` None refuses the event."""

    to: State | None
    name: str


class Refused(ResguardoError):
    """An operator's action that a rule forbids; `reason` is the rule's name."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class UnknownIncident(ResguardoError):
    """No open incident has that identifier."""

    reason = "unknown_incident"


class UnknownDelivery(ResguardoError):
    """No open call has that identifier."""

    reason = "unknown_delivery"


_N, _U, _A, _R = State.NORMAL, State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.RETURNED
_S, _D, _O = State.SHELVED, State.SUPPRESSED, State.OUT_OF_SERVICE


def _row(*rules: tuple[State | None, str]) -> dict[Event, Rule]:
    return {event: Rule(*rule) for event, rule in zip(Event, rules, strict=True)}


# One row a state; its cells in the order of Event.
TABLE: dict[State, dict[Event, Rule]] = {
    _N: _row(
        (_U, "raised"),
        (_U, "raised"),
        (_N, "nothing_open"),
        (_N, "nothing_open"),
        (None, "nothing_open"),
        (None, "nothing_open"),
        (None, "nothing_open"),
        (_N, "nothing_open"),
        (None, "nothing_open"),
        (None, "nothing_open"),
        (None, "nothing_open"),
    ),
    _U: _row(
        (_U, "raised_again"),
        (_U, "worsened"),
        (_U, "eased_unacknowledged"),
        (_R, "returned"),
        (_A, "acknowledged"),
        (None, "not_acknowledged"),
        (_S, "shelved"),
        (_D, "suppressed"),
        (_O, "withdrawn"),
        (None, "not_silenced"),
        (None, "not_silenced"),
    ),
    _A: _row(
        (_U, "raised_again"),
        (_U, "worsening_realarms"),
        (_A, "eased"),
        (_N, "over"),
        (None, "already_acknowledged"),
        (_U, "acknowledgement_expired"),
        (_S, "shelved"),
        (_D, "suppressed"),
        (_O, "withdrawn"),
        (None, "not_silenced"),
        (None, "not_silenced"),
    ),
    _R: _row(
        (_U, "raised_again"),
        (_U, "second_approach"),
        (_R, "already_clear"),
        (_R, "already_clear"),
        (_N, "over"),
        (None, "not_acknowledged"),
        (None, "already_clear"),
        (_R, "waits_for_acknowledgement"),
        (None, "already_clear"),
        (None, "not_silenced"),
        (None, "not_silenced"),
    ),
    _S: _row(
        (_S, "shelved_raises"),
        (_U, "worsening_ends_shelving"),
        (_S, "shelved_eases"),
        (_S, "shelved_clears"),
        (None, "is_shelved"),
        (None, "is_shelved"),
        (_S, "shelved_anew"),
        (_S, "shelving_stands"),
        (_O, "withdrawn"),
        (_U, "shelving_ended"),
        (_N, "over"),
    ),
    _D: _row(
        (_D, "suppressed_raises"),
        (_U, "worsening_ends_suppression"),
        (_D, "suppressed_eases"),
        (_D, "suppressed_clears"),
        (None, "is_suppressed"),
        (None, "is_suppressed"),
        (None, "is_suppressed"),
        (_D, "already_suppressed"),
        (_O, "withdrawn"),
        (_U, "suppression_ended"),
        (_N, "over"),
    ),
    _O: _row(
        (_O, "withdrawn_raises"),
        (_U, "worsening_ends_withdrawal"),
        (_O, "withdrawn_eases"),
        (_O, "withdrawn_clears"),
        (None, "is_out_of_service"),
        (None, "is_out_of_service"),
        (None, "is_out_of_service"),
        (_O, "withdrawal_stands"),
        (None, "is_out_of_service"),
        (_U, "back_in_service"),
        (_N, "over"),
    ),
}

# What an incident can be about, and its weight on the scale of levels. A weight of BREACH is
# priority 1 and can be neither shelved nor withdrawn. Codes that are not here weigh as "other".
WEIGHTS: dict[str, Level] = {
    "pre_alert": Level.PRE_ALERT,
    "alert": Level.ALERT,
    "breach": Level.BREACH,
    "panic": Level.BREACH,
    "strap": Level.BREACH,
    "radio_contact": Level.BREACH,
    "ladder": Level.BREACH,  # a ladder ran out: nobody has answered
    "unassured": Level.ALERT,
    "no_cover": Level.ALERT,  # the victim's own unit says it
    "case": Level.PRE_ALERT,
    "tamper": Level.PRE_ALERT,
    "false_rest": Level.PRE_ALERT,  # seen elsewhere than where it said that it rested
    "battery_low": Level.PRE_ALERT,
    "gnss_lost": Level.PRE_ALERT,
    "jamming": Level.PRE_ALERT,
    "spoofing": Level.PRE_ALERT,
    "retrospective": Level.PRE_ALERT,  # a late fix proves nearness in the past
    "other": Level.PRE_ALERT,
}

# What happens and does not last: over as soon as it is told, it only waits for acknowledgement.
MOMENTS = ("tamper", "retrospective")

# What a unit holds on to until the centre says that it may forget.
LATCHED = ("panic", "strap", "case")


@dataclass(frozen=True, slots=True)
class Incident:
    """One (order, cause) from its first signal until it is both over and acknowledged.

    kind: which ladder it climbs, a key of WEIGHTS. level: what holds now, peak: the worst since
    it opened. generation grows with every event; due_ms is the next step of its ladder, the end
    of its acknowledgement or of its shelving, None when nothing is due. rise: the rise that the
    ladder answers to. policy: the digest of the policy that it opened with. at_ms is the time of
    the cause, opened_ms and changed_ms the host's. parts: what is one trouble with it, beside the
    cause that opened it, and whether each still holds.
    """

    id: str
    order: str
    cause: str
    kind: str
    rise: int
    level: Level
    peak: Level
    at_ms: int
    opened_ms: int
    changed_ms: int
    policy: str
    state: State = State.NORMAL
    generation: int = 0
    step: int = 0
    due_ms: int | None = None
    reason: str = ""
    distance_m: float | None = None
    unit: str = ""
    person: str = ""
    contact_possible: bool = True
    escalated_to: str = ""
    acknowledged_by: str = ""
    operator: str = ""  # who acted last, and
    note: str = ""  # why
    parts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def priority(self) -> int:
        """1 (answer first) to 3."""
        return 4 - max(self.peak, Level.PRE_ALERT)

    @property
    def is_open(self) -> bool:
        return self.state is not State.NORMAL

    def rule(self, event: Event) -> tuple[State, str]:
        """Where `event` leads to, and the rule's name. Refused when the table refuses."""
        to, name = TABLE[self.state][event]
        if to is None:
            raise Refused(name, f"incident {self.id} is {self.state}: cannot {event} ({name})")
        return to, name

    def apply(self, event: Event, now_ms: int, **changes: Any) -> tuple["Incident", str]:
        """The incident after `event`, and the rule's name. Refused when the table refuses."""
        to, name = self.rule(event)
        if to is State.UNACKNOWLEDGED:
            changes["acknowledged_by"] = ""
        generation = self.generation + 1
        after = replace(self, state=to, generation=generation, changed_ms=now_ms, **changes)
        return after, name

    def to_json(self) -> dict[str, Any]:
        """All fields, JSON-able. Without parts there is nothing said of them, as of old."""
        state = {name: getattr(self, name) for name in self.__slots__}
        if not self.parts:
            del state["parts"]
        return state

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> "Incident":
        """The inverse of `to_json`."""
        return cls(
            **{
                **state,
                "level": Level(state["level"]),
                "peak": Level(state["peak"]),
                "state": State(state["state"]),
            }
        )
