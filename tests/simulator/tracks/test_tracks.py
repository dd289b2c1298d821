from pathlib import Path

import pytest

from simulator.tracks.tracks import BadTrack, Point, read

T0_MS = 1_583_150_400_000  # 2020-03-02T12:00:00Z

GPX_1_1 = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
 <metadata><time>2001-01-01T00:00:00Z</time></metadata>
 <wpt lat="1" lon="1"><time>2020-03-02T12:00:00Z</time></wpt>
 <trk><trkseg>
  <trkpt lat="46.5000001" lon="-90.25"><time>2020-03-02T12:00:01.5Z</time><hdop>1.5</hdop></trkpt>
  <trkpt lat="46.5" lon="-90.25"><time>2020-03-02T13:00:00+01:00</time></trkpt>
  <trkpt lat="46.5" lon="-90.25"><ele>3</ele></trkpt>
 </trkseg></trk>
</gpx>"""

GPX_1_0 = """<gpx version="1.0" creator="x" xmlns="http://www.topografix.com/GPX/1/0">
 <rte><rtept lat="-1" lon="2"><time>2020-03-02T12:00:00Z</time></rtept></rte></gpx>"""


def _write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "track"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _sentence(body: str) -> str:
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n"


def test_gpx_points_are_sorted_waypoints_and_timeless_points_left_out(tmp_path: Path) -> None:
    track = read(_write(tmp_path, GPX_1_1))
    assert track.points == (
        Point(T0_MS, 465_000_000, -902_500_000, None),
        Point(T0_MS + 1500, 465_000_001, -902_500_000, 15.0),
    )
    assert track.left_out == 1


def test_gpx_1_0_routes_are_tracks_too(tmp_path: Path) -> None:
    assert read(_write(tmp_path, GPX_1_0)).points == (Point(T0_MS, -10_000_000, 20_000_000),)


def test_csv_takes_columns_in_any_order_and_an_accuracy(tmp_path: Path) -> None:
    text = "lat,lon,time,accuracy_m,note\n1,2,2020-03-02T12:00:00,7.5,a\n1,2,,1,b\n1,3,later,,c\n"
    track = read(_write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert track.points == (Point(T0_MS, 10_000_000, 20_000_000, 7.5),)
    assert track.left_out == 2


def test_a_receivers_log_is_read_by_the_firmware(tmp_path: Path) -> None:
    log = (
        "# " + _sentence("GPRMC,110000,A,0000.6,N,00000.6,E,,,010120,,,A")
        + _sentence("GPGGA,120000.20,4025.1,N,00341.5,W,1,08,1.2,650,M,,M,,")
        + _sentence("GPRMC,120000.20,A,4025.1,N,00341.5,W,2.0,90.0,020320,,,A")
        + _sentence("GPRMC,120001.20,V,,,,,,,020320,,,N")
    )  # fmt: skip
    assert read(_write(tmp_path, log)).points == (
        Point(T0_MS + 200, 404_183_333, -36_916_667, 12.0),
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "neither GPX, nor CSV (time,lat,lon), nor a GNSS receiver's log"),
        (b"\x89PNG\r\n\x1a\n", "neither GPX, nor CSV"),
        ("time,lat,lon\n", "no position with a usable time in it (0 without)"),
        ("time,lat,lon\nnoon,1,2\n", "no position with a usable time in it (1 without)"),
        ("time,lat,lon\n2020-03-02T12:00:00Z,91,2\n", "line 2: lat 91, lon 2 is no position"),
        ("time,lat,lon\n2020-03-02T12:00:00Z,nan,2\n", "line 2: lat nan, lon 2 is no position"),
        ("time,lat,lon\n2020-03-02T12:00:00Z\n", "line 2: lat missing, lon missing is no position"),
        ("time,lat,lon\n1901-12-13T20:45:52Z,1,2\n", "1901-12-13T20:45:52.000Z cannot be right"),
        ("time,lat,lon\n2100-01-01T00:00:00Z,1,2\n", "2100-01-01T00:00:00.000Z cannot be right"),
        (b"time,lat,lon\n\xff", "no UTF-8 text: byte 13 is 0xff"),
        ("<html/>", "its root element is <html>, a track's is <gpx>"),
        ("<gpx>", "no well-formed XML: no element found: line 1, column 5"),
        ("<gpx><trkpt lat='1'/></gpx>", "<trkpt>: lat 1, lon missing is no position"),
        ("<!DOCTYPE gpx [<!ENTITY a 'b'>]><gpx>&a;</gpx>", "it declares the entity a"),
    ],
)
def test_what_is_no_track_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    path = _write(tmp_path, content)
    with pytest.raises(BadTrack) as refusal:
        read(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTrack, match="No such file or directory"):
        read(tmp_path / "none.gpx")


def test_a_track_moves_in_time_as_a_whole(tmp_path: Path) -> None:
    track = read(_write(tmp_path, GPX_1_1)).starting_at(5000)
    assert (track.start_ms, track.end_ms, track.left_out) == (5000, 6500, 1)
