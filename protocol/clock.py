"""Epoch functions of our own: the ports of MicroPython differ in their epoch, and floats round."""

DAY_S = 86400

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def utc_seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int:
    """Seconds since 1970-01-01T00:00:00Z, for 1970 to 2105 (what a u32 holds).

    Second 60, a leap second, counts as the first of the next minute, as POSIX has it.
    Raises ValueError for a date or time that does not exist.
    """
    if not (1970 <= year <= 2105 and 1 <= month <= 12):
        raise ValueError("no such month: %d-%d, years are 1970 to 2105" % (year, month))
    leap = _is_leap(year)
    if not 1 <= day <= _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (leap and month == 2):
        raise ValueError("no such day: %d-%d-%d" % (year, month, day))
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second <= 60):
        raise ValueError("no such time of day: %d:%d:%d" % (hour, minute, second))
    # Leap days before this year: every 4th year, but the 100ths, save the 400ths.
    leap_days = (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
    days = 365 * (year - 1970) + leap_days + _DAYS_BEFORE[month - 1] + (leap and month > 2)
    return (days + day - 1) * DAY_S + hour * 3600 + minute * 60 + second
