from hypothesis import given
from hypothesis import strategies as st

from firmware.gnss.receiver import Receiver
from simulator.parts.noise import Sight
from simulator.parts.receiver import epoch, sentence

T0_MS = 1_772_460_000_000  # 2026-03-02T14:00:00Z


def _read(said: bytes) -> list[tuple[object, ...]]:
    receiver = Receiver()
    fixes = [*receiver.feed(said), *receiver.flush()]
    assert receiver.rejected == {}
    return [
        (fix.time_s * 1000 + fix.ms, fix.lat_e7, fix.lon_e7, fix.a95_dm, fix.valid, fix.mode)
        for fix in fixes
    ]


@given(
    st.integers(-900_000_000, 900_000_000),
    st.integers(-1_800_000_000, 1_800_000_000),
    st.integers(10, 6000),
    st.integers(0, 10_000),
)
def test_the_firmware_reads_exactly_what_was_seen(
    lat_e7: int, lon_e7: int, accuracy_dm: int, second: int
) -> None:
    sight = Sight((lat_e7, lon_e7), accuracy_dm / 10, 0)
    ((at_ms, lat, lon, a95_dm, valid, mode),) = _read(epoch(sight, T0_MS + second * 1000, 3, 90))
    assert (at_ms, lat, lon, valid, mode) == (T0_MS + second * 1000, lat_e7, lon_e7, True, 3)
    assert isinstance(a95_dm, int)
    assert abs(a95_dm - accuracy_dm) <= max(1, accuracy_dm // 100)


def test_speed_and_course_come_along() -> None:
    receiver = Receiver()
    said = epoch(Sight((1, 1), 5.0, 0), T0_MS, 13.9, 270)
    (fix,) = [*receiver.feed(said), *receiver.flush()]
    assert abs(fix.speed_cm_s - 1390) <= 1
    assert fix.course == 192


def test_without_a_sight_the_receiver_knows_the_time_and_no_place() -> None:
    for _, lat, _, _, valid, _ in _read(epoch(None, T0_MS, 0, 0)):
        assert lat is None
        assert not valid


def test_sentences_have_their_checksum() -> None:
    assert sentence("GPGLL,5057.970,N,00146.110,E,142451,A") == (
        b"$GPGLL,5057.970,N,00146.110,E,142451,A*27\r\n"
    )
