from pathlib import Path

import pytest

from simulator.tracks.points import BadTrack, Point
from tests.simulator.tracks.files import T0_MS, seconds, track_of

TRACK = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><Placemark><gx:MultiTrack><gx:Track>
 <when>2020-03-02T12:00:00Z</when><when>2020-03-02T12:00:01Z</when>
 <when>2020-03-02T12:00:02Z</when><when>2020-03-02T12:00:03Z</when>
 <gx:coord>-90.5 14.6 1500</gx:coord><gx:coord/><gx:coord>-90.5 14.7 1500</gx:coord>
 <ExtendedData><SchemaData schemaUrl="#s"><gx:SimpleArrayData name="accuracy">
  <gx:value>5</gx:value><gx:value/><gx:value>1800</gx:value></gx:SimpleArrayData>
 <gx:SimpleArrayData name="heartrate"><gx:value>60</gx:value></gx:SimpleArrayData>
 </SchemaData></ExtendedData>
</gx:Track></gx:MultiTrack></Placemark></Document></kml>"""

PLACEMARKS = """<kml>
<Placemark><TimeStamp><when>2020-03-02T12:00:10Z</when></TimeStamp>
 <ExtendedData><Data name="precision"><value>12</value></Data></ExtendedData>
 <Point><coordinates>-90.5,14.6,0</coordinates></Point></Placemark>
<Placemark><TimeSpan><begin>2020-03-02T12:00:20Z</begin><end>2020-03-02T12:00:50Z</end></TimeSpan>
 <Point><coordinates>-90.5,14.7</coordinates></Point></Placemark>
<Placemark><name>home</name><Point><coordinates>-90.5,14.7</coordinates></Point></Placemark>
<Placemark><LineString><coordinates>-90,14 -90,15 -90,16</coordinates></LineString></Placemark>
</kml>"""


def test_a_track_pairs_its_lists(tmp_path: Path) -> None:
    track = track_of(tmp_path, TRACK)
    assert track.points == (
        Point(T0_MS, 146_000_000, -905_000_000, 5.0),
        Point(T0_MS + 2000, 147_000_000, -905_000_000, 1800.0),
    )
    assert track.account.left_out == {"unpaired": 1, "no_position": 1}
    assert track.account.ignored == {"heartrate": 1}


def test_placemarks_with_a_time_are_points_and_those_without_are_counted(tmp_path: Path) -> None:
    track = track_of(tmp_path, PLACEMARKS)
    assert seconds(track) == [10, 20, 50]
    assert [point.lat_e7 for point in track.points] == [146_000_000, 147_000_000, 147_000_000]
    assert track.points[0].accuracy_m == 12
    assert track.account.left_out == {"no_time": 4}


def test_a_coordinate_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTrack, match=r"line 5, column 38 \(lat\): lat 95, lon -90\.5"):
        track_of(tmp_path, TRACK.replace("<gx:coord/>", "<gx:coord>-90.5 95 1</gx:coord>"))
