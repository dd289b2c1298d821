"""Whether the index of fixes by time (host/store/tracks.py) says what the input log says."""

from sqlite3 import Connection

from host.evidence.difference import Differs
from host.store.tracks import SLICE_ROWS, TRUSTED

_EXPECTED = f"""
SELECT fix_slice.id, unit, time_ms, input_log.id
FROM file.fix_slice JOIN file.input_log ON input_log.id >= fix_slice.id
    AND input_log.id < fix_slice.end_id
WHERE {TRUSTED}
"""  # noqa: S608
_COLUMNS = ("id", "end_id", "first_ms", "last_ms")
_RECORDED = "SELECT slice, unit, time_ms, input FROM file.fix_index"
_BEYOND = "SELECT 1 FROM file.fix_index WHERE slice >= ? LIMIT 1"
_SPAN = f"""
SELECT coalesce(min(time_ms), 0), coalesce(max(time_ms), 0)
FROM file.input_log WHERE id >= ? AND id < ? AND {TRUSTED}
"""  # noqa: S608


def check_index(connection: Connection) -> None:
    """Within one transaction. Raises Differs."""
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM file.input_log").fetchone()[0]
    slices = {row[0]: row for row in connection.execute("SELECT * FROM file.fix_slice ORDER BY id")}
    for begin in range(1, newest - SLICE_ROWS + 2, SLICE_ROWS):
        if begin not in slices:
            # What was written last is indexed with what comes next, and is found without.
            if not slices and not connection.execute(_BEYOND, (begin,)).fetchone():
                break
            raise Differs("fix_slice", begin, "it is missing")
        end = begin + SLICE_ROWS
        due = (begin, end, *connection.execute(_SPAN, (begin, end)).fetchone())
        for name, recorded, found in zip(_COLUMNS, slices.pop(begin), due, strict=True):
            if recorded != found:
                what = f"{name} is {recorded}, by the log {found}"
                raise Differs("fix_slice", begin, what, name)
    for begin in slices:
        raise Differs("fix_slice", begin, "it is of no stretch of the log")
    for one, other, what in (
        (_RECORDED, _EXPECTED, "it follows from no row of the log"),
        (_EXPECTED, _RECORDED, "it is missing"),
    ):
        found = connection.execute(f"{one} EXCEPT {other} ORDER BY 1, 2, 3, 4 LIMIT 1").fetchone()
        if found is not None:
            raise Differs("fix_index", tuple(found), what)
