"""Is a fix plausible by itself? What is not is kept and flagged, never believed."""

from host.proximity.fix import make_fix
from host.proximity.types import Fix, Source
from protocol.record import (
    A95_DM_MAX,
    AT_REST,
    CLOCK_CONTRADICTED,
    CLOCK_CORRECTED,
    CLOCK_RESOLVED,
    LEASE_UNHEARD,
    UTC,
)
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
# With one of these the position itself is plausible, and only its time is not.
UNTIMELY = frozenset((UNRESOLVED_TIME, MALFORMED_TIME, FUTURE, YEARS_OFF))


def time_ms_of(record: WireFix) -> int:
    """A record's own time in milliseconds: UTC, or the unit's uptime without the UTC flag."""
    return int(record.time_s) * 1000 + int(record.ms)


def judge(record: WireFix, received_ms: int) -> str:
    """ "" for a plausible fix, or the reason why it is not believed: of its position, if anything
    is wrong with that, else of its time."""
    lat_e7, lon_e7 = record.lat_e7, record.lon_e7
    if lat_e7 == 0 and lon_e7 == 0:
        return NULL_ISLAND
    if abs(lat_e7) > _LAT_MAX_E7 or abs(lon_e7) > _LON_MAX_E7:
        return OUT_OF_RANGE
    if record.a95_dm in (0, A95_DM_MAX):
        return NO_ACCURACY
    if record.source_quality & 0x0F > Source.CELL:
        return UNKNOWN_SOURCE
    return judge_time(record, received_ms)


def judge_time(record: WireFix, received_ms: int) -> str:
    """ "" for a time that a timed record can have, or the reason why it cannot be true."""
    if not record.flags & UTC:
        return UNRESOLVED_TIME
    if record.ms > 999:
        return MALFORMED_TIME
    time_ms = time_ms_of(record)
    if time_ms > received_ms + FUTURE_MS:
        return FUTURE
    return YEARS_OFF if time_ms < received_ms - BACKLOG_MS else ""


def resolved(record: WireFix) -> bool:
    """Whether the fix's time is good enough to build a bound on (leap seconds are 720 m)."""
    clock = int(record.satellites_clock) >> 5
    return clock in (CLOCK_RESOLVED, CLOCK_CORRECTED) and record.lease_s != LEASE_UNHEARD


def corrected(record: WireFix) -> bool:
    """Whether the unit tells its own time, because its receiver's cannot be true."""
    return int(record.satellites_clock) >> 5 in (CLOCK_CORRECTED, CLOCK_CONTRADICTED)


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
        dated=record.satellites_clock >> 5 != CLOCK_CONTRADICTED,
    )
