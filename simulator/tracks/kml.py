"""KML 2.2 (OGC 07-147r2) with Google's tracks: `gx:Track`, and placemarks with a time."""

from collections.abc import Mapping

from simulator.tracks.gathering import NO_POSITION, NO_TIME, UNPAIRED, Gathering

_LINES = ("LineString", "LinearRing")  # coordinates that have no times


class Kml:
    """Reads a file into a gathering: a track's lists, or a placemark, when it ends."""

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._data = ""  # the name of the data whose value comes
        self._where = ""  # the place of the last element that began
        self._start()

    def _start(self) -> None:
        """A placemark or a track begins."""
        self._times: list[str] = []
        self._coordinates: list[tuple[str, str]] = []  # where, and "lon lat height"
        self._values: dict[str, list[str]] = {}

    def begin(self, path: list[str], attributes: Mapping[str, str], where: str) -> None:
        self._where = where
        if path[-1] in ("Placemark", "Track"):
            self._start()
        elif path[-1] in ("SimpleArrayData", "SimpleData", "Data"):
            self._data = attributes.get("name", "")

    def end(self, path: list[str], text: str) -> None:
        name, parent = path[-1], path[-2] if len(path) > 1 else ""
        if name == "when" or (parent == "TimeSpan" and name in ("begin", "end")):
            self._times.append(text)
        elif name == "coord":
            self._coordinates.append((self._where, text))
        elif name == "coordinates":
            if parent == "Point":
                self._coordinates.append((self._where, text.replace(",", " ")))
            elif parent in _LINES:
                self._into.leave_out(NO_TIME, self._where, len(text.split()))
        elif name in ("value", "SimpleData"):
            self._values.setdefault(self._data, []).append(text)
        elif name == "Track":
            self._take_track()
            self._start()
        elif name == "Placemark":
            self._take_placemark()

    def _take_track(self) -> None:
        """A track's lists run side by side: times, coordinates, and any number of values."""
        paired = min(len(self._times), len(self._coordinates))
        odd = max(len(self._times), len(self._coordinates)) - paired
        if odd:
            self._into.leave_out(UNPAIRED, self._where, odd)
        columns = list(self._values.items())
        for index in range(paired):
            said = {name: values[index] for name, values in columns if index < len(values)}
            self._take(said, self._times[index], self._coordinates[index])

    def _take_placemark(self) -> None:
        """One place with one time, or with a span: there at its beginning and at its end."""
        said = {name: values[0] for name, values in self._values.items()}
        for placed in self._coordinates[:1]:
            for time in self._times or [""]:
                self._take(said, time, placed)

    def _take(self, said: Mapping[str, str], time: str, placed: tuple[str, str]) -> None:
        where, text = placed
        if not text:
            self._into.leave_out(NO_POSITION, where)
            return
        lon, lat = _pair(text)
        self._into.take({**said, "when": time, "lat": lat, "lon": lon}, where)


def _pair(text: str) -> tuple[str, str]:
    parts = [*text.split(), "", ""]
    return parts[0], parts[1]
