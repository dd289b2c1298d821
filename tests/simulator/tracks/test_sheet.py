"""CSV as spreadsheets and trackers write it."""

from pathlib import Path

import pytest

from host.proximity.types import Source
from simulator.tracks.points import BadTrack, Point
from simulator.tracks.times import DateOrder
from tests.simulator.tracks.files import T0, T0_MS, seconds, track_of

GUATEMALA = "America/Guatemala"  # UTC-6

# A spreadsheet in Spanish, as it exports a sheet with a title.
SPANISH = """Recorrido del 2 de marzo

Fecha;Hora;Latitud;Longitud;Precisión (m);Velocidad (km/h);Rumbo;Observación
02/03/2020;6:00:00 a. m.;14,6349;-90,5069;12,5;36;90;salida
02/03/2020;06:00:10;14,6350;-90,5069;1.800;;;antena
;;;;;;;
"""

# What a tracking server keeps of positions.
SERVER = """id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,outdated,latitude,longitude,\
speed,course,accuracy,network
1,7,osmand,2020-03-02T12:00:09.000+00:00,2020-03-02T12:00:01.000+00:00,\
2020-03-02T12:00:00.000+00:00,true,false,14.6349,-90.5069,10,90,0.0,null
2,7,osmand,2020-03-02T12:00:19.000+00:00,2020-03-02T12:00:11.000+00:00,\
2020-03-02T12:00:10.000+00:00,true,false,14.635,-90.5069,0,0,25.5,null
3,7,osmand,2020-03-02T12:00:29.000+00:00,2020-03-02T12:00:21.000+00:00,\
2020-03-02T12:00:10.000+00:00,true,true,14.635,-90.5069,0,0,25.5,null
4,7,osmand,2020-03-02T12:00:39.000+00:00,2020-03-02T12:00:31.000+00:00,\
2020-03-02T12:00:30.000+00:00,false,false,0,0,0,0,0,null
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_spanish_spreadsheet(tmp_path: Path, encoding: str) -> None:
    track = track_of(tmp_path, SPANISH.encode(encoding), GUATEMALA)
    assert track.points == (
        Point(T0_MS, 146_349_000, -905_069_000, 12.5, speed_m_s=10.0, course_deg=90.0),
        Point(T0_MS + 10_000, 146_350_000, -905_069_000, 1800.0),
    )
    account = track.account
    assert (account.without_zone, account.time_zone) == (2, GUATEMALA)
    assert account.date_order == "day-first, as decimal commas tell"
    assert account.accuracy == {"Precisión (m)": 2}
    assert account.ignored == {"Observación": 2}


def test_a_tracking_servers_own_csv(tmp_path: Path) -> None:
    track = track_of(tmp_path, SERVER)
    assert track.points == (
        Point(T0_MS, 146_349_000, -905_069_000, None, speed_m_s=18520 / 3600, course_deg=90.0),
        Point(T0_MS + 10_000, 146_350_000, -905_069_000, 25.5, speed_m_s=0.0, course_deg=0.0),
    )
    assert track.account.left_out == {"said_outdated": 1, "said_invalid": 1}
    assert track.account.examples["said_outdated"] == "line 4"
    assert set(track.account.ignored) >= {"serverTime", "deviceTime"}


def test_a_loggers_accuracy_and_what_located_each_point(tmp_path: Path) -> None:
    text = (
        "time,lat,lon,elevation,accuracy,bearing,speed,satellites,provider,hdop,vdop,pdop\n"
        f"{T0},14.6489,-90.5069,1500,5.0,,0.0,9,gps,0.9,2,\n"
        "2020-03-02T12:01:00.000Z,14.635,-90.5069,1500,1800.0,,0.0,0,network,,,\n"
    )
    track = track_of(tmp_path, text)
    assert [(point.accuracy_m, point.source) for point in track.points] == [
        (5.0, Source.GNSS),
        (1800.0, Source.CELL),
    ]
    assert track.points[0].speed_m_s == 0
    assert track.account.sources == {"gnss": 1, "cell": 1}
    assert track.account.ignored == {"elevation": 2, "satellites": 2, "hdop": 1, "vdop": 1}


@pytest.mark.parametrize(
    ("text", "accuracy_m"),
    [
        ("time,lat,lon,accuracy_m\n{},1,2,7.5", 7.5),
        ("lon,lat,time,horizontal accuracy [ft]\n2,1,{},100", 30.48),
        ("sep=;\ntime;lat;lng;hdop\n{};1;2;-", None),
        ("TIME\tLATITUDE\tN/S\tLONGITUDE\tE/W\tHDOP\n{}\t1\tN\t2\tE\t1.5", 15.0),
        ('time,lat,lon,precision\n{},"1","2","1,800.5 m"', 1800.5),
        ('time;lat;lon;precision\n{};"1,0";"2,0";12', 12.0),
        ("time;lat;lon;precision\n{};N 1;2° E;unknown", None),
        ("time|lat|lon|precision\r\n{}|1|2|fine\r\n", None),
        ("time (UTC),lat,lon,accuracy\r2/3/2020 12:00,1,2,9\r13/3/2020 12:00,1,2,\r", 9),
    ],
)  # fmt: skip
def test_sheets_differ_and_say_the_same(
    tmp_path: Path, text: str, accuracy_m: float | None
) -> None:
    first = track_of(tmp_path, text.format(T0), GUATEMALA).points[0]
    assert first[:3] == (T0_MS, 10_000_000, 20_000_000)
    assert first.accuracy_m == (None if accuracy_m is None else pytest.approx(accuracy_m))


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("timestamp", str(T0_MS // 1000)),
        ("timestampMs", str(T0_MS)),
        ("epoch", f"{T0_MS // 1000}.0"),
        ("date,time", "2020-03-02,12:00:00"),
        ("date,time", f"2020-03-02,{T0}"),
        ("UTC DATE,UTC TIME", "2020/03/02,12:00:00"),
        ("date,time,fixTime", f"1999-01-01,00:00:00,{T0}"),
        ("servertime,devicetime", f"1999-01-01T00:00:00Z,{T0}"),
    ],
)
def test_times_stand_in_one_column_or_two(tmp_path: Path, columns: str, cells: str) -> None:
    assert seconds(track_of(tmp_path, f"{columns},lat,lon\n{cells},1,2")) == [0]


def test_points_left_out_are_counted_by_reason(tmp_path: Path) -> None:
    text = f"time,lat,lon\n{T0},1,2\n,1,2\nlater,1,2\n2020-03-02,1,2\n{T0},,\n\n , ,\n"
    account = track_of(tmp_path, text).account
    assert account.left_out == {"no_time": 1, "unreadable_time": 2, "no_position": 1}
    assert account.examples == {
        "no_time": "line 3",
        "unreadable_time": "line 4: later",
        "no_position": "line 6",
    }


def test_speeds_in_who_knows_what_are_not_read(tmp_path: Path) -> None:
    track = track_of(tmp_path, f"time,lat,lon,speed\n{T0},1,2,36")
    assert track.points[0].speed_m_s is None
    assert track.account.ignored == {"speed": 1}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "when,north,lon\nx,1,2\n",
            "latitude (lat, latitude, latitud, ...); line 1 has the columns 'when', 'north', 'lon'",
        ),
        ("a,b\n1,2\n", "no column for its time (time, timestamp, fixTime, date and time"),
        ("time,lat,lon\n", "no position with a usable time in it (no positions at all)"),
        ('time,lat,lon\n"no\non",1,2\n', "(first: line 3: no\ufffdon)"),
        ("time,lat,lon\nnoon,1,2\n", "(1 unreadable time (first: line 2: noon))"),
        (f"time,lat,lon\n{T0},91,2\n", "line 2 (lat): lat 91, lon 2 is no position"),
        (f"time,lat,lon\n{T0},nan,2\n", "line 2 (lat): lat nan, lon 2 is no position"),
        (f"time,lat,lon\n{T0},1\n", "line 2 (lon): lat 1, lon missing is no position"),
        (f"time,lat,Lng\n{T0},1,90 O\n", "line 2 (Lng): lat 1, lon 90 O is no position"),
        (
            f"time,lat,lon\n{T0},14,63,-90,50\n",
            "line 2, column 4: 5 cells where line 1 names 3 columns; decimal commas need",
        ),
        (
            f"time;lat;lon\n{T0};14,6;-90.5\n",
            "line 2, column 3: -90.5 has a decimal point, line 2, column 2: 14,6 a decimal comma",
        ),
        (f"time;lat;lon;accuracy\n{T0};1,5;2,5;1.8\n", "line 2 (accuracy): 1.8 is no accuracy"),
        ("time,lat,lon\n1901-12-13T20:45:52Z,1,2\n", "1901-12-13T20:45:52.000Z cannot be right"),
        ("time,lat,lon\n2100-01-01T00:00:00Z,1,2\n", "2100-01-01T00:00:00.000Z cannot be right"),
        ("time,lat,lon\n05/03/2020 12:00,1,2\n", "--dates day-first or --dates month-first says"),
        (f"time,lat,lon\n{T0},1,{'2' * 200_000}\n", "line 2: field larger than field limit"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_and_where(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(BadTrack) as refusal:
        track_of(tmp_path, text)
    assert complaint in str(refusal.value)


def test_an_order_of_dates_that_is_given_is_used(tmp_path: Path) -> None:
    text = "time,lat,lon\n05/03/2020 12:00,1,2\n"
    for order, day in ((DateOrder.DAY_FIRST, 3), (DateOrder.MONTH_FIRST, 62)):
        track = track_of(tmp_path, text, order=order)
        assert seconds(track) == [day * 86400]
        assert track.account.date_order == f"{order}, as told"
