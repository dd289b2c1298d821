"""NMEA 0183 sentences: checksum, fields, and what each one says. All numbers are integers."""

from firmware.gnss.fix import Rejected
from protocol.clock import utc_seconds

_TALKERS = (b"GP", b"GN", b"GL", b"GA", b"GB", b"BD", b"QZ", b"GQ")

_WHOLE_DIGITS_MAX = 9


class Said:
    """What one sentence says, or all of one epoch; None where nothing was said.

    day_ms: time of day in UTC        date_s: that day's midnight, seconds since 1970
    lat_e7, lon_e7: 1e-7 degrees      valid: the receiver vouches for the position
    hdop_milli, sigma_mm (the greater), speed_cm_s, course (256ths of a turn), satellites
    mode: GSA's 1..3
    """

    __slots__ = (
        "course",
        "date_s",
        "day_ms",
        "hdop_milli",
        "lat_e7",
        "lon_e7",
        "mode",
        "satellites",
        "sigma_mm",
        "speed_cm_s",
        "valid",
    )

    def __init__(self) -> None:
        self.day_ms: int | None = None
        self.date_s: int | None = None
        self.lat_e7: int | None = None
        self.lon_e7: int | None = None
        self.valid: bool | None = None
        self.hdop_milli: int | None = None
        self.sigma_mm: int | None = None
        self.speed_cm_s: int | None = None
        self.course: int | None = None
        self.satellites: int | None = None
        self.mode: int | None = None

    def merge(self, other: "Said") -> None:
        """Take over what another sentence of the same epoch says."""
        for name in Said.__slots__:
            value = getattr(other, name)
            if value is None:
                continue
            before = getattr(self, name)
            if name == "valid" and before is not None:
                value = value and before  # one doubt is enough
            elif name == "mode" and before is not None:
                value = max(value, before)  # one GSA for each constellation, some unused
            setattr(self, name, value)


def decimal(field: bytes, places: int) -> int:
    """A field such as b"12.345" times 10**places, rounded half up. Raises ValueError."""
    whole, _, fraction = field.partition(b".")
    if not (whole + fraction).isdigit() or len(whole) > _WHOLE_DIGITS_MAX:
        raise ValueError
    kept = (fraction + b"0" * (places + 1))[: places + 1]
    return (int(whole + kept) + 5) // 10


def angle_e7(field: bytes, degree_digits: int, limit_deg: int) -> int:
    """dddmm.mmm (any number of decimals) in 1e-7 degrees, rounded half up. Raises ValueError."""
    whole, _, fraction = field.partition(b".")
    if len(whole) != degree_digits + 2 or not (whole + fraction).isdigit():
        raise ValueError
    minutes = int(whole[degree_digits:] + fraction)
    minute: int = 10 ** len(fraction)
    angle = int(whole[:degree_digits]) * 10000000
    angle += (minutes * 10000000 + 30 * minute) // (60 * minute)
    if minutes >= 60 * minute or angle > limit_deg * 10000000:
        raise ValueError
    return angle


def _signed(angle: int, hemisphere: bytes, positive: bytes, negative: bytes) -> int:
    if hemisphere == positive:
        return angle
    if hemisphere == negative:
        return -angle
    raise ValueError


# What follows reads one thing from a sentence's fields, starting at a given one.


def _latitude(fields: list[bytes], at: int) -> int:
    return _signed(angle_e7(fields[at], 2, 90), fields[at + 1], b"N", b"S")


def _longitude(fields: list[bytes], at: int) -> int:
    return _signed(angle_e7(fields[at], 3, 180), fields[at + 1], b"E", b"W")


def _day_ms(fields: list[bytes], at: int) -> int:
    field = fields[at]
    value = decimal(field, 3)  # hhmmss.sss
    hour, minute, ms = value // 10000000, value // 100000 % 100, value % 100000
    if field.find(b".") not in (-1, 6) or hour > 23 or minute > 59 or ms >= 61000:
        raise ValueError
    return (hour * 60 + minute) * 60000 + ms


def _date(fields: list[bytes], at: int) -> int:  # ddmmyy
    field = fields[at]
    if len(field) != 6 or not field.isdigit():
        raise ValueError
    year = int(field[4:])
    year += 1900 if year >= 80 else 2000
    return utc_seconds(year, int(field[2:4]), int(field[:2]), 0, 0, 0)


def _date_parts(fields: list[bytes], at: int) -> int:
    day, month, year = [decimal(field, 0) for field in fields[at : at + 3]]
    return utc_seconds(year, month, day, 0, 0, 0)


