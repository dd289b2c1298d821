from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.tracks.points import BadTrack, Point
from tests.simulator.tracks.files import (
    NO_ACCURACY,
    NO_POSITION,
    T0_MS,
    fit_file,
    fit_sealed,
    fit_time,
    semicircles,
    track_of,
)

LAT, LON = semicircles(14.6), semicircles(-90.5)
T0_FIT = fit_time(T0_MS // 1000)


def test_records_are_points_with_their_accuracy_and_speed(tmp_path: Path) -> None:
    records = [
        (T0_FIT, LAT, LON, 5, 1500),
        (T0_FIT + 1, NO_POSITION, NO_POSITION, 5, 0),
        (T0_FIT + 2, LAT, LON, NO_ACCURACY, 0),
        (90, LAT, LON, 5, 0),  # seconds since the watch was switched on
    ]
    track = track_of(tmp_path, fit_file(records))
    assert track.points == (
        Point(T0_MS, 146_000_000, -905_000_000, 5.0, speed_m_s=1.5),
        Point(T0_MS + 2000, 146_000_000, -905_000_000, None, speed_m_s=0.0),
    )
    assert track.account.left_out == {"no_position": 1, "no_time": 1}
    assert track.account.examples == {"no_position": "record 2", "no_time": "record 4"}
    assert track.account.accuracy == {"gps_accuracy": 1}


def test_a_file_that_is_cut_or_damaged_is_refused(tmp_path: Path) -> None:
    sound = fit_file([(T0_FIT, LAT, LON, 5, 0)] * 3)
    with pytest.raises(BadTrack, match="cut or damaged FIT"):
        track_of(tmp_path, sound[:-20])
    with pytest.raises(BadTrack, match="cut or damaged FIT"):
        track_of(tmp_path, sound[:40] + bytes([sound[40] ^ 1]) + sound[41:])


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4), st.integers(0, 9))
@example([(3, 200)], 0)
@example([], 7)
def test_whatever_a_sound_checksum_covers_is_a_track_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(fit_file([(T0_FIT, LAT, LON, 5, 0)] * 4)[14:-2])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        points = len(track_of(tmp_path_factory.getbasetemp(), fit_sealed(data[cut:])).points)
    except BadTrack:
        points = None
    assert points != 0
