"""When an order or a zone is in force: validity, suspension and weekly windows in local time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from host.base.time_zone import zone as zone_of
from host.registry.types import Order, Weekly

ALWAYS_MS = 1 << 62


def _readings_ms(day: date, minute: int, zone: ZoneInfo) -> list[int]:
    local = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return [int(local.replace(fold=fold).timestamp() * 1000) for fold in (0, 1)]


def _windows(
    schedule: tuple[Weekly, ...], now_ms: int, zone: ZoneInfo
) -> Iterator[tuple[int, int]]:
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    for offset in range(-1, 9):
        day = today + timedelta(days=offset)
        for weekly in schedule:
            if day.weekday() in weekly.days:
                until = weekly.until_minute
                if until <= weekly.from_minute:
                    until += 24 * 60
                yield (
                    min(_readings_ms(day, weekly.from_minute, zone)),
                    max(_readings_ms(day, until, zone)),
                )


def window(schedule: tuple[Weekly, ...], now_ms: int, time_zone: str) -> tuple[bool, int]:
    """Whether a weekly schedule is on, and the instant (UTC ms) at which that may change.

    An empty schedule is always on. Windows that touch or overlap give boundaries at which
    nothing changes; the caller asks again there. A local time that exists twice or not at all,
    when clocks are changed, is read so that the window is the longer one. In a time zone that
    nobody knows (entered before its name was taken away) it is always on: rather too much.
    """
    zone = zone_of(time_zone) if schedule else None
    if zone is None:
        return True, ALWAYS_MS
    active, boundary_ms = False, ALWAYS_MS
    for from_ms, until_ms in _windows(schedule, now_ms, zone):
        if from_ms <= now_ms < until_ms:
            active = True
        for edge_ms in (from_ms, until_ms):
            if now_ms < edge_ms < boundary_ms:
                boundary_ms = edge_ms
    return active, boundary_ms


def in_force(order: Order, now_ms: int) -> tuple[bool, int]:
    """Whether an order is in force, and the instant (UTC ms) at which that may change."""
    if order.suspended or (order.valid_until_ms is not None and now_ms >= order.valid_until_ms):
        return False, ALWAYS_MS
    if order.valid_from_ms is not None and now_ms < order.valid_from_ms:
        return False, order.valid_from_ms
    active, boundary_ms = window(order.schedule, now_ms, order.time_zone)
    if order.valid_until_ms is not None:
        boundary_ms = min(boundary_ms, order.valid_until_ms)
    return active, boundary_ms


def causes_in_force(order: Order, now_ms: int) -> tuple[bool, tuple[bool, ...], int]:
    """Whether an order is in force, and so each of its causes; when that may change (UTC ms).

    Causes are the protected persons, then the zones, each in the order's own sequence.
    """
    active, boundary_ms = in_force(order, now_ms)
    causes = [active] * len(order.protected)
    for zone in order.zones:
        on, until_ms = window(zone.schedule, now_ms, order.time_zone)
        causes.append(active and on)
        boundary_ms = min(boundary_ms, until_ms)
    return active, tuple(causes), boundary_ms
