"""A late fix is evidence: which orders it proves a breach of, and what the store must be asked.

Late is what is older than the live fix of the same party, and what is older than a minute: the
other party's live fix is then of another time.
"""

from host.core.outcome import Lookback
from host.core.roster import Roster
from host.proximity.fix import radius_m
from host.proximity.geodesy import chord_m
from host.proximity.order import OrderState
from host.proximity.retrospect import APART_MS, was_inside, was_near
from host.proximity.track import Track
from host.proximity.types import Fix, Level


def look_back(roster: Roster, late: Fix) -> tuple[list[OrderState], list[Lookback]]:
    """Orders that a late fix proves a breach of by itself, and questions for the counterparts'.

    Judged are the orders of whoever wore the unit then.
    """
    proven: list[OrderState] = []
    asked: list[Lookback] = []
    person, states = roster.concerned(late.unit, late.time_ms)
    for state in states:
        order = state.order
        offends = person == order.offender
        near = offends and was_inside(order, late)
        for other in order.protected if offends else (order.offender,):
            place = roster.place_of(other) or roster.track_of(other).stay.at(late.time_ms)
            unit = roster.assignments.unit_at(other, late.time_ms)
            if place is not None:
                near = near or was_near(order, late, place)
            elif unit is not None and _can_have_met(roster.track_of(other), late, order.alert_m):
                asked.append(Lookback(order.id, late, unit))
        if near:
            proven.append(state)
    return proven, asked


def _can_have_met(other: Track, late: Fix, within_m: float) -> bool:
    """Whether the bound permits it, by where the other party is now: else nobody need look."""
    anchor = other.anchor
    if anchor is None or other.contested:
        return True
    went_m = other.speed_m_s * abs(anchor.time_ms - late.time_ms) / 1000
    reach_m = within_m + went_m + radius_m(anchor) + radius_m(late)
    return chord_m(anchor[5:8], late[5:8]) <= reach_m


def is_worth_an_alarm(state: OrderState, late: Fix, now_ms: int) -> bool:
    """Whether a proof is worth a finding: not of the approach that is being alarmed of now."""
    return now_ms - late.time_ms > APART_MS or state.level < Level.ALERT
