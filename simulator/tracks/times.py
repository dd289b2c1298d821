"""Times as files write them: what a text can mean, and which instant it was.

A time may lack its zone, and a date like 05/03/2026 may begin with the day or the month. Both are
settled for a file as a whole (`Calendar`), since no single time of it can tell.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from simulator.tracks.points import BadTrack

EPOCH = datetime.fromtimestamp(0, UTC)
_NUMBER = re.compile(r"(\d{9,19})(?:[.,](\d{1,9}))?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[ T]?(\d\d)(\d\d)(\d\d)(?:[.,](\d+))?(.*)", re.ASCII)
_WRITTEN = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4}),?[ T]+"  # a date with its year first or last
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AP]M)?(.*)",
    re.ASCII,
)
_OFFSET = re.compile(r"(?:Z|UTC|GMT|(?:UTC|GMT)?([+-])([01]\d|2[0-3]):?([0-5]\d)?)?", re.ASCII)
_HALF_OF_DAY = re.compile(r"\b([AP])\.?\s?M\b\.?")
# An epoch counts seconds, or thousandths, millionths or thousand-millionths: by its size.
_PER_SECOND = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))


class DateOrder(StrEnum):
    """What comes first in a date like 05/03/2026."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Reading(NamedTuple):
    """What a text means if days come first, and if months do; without a zone where it has none.

    Both are the same for a text that leaves no choice, and never both None.
    """

    day_first: datetime | None
    month_first: datetime | None


def reading(text: str, *, is_utc: bool = False) -> Reading | None:
    """What a time may mean; None for what is no date with a time of day. `is_utc`: if unsaid."""
    text = text.replace("\u202f", " ").replace("\u00a0", " ").strip().upper()
    text = _HALF_OF_DAY.sub(r"\1M", text)
    number = _NUMBER.fullmatch(text)
    if number is not None and len(number[1]) != 14:  # of 14 digits: YYYYMMDDHHMMSS
        instant = _counted(number[1], number[2] or "")
        return Reading(instant, instant)
    parts = _COMPACT.fullmatch(text) or _WRITTEN.fullmatch(text)
    if parts is None:
        return None
    first, middle, last, hour, minute, second, fraction, *half, zone = parts.groups()
    clock = _clock(hour, minute, second, fraction, half[0] if half else None)
    offset = _OFFSET.fullmatch(zone.strip())
    if clock is None or offset is None:
        return None
    ahead = _ahead(offset, is_utc=is_utc)
    if len(first) == 4:
        dates = [(first, middle, last)] * 2
    elif len(last) == 4:
        dates = [(last, middle, first), (last, first, middle)]
    else:
        return None  # a year of two digits could stand anywhere
    by_day, by_month = (_moment(date, clock, ahead) for date in dates)
    return None if by_day is by_month is None else Reading(by_day, by_month)


def _counted(whole: str, fraction: str) -> datetime:
    per_second = next(per for below, per in _PER_SECOND if int(whole) < below)
    micros = int(whole) * 1_000_000 // per_second
    if per_second == 1:
        micros += int(f"{fraction:0<6}"[:6])
    return EPOCH + timedelta(microseconds=micros)


def _clock(
    hour: str, minute: str, second: str | None, fraction: str | None, half: str | None
) -> timedelta | None:
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "PM" else 0)
    if hours > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    micros = int(f"{fraction or '':0<6}"[:6])
    return timedelta(
        hours=hours, minutes=int(minute), seconds=int(second or 0), microseconds=micros
    )


def _ahead(offset: re.Match[str], *, is_utc: bool) -> timezone | None:
    """How far a zone is ahead of UTC; None where no zone is named."""
    sign, hours, minutes = offset.groups()
    if sign is None:
        return UTC if offset[0] or is_utc else None
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(ahead if sign == "+" else -ahead)


def _moment(date: tuple[str, str, str], clock: timedelta, zone: timezone | None) -> datetime | None:
    """The moment of a date's year, month and day; None where there is no such day."""
    year, month, day = map(int, date)
    try:
        return datetime(year, month, day, tzinfo=zone) + clock if 1 < year < 9999 else None
    except ValueError:
        return None


class Dated(NamedTuple):
    """Where a time stands in its file, and what it may mean."""

    where: str
    text: str
    reading: Reading


def settled_order(
    times: Iterable[Dated], given: DateOrder | None, *, decimal_comma: bool
) -> tuple[DateOrder, str | None]:
    """What comes first in a file's dates, and how that is known; None: it makes no difference.

    A number over 12 tells. Where there is none, a decimal comma does: nobody who writes one puts
    the month first. Raises BadTrack where neither tells, or the dates contradict each other.
    """
    open_one = day = month = None
    for one in times:
        first, second = one.reading
        if first is None:
            month = month or one
        elif second is None:
            day = day or one
        elif first != second:
            open_one = open_one or one
    wrong = month if given is DateOrder.DAY_FIRST else day
    if given is not None and wrong is not None:
        raise BadTrack(f"{wrong.where}: {wrong.text} does not begin with the {given[:-6]}")
    if day is not None and month is not None:
        raise BadTrack(
            f"{day.where}: {day.text} begins with the day, "
            f"{month.where}: {month.text} with the month; a file has one order of dates"
        )
    if given is not None:
        return given, None if open_one is day is month else f"{given}, as told"
    for told, order in ((day, DateOrder.DAY_FIRST), (month, DateOrder.MONTH_FIRST)):
        if told is not None:
            return order, f"{order}, as {told.text} tells"
    if open_one is None:
        return DateOrder.DAY_FIRST, None
    if decimal_comma:
        return DateOrder.DAY_FIRST, f"{DateOrder.DAY_FIRST}, as decimal commas tell"
    raise BadTrack(
        f"{open_one.where}: {open_one.text} may begin with the day or the month, and no date of "
        "the file tells; replay's --dates day-first or --dates month-first says which"
    )


class Calendar:
    """Gives the times of one file, in the file's order, their instants.

    Local times that a change of clocks makes happen twice are the first of the two, unless that
    would go back in the file; both kinds are counted. One that never happened shows that the zone
    is wrong, and is refused.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._before_ms = 0
        self.without_zone = 0
        self.hours_twice = [0, 0]

    def instant_ms(self, moment: datetime, where: str) -> int:
        """UTC milliseconds. Raises BadTrack for a local time that does not exist."""
        self._before_ms = self._placed_ms(moment, where)
        return self._before_ms

    def _placed_ms(self, moment: datetime, where: str) -> int:
        if moment.tzinfo is not None:
            return _milliseconds(moment)
        self.without_zone += 1
        first, second = (moment.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        ahead, later = first.utcoffset(), second.utcoffset()
        if ahead is None or later is None or ahead == later:
            return _milliseconds(first)
        if ahead < later:
            raise BadTrack(
                f"{where}: {moment:%Y-%m-%d %H:%M:%S} never was in {self._zone.key}: clocks went "
                "forward; replay's --time-zone takes the zone in which the file's times are"
            )
        again = _milliseconds(first) < self._before_ms
        self.hours_twice[again] += 1
        return _milliseconds(second if again else first)


def _milliseconds(instant: datetime) -> int:
    since = instant.astimezone(UTC) - EPOCH
    return (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000
