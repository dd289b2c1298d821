"""Is a fix plausible by itself? What is not is kept and flagged, never believed."""

from host.proximity.fix import make_fix
from host.proximity.types import Fix, Source
from protocol.record import A95_DM_MAX, AT_REST, CLOCK_RESOLVED, UTC
from protocol.record import Fix as WireFix

FUTURE_MS = 2_000  # clocks of unit and host may differ by this
BACKLOG_MS = 92 * 86_400_000  # no unit stores for longer
_LAT_MAX_E7 = 900_000_000
_LON_MAX_E7 = 1_800_000_000

# Named reasons, as they are counted and stored.
UNRESOLVED_TIME = "unresolved_time"
NULL_ISLAND = "null_island"
OUT_OF_RANGE = "out_of_range"
FUTURE = "future"
YEARS_OFF = "years_off"
MALFORMED_TIME = "malformed_time"
NO_ACCURACY = "no_accuracy"
UNKNOWN_SOURCE = "unknown_source"


def time_ms_of(record: WireFix) -> int:
    """A record's own time in milliseconds: UTC, or the unit's uptime without the UTC flag."""
    return int(record.time_s) * 1000 + int(record.ms)


def judge(record: WireFix, received_ms: int) -> str:
    """ "" for a plausible fix, or the reason why it is not believed."""
    if not record.flags & UTC:
        return UNRESOLVED_TIME
    lat_e7, lon_e7 = record.lat_e7, record.lon_e7
    if lat_e7 == 0 and lon_e7 == 0:
        return NULL_ISLAND
    if abs(lat_e7) > _LAT_MAX_E7 or abs(lon_e7) > _LON_MAX_E7:
        return OUT_OF_RANGE
    if record.ms > 999:
        return MALFORMED_TIME
    time_ms = time_ms_of(record)
    if time_ms > received_ms + FUTURE_MS:
        return FUTURE
    if time_ms < received_ms - BACKLOG_MS:
        return YEARS_OFF
    if record.a95_dm in (0, A95_DM_MAX):
        return NO_ACCURACY
    if record.source_quality & 0x0F > Source.CELL:
        return UNKNOWN_SOURCE
    return ""


def resolved(record: WireFix) -> bool:
    """Whether the fix's time is good enough to build a bound on (leap seconds are 720 m)."""
    return int(record.satellites_clock) >> 5 == CLOCK_RESOLVED


def believable(unit: str, record: WireFix) -> Fix:
    """A plausible wire fix as proximity takes it."""
    source_quality = record.source_quality
    return make_fix(
        unit,
        record.sequence,
        time_ms_of(record),
        record.lat_e7,
        record.lon_e7,
        record.a95_dm / 10,
        Source(source_quality & 0x0F),
        bool(source_quality >> 4 & AT_REST),
    )
