"""What a fix that comes late proves about the past. Live levels are never touched by it."""

from functools import lru_cache

from host.proximity.fence import Fence
from host.proximity.geodesy import arc_m, chord_m
from host.proximity.schedule import in_force, window
from host.proximity.types import Fix
from host.registry.types import Order, Zone

APART_MS = 120_000  # a late fix is held against a counterpart's of about the same time


def was_near(order: Order, late: Fix, counterpart: Fix) -> bool:
    """Whether the two parties were within the alert distance, while the order was in force."""
    apart_ms = abs(late.time_ms - counterpart.time_ms)
    if not (counterpart.fixed or apart_ms <= APART_MS) or not in_force(order, late.time_ms)[0]:
        return False
    return arc_m(chord_m(late[5:8], counterpart[5:8])) <= order.alert_m


def was_inside(order: Order, late: Fix) -> bool:
    """Whether the offender was inside a zone, while it was in force."""
    return in_force(order, late.time_ms)[0] and any(
        window(zone.schedule, late.time_ms, order.time_zone)[0]
        and _fence(zone).distance_m(late[5:8]) <= 0
        for zone in order.zones
    )


@lru_cache(maxsize=256)
def _fence(zone: Zone) -> Fence:
    return Fence(zone)
