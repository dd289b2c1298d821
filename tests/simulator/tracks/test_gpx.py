from pathlib import Path

import pytest

from host.proximity.types import Source
from simulator.tracks.points import BadTrack, Point
from tests.simulator.tracks.files import T0, T0_MS, track_of

GPX_1_1 = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="urn:x">
 <metadata><time>2001-01-01T00:00:00Z</time></metadata>
 <wpt lat="1" lon="1"><time>2020-03-02T12:00:00Z</time></wpt>
 <trk><trkseg>
  <trkpt lat="46.5000001" lon="-90.25"><time>2020-03-02T12:00:01.5Z</time><hdop>1.5</hdop></trkpt>
  <trkpt lat="46.5" lon="-90.25"><time>2020-03-02T13:00:00+01:00</time></trkpt>
  <trkpt lat="46.5" lon="-90.25"><ele>3</ele></trkpt>
 </trkseg></trk>
</gpx>"""

GPX_1_0 = """<gpx version="1.0" creator="x" xmlns="http://www.topografix.com/GPX/1/0">
 <rte><rtept lat="-1" lon="2"><time>2020-03-02T12:00:00Z</time><course>90</course>
 <speed>1.5</speed></rtept></rte></gpx>"""


def _one(said: str, creator: str = "x") -> str:
    point = f'<trkpt lat="1" lon="2"><time>{T0}</time>{said}</trkpt>'
    return f'<gpx creator="{creator}" xmlns:x="urn:x"><trk>{point}</trk></gpx>'


def test_points_are_sorted_and_what_is_none_is_counted(tmp_path: Path) -> None:
    track = track_of(tmp_path, GPX_1_1)
    assert track.points == (
        Point(T0_MS, 465_000_000, -902_500_000),
        Point(T0_MS + 1500, 465_000_001, -902_500_000, 15.0),
    )
    assert track.account.left_out == {"no_time": 1}
    assert track.account.examples == {"no_time": "line 8, column 3 <trkpt>"}
    assert track.account.ignored == {"wpt": 1, "ele": 1}
    assert track.account.accuracy == {"hdop x 10 m": 1}


def test_gpx_1_0_routes_are_tracks_too(tmp_path: Path) -> None:
    (point,) = track_of(tmp_path, GPX_1_0).points
    assert point == Point(T0_MS, -10_000_000, 20_000_000, speed_m_s=1.5, course_deg=90.0)


@pytest.mark.parametrize(
    ("said", "creator", "accuracy_m", "taken", "ignored"),
    [
        ("<hdop>15.0</hdop>", "OsmAnd~ 4.7", 15.0, "hdop in metres, as OsmAnd writes it", {}),
        ("<hdop>1.5</hdop><vdop>9</vdop>", "x", 15.0, "hdop x 10 m", {"vdop": 1}),
        (
            "<hdop>1.5</hdop><extensions><x:accuracy>7</x:accuracy></extensions>",
            "x", 7.0, "accuracy", {"hdop": 1},
        ),
        (
            "<x:a><x:b><x:accuracy_h>8</x:accuracy_h><x:accuracy_v>3</x:accuracy_v></x:b></x:a>",
            "x", 8.0, "accuracy_h", {"accuracy_v": 1},
        ),
        ("<hdop>0</hdop>", "x", None, None, {}),
    ],
)  # fmt: skip
def test_accuracy_is_read_wherever_it_stands_or_named_as_ignored(
    tmp_path: Path,
    said: str,
    creator: str,
    accuracy_m: float | None,
    taken: str | None,
    ignored: dict[str, int],
) -> None:
    track = track_of(tmp_path, _one(said, creator))
    assert track.points[0].accuracy_m == accuracy_m
    assert track.account.accuracy == ({} if taken is None else {taken: 1})
    assert track.account.ignored == ignored


def test_what_located_a_point_is_read(tmp_path: Path) -> None:
    assert track_of(tmp_path, _one("<src>network</src>")).points[0].source is Source.CELL
    assert track_of(tmp_path, _one("<src>gps</src>")).points[0].source is Source.GNSS
    unknown = track_of(tmp_path, _one("<src>fused</src>"))
    assert unknown.points[0].source is Source.GNSS
    assert unknown.account.ignored == {"src unknown, taken as GNSS": 1}


def test_a_point_without_a_fix_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadTrack, match=r"\(1 said invalid \(first: line 1, column 39 <trkpt>\)\)"):
        track_of(tmp_path, _one("<fix>none</fix>"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("<gpx>\n <trkpt lat='1'/></gpx>", "line 2, column 2 <trkpt> (lon): lat 1, lon missing"),
        ("<gpx><trkpt lat='91' lon='2'/></gpx>", "(lat): lat 91, lon 2 is no position"),
        (_one("<hdop>1,5</hdop>"), "(hdop): 1,5 is no accuracy; right would be metres"),
    ],
)
def test_a_point_that_cannot_be_is_refused_where_it_stands(
    tmp_path: Path, content: str, complaint: str
) -> None:
    with pytest.raises(BadTrack) as refusal:
        track_of(tmp_path, content)
    assert complaint in str(refusal.value)
