"""GPX 1.0 and 1.1 (topografix.com/GPX): points of tracks and routes; waypoints have no order."""

from collections.abc import Mapping
from functools import cache

from simulator.tracks.gathering import Gathering
from simulator.tracks.names import Meaning, columns_of, looks_like_accuracy

_POINTS = ("trkpt", "rtept")
_WAYPOINT = "wpt"
# OsmAnd writes the accuracy in metres that Android told it, and calls it an HDOP.
_METRES_HDOP = {"osmand": "hdop in metres, as OsmAnd writes it"}


class Gpx:
    """Reads a file of either version into a gathering.

    What is said within a point counts for it, in extensions as well, whatever their namespaces.
    """

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._metres_hdop: str | None = None
        self._said: dict[str, str] | None = None  # None outside of a point
        self._where = ""

    def begin(self, path: list[str], attributes: Mapping[str, str], where: str) -> None:
        if len(path) == 1:
            creator = attributes.get("creator", "").lower()
            names = (name for by, name in _METRES_HDOP.items() if creator.startswith(by))
            self._metres_hdop = next(names, None)
        elif path[-1] in _POINTS:
            self._where = f"{where} <{path[-1]}>"
            # Missing ones are named, so that they are told of as empty ones are.
            self._said = {"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")}
        elif path[-1] == _WAYPOINT:
            self._into.ignore(_WAYPOINT)

    def end(self, path: list[str], text: str) -> None:
        if self._said is None:
            return
        name, parent = path[-1], path[-2] if len(path) > 1 else ""
        if name in _POINTS:
            self._into.take(self._said, self._where, self._metres_hdop)
            self._said = None
        elif text and (parent in _POINTS or _is_measured(name)):
            self._said.setdefault(name, text)


_MEASURED = (Meaning.ACCURACY, Meaning.HDOP, Meaning.SPEED, Meaning.COURSE, Meaning.SOURCE)


@cache
def _is_measured(name: str) -> bool:
    """Whether an element of an extension says something of the position (times may be others)."""
    read = columns_of([name], speed_factor=1.0).read
    return looks_like_accuracy(name) or any(meaning in read for meaning in _MEASURED)
