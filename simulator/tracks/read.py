"""Read a track of any kind. The kinds are told apart by what is in a file, never by its name."""

from pathlib import Path
from zoneinfo import ZoneInfo

from host.base.errors import UsageError
from host.base.time_zone import zone as zone_of
from simulator.tracks.fit import is_fit, read_fit
from simulator.tracks.gathering import Gathering
from simulator.tracks.geojson import read_geojson
from simulator.tracks.gpx import Gpx
from simulator.tracks.kml import Kml
from simulator.tracks.markup import walk
from simulator.tracks.points import BadTrack, Track
from simulator.tracks.receiver_log import may_be_log, read_log
from simulator.tracks.sheet import complaint, layout_of, read_sheet
from simulator.tracks.text import Text, decoded, printable
from simulator.tracks.times import DateOrder

KINDS = "GPX, KML, FIT, GeoJSON, CSV or a GNSS receiver's log"
FILE_BYTES_MAX = 1 << 27  # 128 MiB: a week of fixes, one a second, in the wordiest of the kinds

_M_S = 1.0  # of speeds that a format defines so
_PACKED = {
    b"PK\x03\x04": "a ZIP archive, as KMZ and spreadsheets' own files are; "
    "right would be the file in it, or the sheet exported as CSV",
    b"\x1f\x8b": "packed with gzip; right would be the file in it",
}


def read(path: Path, time_zone: str = "UTC", date_order: DateOrder | None = None) -> Track:
    """Read a track; times that name no zone are in `time_zone`.

    date_order: what comes first in dates like 05/03/2026, where the file itself cannot tell.
    Raises BadTrack naming the file, the place in it, what was found and what would be right.
    """
    zone = zone_of(time_zone)
    if zone is None:
        raise UsageError(f"no time zone is called {time_zone}; America/Guatemala would be one")
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise BadTrack(f"{path}: {error.strerror}") from error
    try:
        return _read(data, str(path), zone, date_order)
    except BadTrack as error:
        raise BadTrack(f"{path}: {printable(str(error))}") from error


def _read(data: bytes, name: str, zone: ZoneInfo, date_order: DateOrder | None) -> Track:
    if len(data) > FILE_BYTES_MAX:
        raise BadTrack(f"larger than {FILE_BYTES_MAX >> 20} MiB; divide it")
    for magic, what in _PACKED.items():
        if data.startswith(magic):
            raise BadTrack(f"it is {what}")
    return _gathered(data).track(name, zone, date_order)


def _gathered(data: bytes) -> Gathering:
    """The one kind whose marks the file bears."""
    if is_fit(data):
        into = Gathering("FIT", speed_factor=_M_S)
        read_fit(data, into)
        return into
    text = decoded(data)
    head = "" if text is None else text.text.lstrip()[:1]
    if text is not None and head == "<":
        return _gathered_xml(text)
    if text is not None and head in ("{", "["):
        into = Gathering("GeoJSON", text.encoding)
        read_geojson(text, into)
        return into
    layout = None if text is None else layout_of(text.text)
    if text is not None and layout is not None:
        into = Gathering("CSV", text.encoding)
        read_sheet(text, layout, into)
        return into
    into = Gathering("receiver's log")
    if may_be_log(data) and read_log(data, into):
        return into
    if data.lstrip().startswith(b"$"):
        raise BadTrack(f"like a receiver's log, but with no sound sentence in it: {into.told()}")
    table = None if text is None else complaint(text.text)
    raise BadTrack(table or f"no track that is known: {_beginning(data)}; right would be {KINDS}")


def _gathered_xml(text: Text) -> Gathering:
    gpx, kml = (Gathering(kind, text.encoding, speed_factor=_M_S) for kind in ("GPX", "KML"))
    root = walk(text.text, {"gpx": Gpx(gpx), "kml": Kml(kml)})
    return gpx if root == "gpx" else kml


def _beginning(data: bytes) -> str:
    return f"it begins with the bytes {data[:8].hex(' ')}" if data else "it is empty"
