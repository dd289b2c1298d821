"""Numbers as people and programs write them, and places in an option."""

import math
import re
from collections.abc import Iterable

from host.base.errors import UsageError

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?", re.ASCII),
}
_OTHER = {".": ",", ",": "."}
# Degrees with a letter for the hemisphere. O may be the Spanish west or the German east.
_HEMISPHERE = re.compile(r"([NSEW]?)\s*([^NSEW]*?)\s*°?\s*([NSEW]?)")


def number(text: str, mark: str = ".") -> float | None:
    """The finite number that a text is, with this decimal mark; None where it is none.

    The other mark may part groups of three digits, and nothing else.
    """
    written = text.strip().replace("\u2212", "-").replace("\u00a0", "").lower()
    if _OTHER[mark] in written:
        if not _GROUPED[mark].fullmatch(written):
            return None
        written = written.replace(_OTHER[mark], "")
    written = written.replace(mark, ".")
    if not _PLAIN.fullmatch(written):
        return None
    value = float(written)
    return value if math.isfinite(value) else None


def degrees(text: str, mark: str = ".", letters: str = "NS") -> float | None:
    """Degrees that may carry a hemisphere's letter, positive for the first of `letters`."""
    parts = _HEMISPHERE.fullmatch(text.strip().upper())
    if parts is None:
        return None
    letter = parts[1] + parts[3]
    value = number(parts[2], mark)
    if value is None or not letter:
        return value
    if letter not in tuple(letters) or value < 0:
        return None
    return value if letter == letters[0] else -value


def numbers(texts: Iterable[str]) -> list[float] | None:
    """Finite numbers of an option, or None where one of the texts is none."""
    try:
        values = [float(text) for text in texts]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def place(option: str, text: str) -> tuple[int, int] | None:
    """The (lat_e7, lon_e7) that an option's LAT,LON says; None where it says something else.

    Raises UsageError for degrees that there are not.
    """
    values = numbers(text.split(","))
    if values is None or len(values) != 2:
        return None
    lat, lon = values
    if abs(lat) > 90 or abs(lon) > 180:
        raise UsageError(
            f"{option} {text}: no such place; latitudes are -90 to 90 degrees, "
            "longitudes -180 to 180"
        )
    return round(lat * 1e7), round(lon * 1e7)
