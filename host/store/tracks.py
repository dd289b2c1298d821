"""Finding a unit's fix by time in a log that is ordered by arrival.

An index over the whole log would touch a random page for each fix. Instead the log is cut into
slices, and each, once it is full, is indexed in one sorted stretch: the index too only grows.
"""

from sqlite3 import Connection

from host.proximity.fix import make_fix
from host.proximity.track import LATE
from host.proximity.types import Fix

SLICE_ROWS = 8192

# Fixes whose time can be trusted: believed, or too late to move the live state.
TRUSTED = f"kind = 'fix' AND verdict IN ('', '{LATE}')"

_ADD_SLICE = f"""
INSERT INTO fix_slice (id, end_id, first_ms, last_ms)
SELECT :begin, :end, coalesce(min(time_ms), 0), coalesce(max(time_ms), 0)
FROM input_log WHERE id >= :begin AND id < :end AND {TRUSTED}
"""  # noqa: S608

_ADD_FIXES = f"""
INSERT INTO fix_index (slice, unit, time_ms, input)
SELECT :begin, unit, time_ms, id
FROM input_log WHERE id >= :begin AND id < :end AND {TRUSTED} ORDER BY unit, time_ms, id
"""  # noqa: S608

# CROSS JOIN holds SQLite to this order: slices first, then the unit's stretch in each.
_NEAREST = f"""
WITH near (id) AS (
    SELECT fix_index.input
    FROM fix_slice CROSS JOIN fix_index ON fix_index.slice = fix_slice.id
    WHERE fix_slice.first_ms <= :until_ms AND fix_slice.last_ms >= :from_ms
        AND unit = :unit AND time_ms BETWEEN :from_ms AND :until_ms
    UNION ALL
    SELECT id FROM input_log
    WHERE id >= (SELECT coalesce(max(end_id), 0) FROM fix_slice)
        AND unit = :unit AND time_ms BETWEEN :from_ms AND :until_ms AND {TRUSTED}
)
SELECT sequence, time_ms, lat_e7, lon_e7, a95_mm FROM input_log JOIN near USING (id)
ORDER BY abs(time_ms - :time_ms), id LIMIT 1
"""  # noqa: S608


def next_slice(connection: Connection) -> int:
    """The first row of the log that no slice holds yet."""
    row: int = connection.execute("SELECT coalesce(max(end_id), 1) FROM fix_slice").fetchone()[0]
    return row


def add_slice(connection: Connection, begin: int, end: int) -> None:
    """Index rows `begin` to `end` (not included), inside the caller's transaction."""
    bounds = {"begin": begin, "end": end}
    connection.execute(_ADD_SLICE, bounds)
    connection.execute(_ADD_FIXES, bounds)


def fix_near(connection: Connection, unit: str, time_ms: int, within_ms: int) -> Fix | None:
    """The fix of `unit` nearest in time to `time_ms`, at most `within_ms` from it."""
    row = connection.execute(
        _NEAREST,
        {
            "unit": unit,
            "time_ms": time_ms,
            "from_ms": time_ms - within_ms,
            "until_ms": time_ms + within_ms,
        },
    ).fetchone()
    if row is None:
        return None
    sequence, fix_ms, lat_e7, lon_e7, a95_mm = row
    return make_fix(unit, sequence, fix_ms, lat_e7, lon_e7, a95_mm / 1000)
