"""What may be entered, but should be thought over before anybody relies on it."""

from collections.abc import Iterator

from shapely.geometry import LinearRing

from host.registry.assignments import Assignments
from host.registry.types import Order, Registry, Role, Zone

SHORT_M = 350  # below this the police have too little time
_NEEDS = {Role.OFFENDER: "a bracelet", Role.VICTIM: "a victim's unit"}


def doubts(order: Order) -> Iterator[str]:
    """Of an order by itself, each in one line."""
    if order.alert_m < SHORT_M:
        yield f"alert at {order.alert_m} m: below {SHORT_M} m there is too little time to defend it"
    if order.pre_alert_m < 2 * order.alert_m:
        yield f"pre-alert at {order.pre_alert_m} m warns late: {2 * order.alert_m} m is usual"
    for zone in order.zones:
        if crosses_itself(zone):
            yield f"zone {zone.name} crosses itself: all that its edge goes round is inside"


def crosses_itself(zone: Zone) -> bool:
    """Whether it is a polygon an edge of which crosses or touches itself."""
    rings = (zone.ring, *zone.holes) if len(zone.ring) > 1 else ()
    return not all(LinearRing(ring).is_simple for ring in rings)


def unserved(registry: Registry, entered: Registry, now_ms: int) -> Iterator[tuple[Order, str]]:
    """Parties without the unit that their order needs, in every order that an entry concerns.

    `registry`: with what is entered. Gives the order, and its doubt in one line.
    """
    assignments, units = Assignments(registry.assignments), {one.id: one for one in registry.units}
    fresh = {order.id for order in entered.orders}
    named = {one.person for one in entered.assignments}
    for order in registry.orders:
        if order.id not in fresh and named.isdisjoint(order.persons):
            continue
        for role, person in order.parties:
            worn = assignments.unit_at(person, now_ms)
            if worn is None:
                why = f"{person} wears no unit now"
            elif units[worn].role is not role:
                why = f"{person} wears {worn}, which is {_NEEDS[units[worn].role]}"
            else:
                continue
            yield order, f"{why}: {_NEEDS[role]} is needed before it can be watched"
