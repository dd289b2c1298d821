"""Laws of the GNSS parser, over bytes and numbers that nobody chose."""

from fractions import Fraction
from itertools import pairwise
from math import cos, radians, sin, sqrt

from hypothesis import given
from hypothesis import strategies as st

from firmware.gnss.ecef import geodetic_e7
from firmware.gnss.fix import Fix
from firmware.gnss.nmea import angle_e7, decimal
from firmware.gnss.receiver import Receiver
from firmware.gnss.ubx import fletcher

Told = tuple[list[tuple[object, ...]], dict[str, int], dict[str, int]]


def _line(body: bytes) -> bytes:
    checksum = 0
    for byte in body:
        checksum ^= byte
    return b"$%s*%02X\r\n" % (body, checksum)


def _message(group: int, number: int, payload: bytes) -> bytes:
    frame = b"\xb5\x62" + bytes((group, number)) + len(payload).to_bytes(2, "little") + payload
    return frame + fletcher(frame, 2, len(frame)).to_bytes(2, "little")


_seconds = st.integers(0, 59).map(lambda second: b"%02d" % second)
_fields = st.lists(st.sampled_from([b"", b"1", b"3", b"A", b"V", b"N", b"W", b"4025.1", b"00341.5",
    b"120000.25", b"280324", b"99.9", b"-1", b"x"]), max_size=20)  # fmt: skip
_sentences = st.one_of(
    st.builds(lambda s: _line(b"GPRMC,1200%s,A,4025.1,N,00341.5,W,1,2,280324,,,A" % s), _seconds),
    st.builds(lambda s: _line(b"GNGGA,1200%s,4025.1,N,00341.5,W,1,08,1,9,M,,M,," % s), _seconds),
    st.builds(
        lambda kind, fields: _line(b",".join([b"GP" + kind, *fields])),
        st.sampled_from([b"RMC", b"GGA", b"GLL", b"GST", b"ZDA", b"GSA", b"GSV"]),
        _fields,
    ),
)
_messages = st.builds(
    _message,
    st.sampled_from([1, 2]),
    st.sampled_from([0x06, 0x07, 0x20, 0x35]),
    st.one_of(st.binary(max_size=100), st.binary(min_size=92, max_size=92)),
)
_noise = st.one_of(st.binary(max_size=20), st.sampled_from([b"$", b"\xb5\x62", b"\xb5", b"$GP\n"]))
_cut = st.builds(lambda frame, at: frame[:at], st.one_of(_sentences, _messages), st.integers(0, 90))
_streams = st.lists(st.one_of(_sentences, _messages, _noise, _cut), max_size=12).map(b"".join)


def _values(fix: Fix) -> tuple[object, ...]:
    return tuple(getattr(fix, name) for name in Fix.__slots__)


def _told(chunks: list[bytes]) -> Told:
    receiver = Receiver()
    fixes = [fix for chunk in chunks for fix in receiver.feed(chunk)] + receiver.flush()
    return [_values(fix) for fix in fixes], receiver.rejected, receiver.skipped


@given(_streams, st.data())
def test_any_chunking_tells_the_same(stream: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8).map(sorted))
    bounds = [0, *cuts, len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(bounds)]
    assert _told(chunks) == _told([stream]) == _told([bytes((byte,)) for byte in stream])


@given(st.one_of(st.binary(max_size=300), _streams))
def test_any_bytes_yield_fixes_that_a_record_can_hold(stream: bytes) -> None:
    receiver = Receiver()
    for fix in receiver.feed(stream) + receiver.flush():
        assert 0 <= fix.time_s < 1 << 32
        assert 0 <= fix.ms < 1000
        assert 0 <= fix.a95_dm < 1 << 16
        assert 0 <= fix.speed_cm_s < 1 << 16
        assert 0 <= fix.course < 256
        assert 0 <= fix.satellites < 256
        assert fix.mode in (1, 2, 3)
        assert (fix.lat_e7 is None) == (fix.lon_e7 is None)
        if fix.lat_e7 is not None and fix.lon_e7 is not None:
            assert abs(fix.lat_e7) <= 900000000
            assert abs(fix.lon_e7) <= 1800000000
        assert fix.lat_e7 is not None or not fix.valid
        assert fix.time_s or not fix.time_resolved


@given(_streams)
def test_a_sound_sentence_is_found_after_anything(stream: bytes) -> None:
    receiver = Receiver()
    fixes = receiver.feed(stream + _line(b"GPRMC,093015,A,0100.6,S,00200.6,E,1,2,010199,,,A"))
    assert (-10100000, 20100000) in [(f.lat_e7, f.lon_e7) for f in fixes + receiver.flush()]


_digits = st.text("0123456789", max_size=15)


@given(st.integers(0, 179), st.integers(0, 59), _digits)
def test_angles_are_exact(degrees: int, minutes: int, decimals: str) -> None:
    exact = (degrees + Fraction(f"{minutes}.{decimals}0") / 60) * 10**7
    field = f"{degrees:03}{minutes:02}.{decimals}".encode()
    assert angle_e7(field, 3, 180) == (exact + Fraction(1, 2)) // 1


@given(st.integers(0, 999_999_999), _digits, st.integers(0, 6))
def test_decimals_are_exact(whole: int, decimals: str, places: int) -> None:
    exact = Fraction(f"{whole}.{decimals}0") * 10**places
    assert decimal(f"{whole}.{decimals}".encode(), places) == (exact + Fraction(1, 2)) // 1


@given(st.floats(-89.9, 89.9), st.floats(-180, 180), st.floats(-500, 15_000))
def test_ecef_is_inverted_within_its_own_resolution(lat: float, lon: float, height: float) -> None:
    a, e2 = 6378137.0, 6.69437999014e-3
    n = a / sqrt(1 - e2 * sin(radians(lat)) ** 2)
    out = (n + height) * cos(radians(lat))
    x, y = out * cos(radians(lon)), out * sin(radians(lon))
    z = (n * (1 - e2) + height) * sin(radians(lat))
    lat_e7, lon_e7 = geodetic_e7(*(round(metres * 100) for metres in (x, y, z)))
    assert abs(lat_e7 - lat * 1e7) <= 2
    turn = (lon_e7 - lon * 1e7 + 1.8e9) % 3.6e9 - 1.8e9
    assert abs(turn) * cos(radians(lat)) <= 2
