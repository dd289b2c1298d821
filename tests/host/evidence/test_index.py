"""The index of fixes: what was written last may stand without it, anything before may not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from host.core.outcome import Connection
from host.evidence.verify import verify
from host.proximity.retrospect import APART_MS
from host.service.revive import revive
from host.store.store import Store
from tests.host.driven_centre import at_ms
from tests.host.evidence.tamper import tampering

LATER_S = 6000


def slices(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [row for (row,) in connection.execute("SELECT id FROM fix_slice ORDER BY id")]


def forget(path: Path, begin: int) -> None:
    """One stretch of the log is as if it had never been indexed."""
    with tampering(path) as connection:
        for statement in ("fix_slice WHERE id = ?", "fix_index WHERE slice = ?"):
            assert connection.execute(f"DELETE FROM {statement}", [begin]).rowcount


def test_a_last_stretch_that_is_not_indexed_yet_is_as_good(database: Path) -> None:
    *_, last = before = slices(database)
    with closing(sqlite3.connect(database)) as connection:
        newest = "SELECT unit, time_ms FROM fix_index WHERE slice = ? ORDER BY input DESC"
        unit, time_ms = connection.execute(newest, [last]).fetchone()
    forget(database, last)
    assert verify(database).identical
    with closing(Store.open(database)) as store:
        found = store.fix_near(unit, time_ms, APART_MS)
        assert found is not None
        assert found.time_ms == time_ms
        now_ms = at_ms(LATER_S)
        told = revive(store, store.secret(), now_ms).step([Connection("V1", True, now_ms)], now_ms)
        store.log.commit([told])
    assert slices(database) == before  # it is indexed with what comes next
    assert verify(database).identical


@pytest.mark.parametrize("place", [0, -2])
def test_a_stretch_before_the_last_is_missed(database: Path, place: int) -> None:
    begin = slices(database)[place]
    forget(database, begin)
    assert named(database) == ("fix_slice", str(begin))


def test_a_last_stretch_whose_fixes_are_indexed_is_missed(database: Path) -> None:
    *_, last = slices(database)
    with tampering(database) as connection:
        connection.execute("DELETE FROM fix_slice WHERE id = ?", [last])
    assert named(database) == ("fix_slice", str(last))


def named(path: Path) -> tuple[str, str | None]:
    """Table and row of the first difference."""
    difference = verify(path).difference
    assert difference is not None
    return difference.table, difference.row
