"""Kinds told apart by content; a receiver's log; what is no track; whatever bytes there are."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.base.errors import UsageError
from simulator.tracks import gathering, read
from simulator.tracks.points import BadTrack, Point
from tests.simulator.tracks.files import T0, T0_MS, fit_file, fit_time, seconds, track_of

GPX = f'<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>{T0}</time></trkpt></trkseg></trk></gpx>'
KML = (
    f"<kml><Placemark><TimeStamp><when>{T0}</when></TimeStamp>"
    "<Point><coordinates>2,1</coordinates></Point></Placemark></kml>"
)
GEOJSON = (
    '{"type":"Feature","geometry":{"type":"Point","coordinates":[2,1]},'
    f'"properties":{{"time":"{T0}"}}}}'
)
FIT = fit_file([(fit_time(T0_MS // 1000), 11930465, 23860929, 5, 0)])


def _sentence(body: str) -> str:
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n"


LOG = (
    "# " + _sentence("GPRMC,110000,A,0000.6,N,00000.6,E,,,010120,,,A")
    + _sentence("GPGGA,120000.20,4025.1,N,00341.5,W,1,08,1.2,650,M,,M,,")
    + _sentence("GPRMC,120000.20,A,4025.1,N,00341.5,W,2.0,90.0,020320,,,A")
    + _sentence("GPRMC,120001.20,V,,,,,,,020320,,,N")
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind", "encoding"),
    [
        (GPX.encode(), "GPX", "UTF-8"),
        (("\ufeff" + GPX).encode("utf-16-le"), "GPX", "UTF-16LE"),
        (('<?xml version="1.0" encoding="UTF-16"?>' + GPX).encode("utf-16-be"), "GPX", "UTF-16BE"),
        (('<?xml version="1.0" encoding="UTF-16"?>' + GPX).encode(), "GPX", "UTF-8"),
        (KML.encode("utf-8-sig"), "KML", "UTF-8"),
        (GEOJSON.encode(), "GeoJSON", "UTF-8"),
        (f"time,lat,lon,ñ\n{T0},1,2,é".encode("latin-1"), "CSV", "Windows-1252"),
        (("\ufeff" + f"time\tlat\tlon\n{T0}\t1\t2").encode("utf-16-le"), "CSV", "UTF-16LE"),
        (FIT, "FIT", None),
    ],
)
def test_kinds_are_told_apart_by_what_is_in_the_file(
    tmp_path: Path, content: bytes, kind: str, encoding: str | None
) -> None:
    track = track_of(tmp_path, content)
    assert track.points[0][:3] == (T0_MS, 10_000_000, 20_000_000)
    assert (track.account.kind, track.account.encoding) == (kind, encoding)


def test_a_receivers_log_is_read_by_the_firmware(tmp_path: Path) -> None:
    track = track_of(tmp_path, LOG)
    assert track.points == (
        Point(T0_MS + 200, 404_183_333, -36_916_667, 12.0, speed_m_s=1.03, course_deg=90.0),
    )
    assert track.account.left_out == {"said_invalid": 1}
    assert track.account.accuracy == {"the receiver, as the firmware reads it": 1}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "no track that is known: it is empty; right would be GPX, KML, FIT, GeoJSON, CSV"),
        (b"\x89PNG\r\n\x1a\n", "it begins with the bytes 89 50 4e 47 0d 0a 1a 0a"),
        ("<html/>", "line 1, column 1: its root element is <html>, a track's is <gpx> or <kml>"),
        ("<gpx>", "line 1, column 6: no well-formed XML: no element found"),
        ("<!DOCTYPE gpx [<!ENTITY a 'b'>]><gpx>&a;</gpx>", "it declares the entity a"),
        ("<gpx>" * 200, "elements more than 100 deep"),
        ("<gpx></gpx>", "GPX with no position with a usable time in it (no positions at all)"),
        ("\ufeff<gpx".encode("utf-16-le") + b"\0", "no UTF-16LE text, as it begins: byte 10"),
        (gzip.compress(GPX.encode()), "packed with gzip; right would be the file in it"),
        (
            "$GPRMC,1\r\n",
            "with no sound sentence in it: 1 nmea_no_checksum",
        ),
    ],
)
def test_what_is_no_track_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    with pytest.raises(BadTrack) as refusal:
        track_of(tmp_path, content)
    assert str(refusal.value).startswith(f"{tmp_path / 'track'}: ")
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_archive_is_not_opened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", KML)
    with pytest.raises(BadTrack, match="a ZIP archive, as KMZ and spreadsheets' own files are"):
        track_of(tmp_path, packed.getvalue())


def test_files_and_points_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "FILE_BYTES_MAX", 1 << 20)
    with pytest.raises(BadTrack, match="larger than 1 MiB; divide it"):
        track_of(tmp_path, b" " * ((1 << 20) + 1))
    monkeypatch.setattr(gathering, "POINTS_MAX", 2)
    with pytest.raises(BadTrack, match="line 4: more than 2 points; divide the file"):
        track_of(tmp_path, "time,lat,lon\n" + f"{T0},1,2\n" * 3)


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTrack, match="No such file or directory"):
        read.read(tmp_path / "none.gpx")


def test_a_time_zone_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no time zone is called Mars; America/Guatemala would"):
        track_of(tmp_path, GPX, "Mars")


def test_a_track_moves_in_time_as_a_whole(tmp_path: Path) -> None:
    track = track_of(tmp_path, f"time,lat,lon\n{T0},1,2\n2020-03-02T12:00:01.5Z,1,2")
    assert seconds(track) == [0, 1.5]
    moved = track.starting_at(5000)
    assert (moved.start_ms, moved.end_ms, moved.account) == (5000, 6500, track.account)


@given(
    st.sampled_from([GPX.encode(), KML.encode(), GEOJSON.encode(), FIT, LOG.encode()]),
    st.integers(0, 400),
    st.binary(max_size=6),
    st.integers(0, 6),
)
def test_a_damaged_file_is_a_track_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, at: int, put: bytes, cut: int
) -> None:
    at %= len(content)
    folder = tmp_path_factory.getbasetemp()
    try:
        points: tuple[Point, ...] | None = track_of(
            folder, content[:at] + put + content[at + cut :]
        ).points
    except BadTrack:
        points = None
    assert points != ()
