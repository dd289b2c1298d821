from struct import pack

from firmware.gnss.ecef import atan2_e7, geodetic_e7, isqrt, level
from firmware.gnss.fix import Rejected
from firmware.gnss.ubx import Navigation, fletcher
from protocol.clock import utc_seconds


def pvt(known=7, nano=0, kind=3, flags=1, lon_e7=-36927967, lat_e7=404187233, month=3, wrong=0):
    return (
        pack("<IHBBBBBBIi", 0, 2024, month, 28, 9, 30, 15, known, 0, nano)
        + pack("<BBBBiiiiII", kind, flags, 0, 11, lon_e7, lat_e7, 0, 0, 3300, 0)
        + pack("<iiiiiIIHBB", 0, 0, 0, 5144, 9000000, 0, 0, 0, wrong, 0)
        + bytes(12)
    )


def sol(tow_ms=400463000, week=2307, kind=3, flags=0x0D, x=-200169112, vx=38):
    return pack("<IihBBiii", tow_ms, 78688, week, kind, flags, x, -392507405, 459654666) + pack(
        "<IiiiIHBBI", 2463, vx, -22, -2, 0, 0, 0, 5, 0
    )


def timegps(leap_s=18, known=7):
    return pack("<IihbBI", 400463000, 0, 2307, leap_s, known, 0)


def taken(*messages):
    navigation, fixes = Navigation(), []
    for number, payload in messages:
        assert navigation.take(1, number, payload, fixes)
    return fixes


def reason(number, payload):
    try:
        Navigation().take(1, number, payload, [])
    except Rejected as error:
        return error.args[0]
    return None


def test_fletcher():
    # The poll of MON-VER, as in every u-blox manual: B5 62 0A 04 00 00 0E 34.
    assert fletcher(b"\xb5\x62\x0a\x04\x00\x00", 2, 6) == 0x340E


def test_pvt():
    (fix,) = taken((7, pvt()))
    assert (fix.lat_e7, fix.lon_e7, fix.mode, fix.valid) == (404187233, -36927967, 3, True)
    assert (fix.time_s, fix.ms) == (utc_seconds(2024, 3, 28, 9, 30, 15), 0)
    assert fix.time_resolved
    assert (fix.a95_dm, fix.estimated) == (66, False)
    assert (fix.speed_cm_s, fix.course, fix.satellites) == (514, 64, 11)


def test_pvt_time_counts_only_when_fully_resolved():
    (fix,) = taken((7, pvt(known=3)))
    assert fix.time_s and fix.valid and not fix.time_resolved
    for known in (0, 1, 2, 4, 5, 6):
        (fix,) = taken((7, pvt(known=known, month=0)))
        assert fix.time_s == 0 and not fix.time_resolved


def test_pvt_nanoseconds_round_to_the_nearest_millisecond():
    whole_s = utc_seconds(2024, 3, 28, 9, 30, 15)
    for nano, time_s, ms in (
        (-400, whole_s, 0),
        (-200000000, whole_s - 1, 800),
        (199999999, whole_s, 200),
        (999600000, whole_s + 1, 0),
    ):
        (fix,) = taken((7, pvt(nano=nano)))
        assert (fix.time_s, fix.ms) == (time_s, ms)


def test_pvt_kinds_of_fix():
    for kind, flags, mode, valid, located in (
        (0, 1, 1, False, False),
        (1, 1, 1, False, True),  # dead reckoning alone
        (2, 1, 2, True, True),
        (3, 0, 3, False, True),  # beyond the receiver's own limits
        (4, 1, 3, True, True),
        (5, 1, 1, False, False),  # time alone
    ):
        (fix,) = taken((7, pvt(kind=kind, flags=flags)))
        assert (fix.mode, fix.valid, fix.lat_e7 is not None) == (mode, valid, located), kind
    (fix,) = taken((7, pvt(wrong=1)))
    assert fix.lat_e7 is None and not fix.valid


def test_absurd_content_is_named():
    assert reason(7, pvt(month=13)) == "ubx_pvt_time"
    assert reason(7, pvt(lat_e7=900000001)) == "ubx_pvt_position"
    assert reason(7, pvt(lon_e7=-1800000001)) == "ubx_pvt_position"
    assert reason(7, pvt()[:83]) == "ubx_pvt_short"
    assert reason(6, sol()[:51]) == "ubx_sol_short"
    assert reason(6, sol(week=-1)) == "ubx_sol_week"
    assert reason(6, sol(x=0)) == "ubx_sol_position"
    assert reason(0x20, timegps()[:15]) == "ubx_timegps_short"


def test_sol_waits_for_leap_seconds():
    first, second = taken((6, sol()), (0x20, timegps()), (6, sol(tow_ms=400464200)))
    assert first.time_resolved and second.time_resolved
    assert (first.time_s, first.ms) == (utc_seconds(2024, 3, 28, 15, 14, 5), 0)
    assert (second.time_s, second.ms) == (first.time_s + 1, 200)
    assert (first.lat_e7, first.lon_e7) == (464046486, -1170204620)
    assert (first.a95_dm, first.mode, first.satellites, first.valid) == (493, 3, 5, True)


def test_sol_without_leap_seconds_has_no_time():
    (fix,) = taken((6, sol()), (0x20, timegps(known=3)), (6, sol()))
    assert fix.valid and fix.time_s == fix.ms == 0 and not fix.time_resolved
    (fix,) = taken((0x20, timegps()), (6, sol(flags=0x05)))
    assert fix.valid and fix.time_s == fix.ms == 0 and not fix.time_resolved


def test_other_messages_are_not_taken():
    for group, number in ((1, 0x30), (0x0A, 0x09), (2, 7)):
        assert not Navigation().take(group, number, pvt(), [])


def test_square_root():
    for n in (0, 1, 2, 3, 4, 99, 100, 101, 10**40 - 1, 10**40, 10**40 + 1):
        root = isqrt(n)
        assert root * root <= n < (root + 1) * (root + 1)


def test_angles_of_every_octant():
    for y, x, degrees in (
        (0, 1, 0),
        (1, 1, 45),
        (1, 0, 90),
        (1, -1, 135),
        (0, -1, 180),
        (-1, -1, -135),
        (-1, 0, -90),
        (-1, 1, -45),
    ):
        assert abs(atan2_e7(y * 12345, x * 12345) - degrees * 10000000) <= 1
    assert atan2_e7(0, 0) == 0


def test_poles_equator_and_velocity():
    assert geodetic_e7(0, 0, 635675231) == (900000000, 0)
    assert geodetic_e7(0, 0, -635675231) == (-900000000, 0)
    assert geodetic_e7(0, -637813700, 0) == (0, -900000000)
    assert level(637813700, 0, 0, 100, 20, 30) == (30, 20)
    assert level(0, 637813700, 0, -20, 100, 30) == (30, 20)
