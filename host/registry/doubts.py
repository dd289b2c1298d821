"""What may be entered, but should be thought over before anybody relies on it."""

from collections.abc import Iterator, Sequence
from math import asin, cos, radians, sin, sqrt

from shapely.geometry import LinearRing

from host.base.time_zone import place
from host.registry.assignments import Assignments
from host.registry.types import Order, Registry, Role, Zone

SHORT_M = 350  # below this the police have too little time
FAR_M = 500_000  # no zone is expected farther from all that is known
_EARTH_M = 6_371_009  # mean radius
_NOWHERE = (0, 0)  # what a device says that does not know where it is
Spot = tuple[int, int]  # lat_e7, lon_e7
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


def misplaced(known: Registry, entered: Registry) -> Iterator[tuple[Zone, str]]:
    """Zones that lie where none is expected, to be confirmed by name before they are entered.

    `known`: what stands already. Gives the zone, and its doubt in one line.
    """
    standing = [(zone, order.time_zone) for order in known.orders for zone in order.zones]
    entering = [(zone, order.time_zone) for order in entered.orders for zone in order.zones]
    for zone, time_zone in entering:
        if any((one.id, _corners(one)) == (zone.id, _corners(zone)) for one, _ in standing):
            continue
        town = place(time_zone)
        others = [one for one, its in standing if town is None or its == time_zone]
        if not others and town is None:
            others = [one for one, _ in entering if one is not zone]
        near = [_corners(one)[0] for one in others] + ([] if town is None else [town])
        if _NOWHERE in _corners(zone):
            yield zone, "0, 0 is what is said where no place is known"
        elif near and (away_m := _farthest_m(_corners(zone), near)) > FAR_M:
            what = "every zone that is known" if town is None else f"the time zone {time_zone}"
            line = f"it lies {away_m / 1000:,.0f} km from {what}"
            turned = [(lon, lat) for lat, lon in _corners(zone)]
            if _farthest_m(turned, near) <= FAR_M:
                line += ", and with latitude and longitude the other way round it would not"
            yield zone, line


def _corners(zone: Zone) -> list[Spot]:
    return [*zone.ring, *(spot for hole in zone.holes for spot in hole)]


def _farthest_m(spots: Sequence[Spot], near: Sequence[Spot]) -> float:
    """How far the farthest of some places is from what is nearest to it."""
    return max(min(_apart_m(spot, other) for other in near) for spot in spots)


def _apart_m(one: Spot, other: Spot) -> float:
    """On a sphere, which is within half a percent (the haversine)."""
    lat, lon, other_lat, other_lon = (radians(e7 / 1e7) for e7 in (*one, *other))
    across = sin((other_lat - lat) / 2) ** 2
    along = sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(across + cos(lat) * cos(other_lat) * along)))


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
