import json
from pathlib import Path
from typing import Any

import pytest

from simulator.tracks.points import BadTrack, Point
from tests.simulator.tracks.files import T0_MS, seconds, track_of

TIMES = ["2020-03-02T12:00:00Z", "2020-03-02T12:00:05Z"]
LINE = [[-90.5, 14.6, 1500], [-90.5, 14.7]]


def _feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_points_are_read_with_what_their_properties_say(tmp_path: Path) -> None:
    said = {"timestamp": T0_MS, "accuracy": 7.5, "valid": True, "name": "a", "more": {"b": 1}}
    track = track_of(tmp_path, _collection(_feature("Point", [-90.5, 14.6], **said)))
    assert track.points == (Point(T0_MS, 146_000_000, -905_000_000, 7.5),)
    assert track.account.ignored == {"name": 1}


@pytest.mark.parametrize(
    "feature",
    [
        _feature("LineString", LINE, coordTimes=TIMES, accuracy=[5, 9]),
        _feature("MultiLineString", [LINE], coordTimes=[TIMES], accuracy=[[5, 9]]),
        _feature("LineString", LINE, coordinateProperties={"times": TIMES, "accuracy": [5, 9]}),
        _feature("MultiPoint", LINE, times=TIMES, accuracy=[5, 9]),
    ],
)
def test_lines_have_lists_beside_them(tmp_path: Path, feature: dict[str, Any]) -> None:
    track = track_of(tmp_path, json.dumps(feature))
    assert seconds(track) == [0, 5]
    assert [point.accuracy_m for point in track.points] == [5, 9]


def test_what_has_no_time_or_no_place_is_counted(tmp_path: Path) -> None:
    track = track_of(
        tmp_path,
        _collection(
            _feature("LineString", LINE, coordTimes=[TIMES[0]]),
            _feature("LineString", LINE[:1], coordTimes=TIMES),
            _feature("Point", [1, 2], name="home"),
            _feature("Polygon", []),
            {"type": "Feature", "geometry": None, "properties": None},
        ),
    )
    assert track.account.left_out == {"no_time": 2, "unpaired": 1}
    assert track.account.examples["no_time"] == "features[0].geometry.coordinates[1]"
    assert track.account.ignored == {"Polygon": 1, "name": 1}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"type": ', "line 1, column 10: no well-formed JSON: Expecting value"),
        ('{"type": "Feature", "properties": {"a": NaN}}', "it holds NaN"),
        ("[" * 100_000, "no JSON that a track would be"),
        ('[{"lat": 1}]', "the file: its type is null; right would be a FeatureCollection"),
        ('{"type": "FeatureCollection", "features": 3}', "the file: its features are no list"),
        (
            _collection(_feature("Point", ["1", 2], time=TIMES[0])),
            'features[0].geometry.coordinates: ["1", 2] is no position; right would be [longitude',
        ),
        (_collection(_feature("Point", [2, 91], time=TIMES[0])), "(lat): lat 91, lon 2 is no posi"),
    ],
)
def test_what_is_no_geojson_of_a_track_is_refused(
    tmp_path: Path, content: str, complaint: str
) -> None:
    with pytest.raises(BadTrack) as refusal:
        track_of(tmp_path, content)
    assert complaint in str(refusal.value)