def _status(fields: list[bytes], at: int, indicator_at: int) -> bool:
    if fields[at] not in (b"A", b"V"):
        raise ValueError
    # Mode indicator, since NMEA 2.3: E dead reckoning, M by hand, S simulator, N none.
    indicator = fields[indicator_at] if len(fields) > indicator_at else b""
    return fields[at] == b"A" and indicator not in (b"E", b"M", b"S", b"N")


def _rmc_status(fields: list[bytes], at: int) -> bool:
    return _status(fields, at, 12)


def _gll_status(fields: list[bytes], at: int) -> bool:
    return _status(fields, at, 7)


def _quality(fields: list[bytes], at: int) -> bool:
    return 1 <= decimal(fields[at], 0) <= 5  # 0 none, 6 dead reckoning, 7 by hand, 8 simulator


def _count(fields: list[bytes], at: int) -> int:
    return min(decimal(fields[at], 0), 255)


def _hdop(fields: list[bytes], at: int) -> int | None:
    return decimal(fields[at], 3) or None


def _sigma(fields: list[bytes], at: int) -> int | None:
    # Semi-major axis (many receivers leave it empty), latitude, longitude.
    return max([decimal(fields[i], 3) for i in (at - 3, at, at + 1) if fields[i]]) or None


def _speed(fields: list[bytes], at: int) -> int:
    # Knots: 1852 m an hour, so a thousandth of one is 463/9000 cm/s.
    return (decimal(fields[at], 3) * 463 + 4500) // 9000


def _course(fields: list[bytes], at: int) -> int:
    degrees_e2 = decimal(fields[at], 2)
    if degrees_e2 > 36000:
        raise ValueError
    return (degrees_e2 * 256 + 18000) // 36000 % 256


def _mode(fields: list[bytes], at: int) -> int:
    if fields[at] not in (b"1", b"2", b"3"):
        raise ValueError
    return int(fields[at])


_LAYOUTS = {
    b"RMC": (
        ("day_ms", 1, _day_ms),
        ("valid", 2, _rmc_status),
        ("lat_e7", 3, _latitude),
        ("lon_e7", 5, _longitude),
        ("speed_cm_s", 7, _speed),
        ("course", 8, _course),
        ("date_s", 9, _date),
    ),
    b"GGA": (
        ("day_ms", 1, _day_ms),
        ("lat_e7", 2, _latitude),
        ("lon_e7", 4, _longitude),
        ("valid", 6, _quality),
        ("satellites", 7, _count),
        ("hdop_milli", 8, _hdop),
    ),
    b"GLL": (
        ("lat_e7", 1, _latitude),
        ("lon_e7", 3, _longitude),
        ("day_ms", 5, _day_ms),
        ("valid", 6, _gll_status),
    ),
    b"GST": (("day_ms", 1, _day_ms), ("sigma_mm", 6, _sigma)),
    b"ZDA": (("day_ms", 1, _day_ms), ("date_s", 2, _date_parts)),
    b"GSA": (("mode", 2, _mode), ("hdop_milli", 16, _hdop)),
}


def parse(sentence: bytes) -> tuple[bytes, Said] | None:
    """What a sentence (from after the $ to before the line's end) says.

    Returns (kind, Said), or None for a sound sentence of another kind. Raises Rejected.
    """
    star = len(sentence) - 3
    if star < 0 or sentence[star : star + 1] != b"*":
        raise Rejected("nmea_no_checksum")
    checksum = 0
    for i in range(star):
        checksum ^= sentence[i]
    if sentence[star + 1 :].upper() != f"{checksum:02X}".encode():
        raise Rejected("nmea_checksum")
    fields = sentence[:star].split(b",")
    kind = fields[0][2:]
    if fields[0][:2] not in _TALKERS or kind not in _LAYOUTS:
        return None
    said = Said()
    name = ""
    try:
        for name, at, read in _LAYOUTS[kind]:
            if fields[at]:
                setattr(said, name, read(fields, at))
    except IndexError:
        raise Rejected(_reason(kind, "short")) from None
    except ValueError:
        raise Rejected(_reason(kind, name)) from None
    if (said.lat_e7 is None) != (said.lon_e7 is None):
        raise Rejected(_reason(kind, "half_a_position"))
    return kind, said


def _reason(kind: bytes, what: str) -> str:
    return "nmea_" + str(kind, "ascii").lower() + "_" + what
