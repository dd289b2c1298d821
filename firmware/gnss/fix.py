"""A fix: one position of one epoch, whichever protocol it came in."""

from protocol.record import A95_DM_MAX, GNSS

# Fix.mode, numbered as in GSA.
NO_FIX = 1
TWO_D = 2
THREE_D = 3


class Rejected(Exception):
    """Bytes that cannot be believed; the text is the reason's name, as counted."""


class Fix:
    """What a receiver says about one instant; a fix without position says that it has none.

    lat_e7, lon_e7: 1e-7 degrees, or None; never None in a valid fix
    time_s, ms: UTC since 1970; time_s is 0 when not known
    time_resolved: date, time and leap seconds are known: only then may the time be used
    a95_dm: radius that holds the position with 95 %, in decimetres, saturating at A95_DM_MAX
    estimated: a95_dm was estimated from HDOP, not measured
    speed_cm_s, course (256ths of a turn from north): 0 when the receiver does not say
    satellites: used in the fix
    source: of satellites, Wi-Fi or cells (protocol.record)
    valid: the receiver vouches for the position (no dead reckoning, within its own limits)
    """

    __slots__ = (
        "a95_dm",
        "course",
        "estimated",
        "lat_e7",
        "lon_e7",
        "mode",
        "ms",
        "satellites",
        "source",
        "speed_cm_s",
        "time_resolved",
        "time_s",
        "valid",
    )

    def __init__(self) -> None:
        self.lat_e7: int | None = None
        self.lon_e7: int | None = None
        self.time_s = 0
        self.ms = 0
        self.time_resolved = False
        self.a95_dm = A95_DM_MAX
        self.estimated = False
        self.speed_cm_s = 0
        self.course = 0
        self.satellites = 0
        self.source = GNSS
        self.mode = NO_FIX
        self.valid = False
