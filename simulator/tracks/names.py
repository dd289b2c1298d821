"""What trackers and people call things: columns of a sheet, elements of an XML file, properties.

A name is compared without its capitals, accents, spaces and signs: `fixTime`, `Fix time` and
`fix_time` are one, as are `Precisión (m)` and `precision_m`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Meaning(StrEnum):
    """What a name may stand for, in words for a complaint."""

    INSTANT = "time"
    DATE = "date"
    TIME_OF_DAY = "time of day"
    LAT = "latitude"
    LON = "longitude"
    NORTH_SOUTH = "N or S"
    EAST_WEST = "E or W"
    ACCURACY = "accuracy"
    HDOP = "HDOP"
    SPEED = "speed"
    COURSE = "course"
    SOURCE = "source"
    VALID = "valid"
    OUTDATED = "outdated"


# Of several names with one meaning in a file, the first of the line counts: when a position was
# fixed is better than when it was sent, and that better than when a server had it.
NAMES = {
    Meaning.INSTANT: (
        "fixtime gpstime gpstimestamp utctime timestamputc timeutc datetimeutc utcdatetime "
        "timestamp timestampms timestamps datetime dateandtime fechahora fechayhora time "
        "timems times coordtimes when instant isotime utc devicetime localtime datetimelocal "
        "epoch epochms unixtime unixtimestamp recordedat hora fecha date createdat servertime"
    ),
    Meaning.DATE: "utcdate gpsdate date fecha localdate dia",
    Meaning.TIME_OF_DAY: "utctime gpstime time hora localtime timeofday",
    Meaning.LAT: "lat latitude latitud latdeg latdd latitudedeg positionlat gpslat gpslatitude",
    Meaning.LON: (
        "lon lng long longitude longitud londeg lngdeg londd longitudedeg positionlong gpslon "
        "gpslng gpslong gpslongitude"
    ),
    Meaning.NORTH_SOUTH: "ns latns latituderef latref nshemisphere",
    Meaning.EAST_WEST: "ew lonew longituderef lonref ewhemisphere",
    Meaning.ACCURACY: (
        "accuracy horizontalaccuracy accuracyhorizontal accuracyh hacc haccuracy gpsaccuracy "
        "positionaccuracy locationaccuracy precision precisionhorizontal precisiongps "
        "exactitud epe eph estimatederror errorradius uncertainty horizontaluncertainty "
        "incertidumbre"
    ),
    Meaning.HDOP: "hdop",
    Meaning.SPEED: "speed velocity velocidad enhancedspeed groundspeed",
    Meaning.COURSE: (
        "course bearing heading rumbo azimuth direction direccion cog curso courseoverground"
    ),
    Meaning.SOURCE: "provider proveedor source fuente origen locationprovider locationsource src",
    Meaning.VALID: "valid valido fixvalid isvalid fix",
    Meaning.OUTDATED: "outdated",
}
_RANKED = {
    meaning: {name: rank for rank, name in enumerate(names.split())}
    for meaning, names in NAMES.items()
}

# What looks as if it told how good a position is: read, or named as ignored.
_LIKE_ACCURACY = re.compile(
    r"acc|precis|exactitud|[hpvtg]dop|^ep[ehvxy]|error|sigma|uncertain|incertid|radius|radio|cep"
)

_UNIT = re.compile(r"[(\[]([^)\]]*)[)\]]")
# Metres, or metres a second, in one of each: at the end of a name, or in brackets after it.
_LENGTHS = {"m": 1.0, "metres": 1.0, "meters": 1.0, "metros": 1.0, "ft": 0.3048, "feet": 0.3048}
_SPEEDS = {
    "ms": 1.0,
    "mps": 1.0,
    "kmh": 1 / 3.6,
    "kph": 1 / 3.6,
    "mph": 0.44704,
    "kn": 1852 / 3600,
    "kt": 1852 / 3600,
    "kts": 1852 / 3600,
    "knots": 1852 / 3600,
    "nudos": 1852 / 3600,
}
_UNITS = {Meaning.ACCURACY: _LENGTHS, Meaning.SPEED: _SPEEDS}


# Names by which a tracker is known that gives its speeds without a unit.
_TRACCAR = {"fixtime", "devicetime"}  # knots
_GPSLOGGER = {"provider", "src"}  # m/s, as Android has them


class Column(NamedTuple):
    """A name that is read. `factor`: times this it is metres or m/s; None: nobody says."""

    name: str
    factor: float | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of a file's names are read as what, and which are not read at all."""

    read: Mapping[Meaning, Column]
    ignored: tuple[str, ...]


def plain(name: str) -> str:
    """A name without what people write differently."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def looks_like_accuracy(name: str) -> bool:
    """Whether a name seems to say how good a position is."""
    return bool(_LIKE_ACCURACY.search(plain(name)))


def columns_of(names: Iterable[str], speed_factor: float | None = None) -> Columns:
    """Choose what to read. Where a date has a column of its own, the time of day has one too.

    speed_factor: times this, a speed without a unit is m/s; None: the names may tell.
    """
    listed = [name for name in names if name.strip()]
    found: dict[Meaning, tuple[int, Column]] = {}
    for meaning in Meaning:
        for name in listed:
            ranked = _match(meaning, name)
            if ranked is not None and (meaning not in found or ranked[0] < found[meaning][0]):
                found[meaning] = ranked
    read = {meaning: column for meaning, (_, column) in found.items()}
    _settle_times(read)
    _settle_speed(read, {plain(name) for name in listed}, speed_factor)
    used = {column.name for column in read.values()}
    return Columns(read, tuple(name for name in listed if name not in used))


def _match(meaning: Meaning, name: str) -> tuple[int, Column] | None:
    """The rank of a name for a meaning, with its unit taken off; None where it does not fit."""
    ranks, units = _RANKED[meaning], _UNITS.get(meaning, {})
    bare, unit = plain(_UNIT.sub("", name)), "".join(map(plain, _UNIT.findall(name)))
    if bare in ranks:
        default = 1.0 if meaning is not Meaning.SPEED else None
        return ranks[bare], Column(name, units.get(unit) if unit and units else default)
    for written, factor in units.items():
        stem = bare.removesuffix(written)
        if stem != bare and stem in ranks:
            return ranks[stem], Column(name, factor)
    return None


def _settle_times(read: dict[Meaning, Column]) -> None:
    """Keep either an instant, or a date and a time of day in two columns."""
    instant, date = read.get(Meaning.INSTANT), read.get(Meaning.DATE)
    time_of_day = read.get(Meaning.TIME_OF_DAY)
    two = date is not None and time_of_day is not None and date != time_of_day
    if two and instant in (date, time_of_day):
        del read[Meaning.INSTANT]
        return
    read.pop(Meaning.DATE, None)
    read.pop(Meaning.TIME_OF_DAY, None)


def _settle_speed(read: dict[Meaning, Column], names: set[str], speed_factor: float | None) -> None:
    """The unit of a speed, if need be by whose file it is; one in who knows what is not read."""
    speed = read.get(Meaning.SPEED)
    if speed is None or speed.factor is not None:
        return
    if speed_factor is None and names & _TRACCAR:
        speed_factor = _SPEEDS["knots"]
    elif speed_factor is None and names & _GPSLOGGER:
        speed_factor = 1.0
    if speed_factor is None:
        del read[Meaning.SPEED]
    else:
        read[Meaning.SPEED] = speed._replace(factor=speed_factor)
