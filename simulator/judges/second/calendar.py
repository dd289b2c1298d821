"""When an order, or one of its zones, is in force. Instants are UTC milliseconds."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from host.registry.types import Order, Weekly, Zone

NEVER_MS = 1 << 60
_DAYS_AHEAD = 9  # a weekly window comes back within eight


def in_force(order: Order, at_ms: int) -> bool:
    """Whether an order binds at an instant: not suspended, valid, and by its schedule."""
    begins, ends = order.valid_from_ms, order.valid_until_ms
    valid = (begins is None or begins <= at_ms) and (ends is None or at_ms < ends)
    return valid and not order.suspended and on(order.schedule, order.time_zone, at_ms)


def zone_in_force(order: Order, zone: Zone, at_ms: int) -> bool:
    """Whether a zone of an order that is in force is so too."""
    return on(zone.schedule, order.time_zone, at_ms)


def on(schedule: tuple[Weekly, ...], time_zone: str, at_ms: int) -> bool:
    """Whether one of the weekly windows is open; without any, always."""
    spans = _spans(schedule, time_zone, at_ms)
    return not schedule or any(from_ms <= at_ms < until_ms for from_ms, until_ms in spans)


def next_change_ms(order: Order, at_ms: int) -> int:
    """The next instant after `at_ms` at which the order begins or ends."""
    edges = [order.valid_from_ms, order.valid_until_ms]
    edges += _edges(order.schedule, order.time_zone, at_ms)
    now = in_force(order, at_ms)
    later = sorted(edge for edge in edges if edge is not None and edge > at_ms)
    return next((edge for edge in later if in_force(order, edge) is not now), NEVER_MS)


def next_zone_change_ms(order: Order, zone: Zone, at_ms: int) -> int:
    """The next instant after `at_ms` at which a zone begins or ends."""
    now = zone_in_force(order, zone, at_ms)
    later = sorted(edge for edge in _edges(zone.schedule, order.time_zone, at_ms) if edge > at_ms)
    return next((edge for edge in later if zone_in_force(order, zone, edge) is not now), NEVER_MS)


def _edges(schedule: tuple[Weekly, ...], time_zone: str, at_ms: int) -> list[int]:
    return [edge for span in _spans(schedule, time_zone, at_ms) for edge in span]


def _spans(schedule: tuple[Weekly, ...], time_zone: str, at_ms: int) -> list[tuple[int, int]]:
    """From when until when windows are open, from the day before on, by the clock on the wall."""
    if not schedule:
        return []
    day = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone)).date()
    return _spans_about(schedule, time_zone, day)


@lru_cache(maxsize=256)
def _spans_about(
    schedule: tuple[Weekly, ...], time_zone: str, today: date
) -> list[tuple[int, int]]:
    zone, spans = ZoneInfo(time_zone), []
    for ahead in range(-2, _DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        for window in schedule:
            if day.weekday() in window.days:
                ends = window.until_minute
                if ends <= window.from_minute:
                    ends += 24 * 60  # past midnight
                spans.append((_instant(day, window.from_minute, zone), _instant(day, ends, zone)))
    return spans


def _instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    days, minutes = divmod(minutes, 24 * 60)
    clock = time(minutes // 60, minutes % 60)
    local = datetime.combine(day + timedelta(days=days), clock, zone)
    return round(local.timestamp() * 1000)
