"""u-blox UBX messages: NAV-PVT, and NAV-SOL with NAV-TIMEGPS of receivers before it.

Field offsets and flags: u-blox 8 / u-blox M8 Receiver Description, UBX-13003221, UBX-NAV.
"""

from struct import unpack_from

from firmware.gnss.ecef import atan2_e7, geodetic_e7, isqrt, level
from firmware.gnss.fix import NO_FIX, THREE_D, TWO_D, Fix, Rejected
from protocol.clock import utc_seconds
from protocol.record import A95_DM_MAX, SPEED_CM_S_MAX

_NAV = 0x01
_SOL = 0x06
_PVT = 0x07
_TIMEGPS = 0x20

_GPS_EPOCH_S = 315964800  # 1980-01-06
_WEEK_S = 604800
_WEEKS_MAX = 6500  # 2104: times stay within a u32

_RADIUS_MIN_CM = 630000000  # nothing on the earth's surface is nearer to its centre

_DEAD_RECKONING = 1
_MODES = {2: TWO_D, 3: THREE_D, 4: THREE_D}  # by fixType; 4: GNSS with dead reckoning


def fletcher(data: bytes | bytearray, start: int, end: int) -> int:
    """The checksum of data[start:end] as a little-endian u16 (RFC 1145's 8-bit sum)."""
    a = b = 0
    for i in range(start, end):
        a = (a + data[i]) & 255
        b = (b + a) & 255
    return a | b << 8


class Navigation:
    """Take messages in order; fixes are appended to the list that is passed in."""

    def __init__(self) -> None:
        self._leap_s: int | None = None
        # A NAV-SOL fix that came before the first word of leap seconds.
        self._waiting: Fix | None = None

    def take(self, group: int, number: int, payload: bytes, fixes: list[Fix]) -> bool:
        """Returns False for a message of another kind. Raises Rejected."""
        if group != _NAV or number not in (_SOL, _PVT, _TIMEGPS):
            return False
        if number == _PVT:
            fixes.append(_pvt(payload))
        elif number == _SOL:
            self.flush(fixes)
            self._waiting = _sol(payload)
        else:
            self._leap_s = _leap_s(payload) or self._leap_s
        if self._leap_s and self._waiting:
            if self._waiting.time_s:
                self._waiting.time_s -= self._leap_s
                self._waiting.time_resolved = True
            self.flush(fixes)
        return True

    def flush(self, fixes: list[Fix]) -> None:
        """The stream pauses or ends: what waited for leap seconds goes without a time."""
        if self._waiting:
            if not self._waiting.time_resolved:
                self._waiting.time_s = self._waiting.ms = 0
            fixes.append(self._waiting)
            self._waiting = None


def _pvt(payload: bytes) -> Fix:
    if len(payload) < 84:
        raise Rejected("ubx_pvt_short")
    year, month, day, hour, minute, second, known = unpack_from("<HBBBBBB", payload, 4)
    nano, kind, flags, _, satellites, lon_e7, lat_e7 = unpack_from("<iBBBBii", payload, 16)
    h_acc_mm = unpack_from("<I", payload, 40)[0]
    speed_mm_s, course_e5 = unpack_from("<ii", payload, 60)
    fix = Fix()
    fix.satellites = satellites
    if known & 3 == 3:  # date and time valid; bit 2: fully resolved
        try:
            at_s = utc_seconds(year, month, day, hour, minute, second)
        except ValueError:
            raise Rejected("ubx_pvt_time") from None
        _set_time(fix, at_s, nano)
        fix.time_resolved = bool(known & 4)
    if (kind in _MODES or kind == _DEAD_RECKONING) and not payload[78] & 1:  # invalidLlh
        if abs(lat_e7) > 900000000 or abs(lon_e7) > 1800000000:
            raise Rejected("ubx_pvt_position")
        fix.lat_e7, fix.lon_e7 = lat_e7, lon_e7
        fix.mode = _MODES.get(kind, NO_FIX)
        fix.valid = kind in _MODES and bool(flags & 1)
        fix.a95_dm = min((2 * h_acc_mm + 99) // 100, A95_DM_MAX)
        fix.speed_cm_s = min((abs(speed_mm_s) + 5) // 10, SPEED_CM_S_MAX)
        fix.course = (course_e5 * 256 + 18000000) // 36000000 % 256
    return fix


def _sol(payload: bytes) -> Fix:
    """A fix whose time still lacks the leap seconds."""
    if len(payload) < 52:
        raise Rejected("ubx_sol_short")
    tow_ms, tow_ns, week, kind, flags, x, y, z = unpack_from("<IihBBiii", payload)
    acc_cm, vx, vy, vz = unpack_from("<Iiii", payload, 24)
    fix = Fix()
    fix.satellites = payload[47]
    if flags & 12 == 12:  # week and time of week are set
        if not 0 <= week < _WEEKS_MAX:
            raise Rejected("ubx_sol_week")
        at_s = _GPS_EPOCH_S + week * _WEEK_S + tow_ms // 1000
        _set_time(fix, at_s, tow_ms % 1000 * 1000000 + tow_ns)
    if kind in _MODES:
        if x * x + y * y + z * z < _RADIUS_MIN_CM * _RADIUS_MIN_CM:
            raise Rejected("ubx_sol_position")
        fix.lat_e7, fix.lon_e7 = geodetic_e7(x, y, z)
        fix.mode = _MODES[kind]
        fix.valid = bool(flags & 1)
        fix.a95_dm = min((2 * acc_cm + 9) // 10, A95_DM_MAX)
        north, east = level(x, y, z, vx, vy, vz)
        fix.speed_cm_s = min(isqrt(north * north + east * east), SPEED_CM_S_MAX)
        fix.course = (atan2_e7(east, north) * 256 + 1800000000) // 3600000000 % 256
    return fix


def _leap_s(payload: bytes) -> int | None:
    """How far GPS time is ahead of UTC: 18 s since 2017."""
    if len(payload) < 16:
        raise Rejected("ubx_timegps_short")
    leap_s: int = unpack_from("<b", payload, 10)[0]
    return leap_s if payload[11] & 4 else None


def _set_time(fix: Fix, at_s: int, nano: int) -> None:
    ms = at_s * 1000 + (nano + 500000) // 1000000
    fix.time_s, fix.ms = ms // 1000, ms % 1000
