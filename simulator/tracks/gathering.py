"""What a reader takes from a file, point by point, and what becomes of it when the file ends."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from host.base.clock import iso
from host.proximity.types import Source
from simulator.tracks.names import Column, Columns, Meaning, columns_of
from simulator.tracks.numbers import degrees, number
from simulator.tracks.points import EARLIEST_MS, LATEST_MS, Account, BadTrack, Point, Track
from simulator.tracks.times import Calendar, Dated, DateOrder, Reading, reading, settled_order

POINTS_MAX = 1_000_000  # eleven days, one a second
A95_M_PER_HDOP = 10.0  # as the firmware has it: 5 m of user range error, doubled for 95 %

# Reasons for which a point is left out.
NO_TIME = "no_time"
UNREADABLE_TIME = "unreadable_time"
NO_POSITION = "no_position"
SAID_INVALID = "said_invalid"  # the file says itself that it is no fix
SAID_OUTDATED = "said_outdated"  # the file says that it repeats an earlier one
UNPAIRED = "unpaired"  # a time without a position, or a position without a time, in two lists

_NOTHING = {"", "-", "--", "n/a", "na", "nan", "null", "none", "nil", "unknown"}
_NO = {"0", "false", "falso", "no", "v", "invalid", "none", "no fix", "nofix", "est"}
_YES = {"1", "true", "yes", "si", "verdadero"}
_SOURCES = {
    **dict.fromkeys(("gps", "gnss", "satellite", "glonass", "galileo"), Source.GNSS),
    **dict.fromkeys(("network", "cell", "cellular", "lbs", "gsm", "tower", "red"), Source.CELL),
    **dict.fromkeys(("wifi", "wi-fi", "wlan"), Source.WIFI),
}


class _Written(NamedTuple):
    """A point as the file has it: its time may still want a zone, or an order of its date."""

    dated: Dated
    point: Point  # its time_ms is 0


class Gathering:
    """Points, and the count of everything that is none, in the file's order."""

    def __init__(
        self, kind: str, encoding: str | None = None, speed_factor: float | None = None
    ) -> None:
        self.decimal_mark = "."
        self._speed_factor = speed_factor
        self._kind = kind
        self._encoding = encoding
        self._written: list[_Written] = []
        self._left_out: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._ignored: Counter[str] = Counter()
        self._accuracy: Counter[str] = Counter()
        self._columns: dict[tuple[str, ...], Columns] = {}

    def leave_out(self, reason: str, where: str, count: int = 1) -> None:
        """There is something here that is no point."""
        self._left_out[reason] += count
        self._examples.setdefault(reason, where)

    def ignore(self, name: str, count: int = 1) -> None:
        """The file says something more here, which is not read."""
        self._ignored[name] += count

    def told(self) -> str:
        """What is ignored so far, in words."""
        return ", ".join(f"{count} {name}" for name, count in self._ignored.items())

    def columns(self, names: tuple[str, ...]) -> Columns:
        """What is read of points that say these things. Raises BadTrack where nobody could say."""
        if names not in self._columns:
            self._columns[names] = columns_of(names, self._speed_factor)
        return self._columns[names]

    def take(self, said: Mapping[str, str], where: str, metres_hdop: str | None = None) -> None:
        """A point by what is said of it, name by name. `where` is its place in the file.

        metres_hdop: how an HDOP is called that is metres in truth. Raises BadTrack for what is
        said and cannot be.
        """
        columns = self.columns(tuple(said))
        for name in columns.ignored:
            if said[name].strip():
                self._ignored[name] += 1
        texts = {meaning: said[column.name].strip() for meaning, column in columns.read.items()}
        reason = self._none(texts)
        if reason is not None:
            self.leave_out(reason, where)
            return
        lat_e7, lon_e7 = self._position(texts, columns, where)
        dated = self._dated(texts, columns, where)
        if dated is None:
            return
        accuracy_m = self._accuracy_m(texts, columns, where, metres_hdop)
        source = self._source(texts, columns)
        speed_m_s = self._optional(texts, columns, Meaning.SPEED)
        course_deg = self._optional(texts, columns, Meaning.COURSE)
        point = Point(0, lat_e7, lon_e7, accuracy_m, source, speed_m_s, course_deg)
        self.add(dated, point)

    def add(self, dated: Dated, point: Point, measured_by: str | None = None) -> None:
        """A point that is ready but for its time. measured_by: what its accuracy is called."""
        if measured_by is not None:
            self._accuracy[measured_by] += 1
        if len(self._written) == POINTS_MAX:
            raise BadTrack(f"{dated.where}: more than {POINTS_MAX} points; divide the file")
        self._written.append(_Written(dated, point))

    def track(self, name: str, zone: ZoneInfo, order: DateOrder | None) -> Track:
        """The track, when the file has ended. Raises BadTrack where there is none in it."""
        if not self._written:
            reasons = ", ".join(
                f"{count} {reason.replace('_', ' ')} (first: {self._examples[reason]})"
                for reason, count in self._left_out.items()
            )
            raise BadTrack(
                f"{self._kind} with no position with a usable time in it"
                f" ({reasons or 'no positions at all'}); right would be positions with ISO 8601 "
                "times, such as 2026-03-05T12:00:00Z"
            )
        dates = (one.dated for one in self._written)
        first, told = settled_order(dates, order, decimal_comma=self.decimal_mark == ",")
        calendar = Calendar(zone)
        points = [self._placed(one, first, calendar) for one in self._written]
        points.sort(key=lambda point: point.time_ms)
        for point in (points[0], points[-1]):
            if not EARLIEST_MS <= point.time_ms < LATEST_MS:
                raise BadTrack(
                    f"a time of {iso(point.time_ms)} cannot be right; "
                    "a track's times lie between 1990 and 2100"
                )
        account = Account(
            self._kind,
            self._encoding,
            dict(self._left_out),
            self._examples,
            dict(self._ignored),
            dict(self._accuracy),
            dict(Counter(point.source.name.lower() for point in points)),
            calendar.without_zone,
            zone.key,
            told,
            (calendar.hours_twice[0], calendar.hours_twice[1]),
        )
        return Track(name, tuple(points), account)

    # What is said of one point

    def _none(self, texts: Mapping[Meaning, str]) -> str | None:
        """Why this is no point, if it is none."""
        if texts.get(Meaning.VALID, "").lower() in _NO and Meaning.VALID in texts:
            return SAID_INVALID
        if texts.get(Meaning.OUTDATED, "").lower() in _YES:
            return SAID_OUTDATED
        if all(texts.get(one, "").lower() in _NOTHING for one in (Meaning.LAT, Meaning.LON)):
            return NO_POSITION
        return None

    def _dated(self, texts: Mapping[Meaning, str], columns: Columns, where: str) -> Dated | None:
        """When it was; None, and counted, where it does not say so."""
        column = columns.read.get(Meaning.INSTANT) or columns.read.get(Meaning.TIME_OF_DAY)
        text = texts.get(Meaning.INSTANT)
        if text is None:
            text = _joined(texts.get(Meaning.DATE, ""), texts.get(Meaning.TIME_OF_DAY, ""))
        if text.lower() in _NOTHING:
            self.leave_out(NO_TIME, where)
            return None
        is_utc = column is not None and "utc" in column.name.lower()
        found = reading(text, is_utc=is_utc)
        if found is None:
            self.leave_out(UNREADABLE_TIME, f"{where}: {text[:40]}")
            return None
        return Dated(where, text, found)

    def _position(
        self, texts: Mapping[Meaning, str], columns: Columns, where: str
    ) -> tuple[int, int]:
        values = []
        for meaning, side, letters, most in (
            (Meaning.LAT, Meaning.NORTH_SOUTH, "NS", 90),
            (Meaning.LON, Meaning.EAST_WEST, "EW", 180),
        ):
            text = texts.get(meaning, "")
            value = degrees(text + texts.get(side, ""), self.decimal_mark, letters)
            if value is None or abs(value) > most:
                lat, lon = (texts.get(one) or "missing" for one in (Meaning.LAT, Meaning.LON))
                name = columns.read[meaning].name if meaning in columns.read else meaning
                raise BadTrack(
                    f"{where} ({name}): lat {lat[:40]}, lon {lon[:40]} is no position; right "
                    "would be latitudes of -90 to 90 and longitudes of -180 to 180 degrees, "
                    f"such as 14{self.decimal_mark}6349"
                )
            values.append(round(value * 1e7))
        return values[0], values[1]

    def _accuracy_m(
        self,
        texts: Mapping[Meaning, str],
        columns: Columns,
        where: str,
        metres_hdop: str | None,
    ) -> float | None:
        """The accuracy, of whatever says it best. Raises BadTrack for digits that are no number."""
        taken = None
        for meaning in (Meaning.ACCURACY, Meaning.HDOP):
            text = texts.get(meaning, "")
            if text.lower() in _NOTHING:
                continue
            column = columns.read[meaning]
            value = number(text.lower().removesuffix("m").strip(), self.decimal_mark)
            if value is None and not any(letter.isdigit() for letter in text):
                self._ignored[column.name] += 1  # a word, such as "fine"
                continue
            if value is None or column.factor is None:
                raise BadTrack(
                    f"{where} ({column.name}): {text[:40]} is no accuracy; right would be metres, "
                    f"such as 12{self.decimal_mark}5, or an empty cell for not known"
                )
            if value <= 0:
                continue  # what trackers write who do not know it
            if taken is not None:
                self._ignored[column.name] += 1
            elif meaning is Meaning.ACCURACY:
                taken = value * column.factor
                self._accuracy[column.name] += 1
            elif metres_hdop is not None:
                taken = value
                self._accuracy[metres_hdop] += 1
            else:
                taken = value * A95_M_PER_HDOP
                self._accuracy[f"{column.name} x {A95_M_PER_HDOP:g} m"] += 1
        return taken

    def _source(self, texts: Mapping[Meaning, str], columns: Columns) -> Source:
        """What located it; whatever nobody knows is taken as GNSS, and named."""
        text = texts.get(Meaning.SOURCE, "").lower()
        if text not in _NOTHING and text not in _SOURCES:
            self._ignored[f"{columns.read[Meaning.SOURCE].name} unknown, taken as GNSS"] += 1
        return _SOURCES.get(text, Source.GNSS)

    def _optional(
        self, texts: Mapping[Meaning, str], columns: Columns, meaning: Meaning
    ) -> float | None:
        """A speed or a course; None, and named as ignored, where it is no such number."""
        text = texts.get(meaning, "")
        if text.lower() in _NOTHING:
            return None
        column: Column = columns.read[meaning]
        value = number(text, self.decimal_mark)
        if value is None or value < 0 or column.factor is None:
            self._ignored[column.name] += 1
            return None
        return value * column.factor

    def _placed(self, one: _Written, order: DateOrder, calendar: Calendar) -> Point:
        moments: Reading = one.dated.reading
        moment = moments.day_first if order is DateOrder.DAY_FIRST else moments.month_first
        if moment is None:
            raise ValueError(f"{one.dated.where}: the order of dates is settled against it")
        return one.point._replace(time_ms=calendar.instant_ms(moment, one.dated.where))


def _joined(date: str, time_of_day: str) -> str:
    """A date and a time of day in one text; the date alone where the time holds both."""
    if not date or not time_of_day:
        return ""
    day = date.replace("T", " ").split(" ")[0]
    holds_both = any(mark in time_of_day for mark in "/-") or "T" in time_of_day
    return time_of_day if holds_both else f"{day} {time_of_day}"
