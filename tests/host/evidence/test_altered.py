"""Whatever is altered, deleted or added in a database is named by table and row: by a matrix over
the schema, so that no new table can be forgotten, and by bits that chance picks."""

import re
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from host.base.errors import ResguardoError
from host.evidence.difference import plain
from host.evidence.verify import Report, verify
from host.store import models  # noqa: F401 its classes fill the metadata
from host.store.store import Store
from tests.host.evidence.day import Host, live
from tests.host.evidence.tamper import tampering

# Over in hours, and written too often to be told: who is logged in just now, and who has guessed.
PASSING = {"session", "attempts"}
TABLES = sorted({*SQLModel.metadata.tables, "alembic_version"} - PASSING)
EVERY = 17  # of a table's rows, how far apart those are that the matrix takes


class Column(NamedTuple):
    name: str
    declared: str
    is_key: bool


class Row(NamedTuple):
    """A row of a table, and what names it."""

    table: str
    columns: list[Column]
    values: list[Any]

    @property
    def key(self) -> list[Any]:
        return [value for one, value in zip(self.columns, self.values, strict=True) if one.is_key]

    def where(self) -> tuple[str, list[Any]]:
        keys = [one.name for one in self.columns if one.is_key]
        return " AND ".join(f'"{name}" IS ?' for name in keys), self.key

    def altered(self, column: Column, value: Any) -> "Row":
        place = self.columns.index(column)
        return self._replace(values=[*self.values[:place], value, *self.values[place + 1 :]])


def columns_of(connection: sqlite3.Connection, table: str) -> list[Column]:
    """The primary key's are those that name a row."""
    told = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [Column(name, declared, bool(key)) for _, name, declared, _, _, key in told]


def rows_of(connection: sqlite3.Connection, table: str) -> list[Row]:
    columns = columns_of(connection, table)
    keys = ", ".join(f'"{one.name}"' for one in columns if one.is_key)
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY {keys}").fetchall()
    return [Row(table, columns, list(values)) for values in rows]


def some(rows: list[Row]) -> list[Row]:
    """Some, the first and the last among them."""
    return [*rows[:-1:EVERY], rows[-1]]


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1]) if value else b"x"
    return "2030" if value is None else f"{value}x"


def put(connection: sqlite3.Connection, row: Row, column: Column, value: Any) -> None:
    where, key = row.where()
    kind = "TEXT" if isinstance(value, bytes) and column.declared in ("VARCHAR", "JSON") else None
    placed = f"CAST(? AS {kind})" if kind else "?"
    statement = f'UPDATE {row.table} SET "{column.name}" = {placed} WHERE {where}'
    assert connection.execute(statement, [value, *key]).rowcount == 1


def named(report: Report, *rows: Row) -> bool:
    """Whether the first difference is in the table of these rows, and at one of them."""
    difference = report.difference
    if difference is None:
        return False
    keys = {plain(tuple(row.key)) for row in rows}
    if rows[0].table in ("person", "zone_version"):  # a name that is gone cannot be guessed back
        keys |= {f"of registry entry {row.values[-1]}" for row in rows}
    return difference.table == rows[0].table and difference.row in keys


class Copies:
    """A fresh copy of a database for each alteration."""

    def __init__(self, original: Path, folder: Path) -> None:
        self._original = original
        self.path = folder / "copy.db"

    def fresh(self) -> Path:
        for beside in self.path.parent.glob(f"{self.path.name}-*"):  # the last copy's
            beside.unlink()
        return Path(shutil.copy(self._original, self.path))


@pytest.fixture
def copies(lived: Path, tmp_path: Path) -> Copies:
    return Copies(lived, tmp_path)


@pytest.fixture(params=TABLES)
def rows(request: pytest.FixtureRequest, lived: Path) -> list[Row]:
    with closing(sqlite3.connect(lived)) as connection:
        rows = rows_of(connection, request.param)
    assert rows, f"the day leaves nothing in {request.param}: what verify says of it is untried"
    return some(rows)


def test_the_matrix_has_every_table_of_the_schema(lived: Path) -> None:
    with closing(sqlite3.connect(lived)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert sorted(name for (name,) in names) == sorted({*TABLES, *PASSING})


def test_what_is_not_altered_is_identical(copies: Copies) -> None:
    report = verify(copies.fresh())
    assert (report.difference, report.schema, report.told, report.lacks) == (None, [], [], [])


def test_a_row_that_is_altered_in_any_column(rows: list[Row], copies: Copies) -> None:
    for row in rows:
        for column, value in zip(row.columns, row.values, strict=True):
            altered = row.altered(column, other(value))
            with tampering(copies.fresh()) as connection:
                try:
                    put(connection, row, column, other(value))
                except sqlite3.IntegrityError:
                    continue  # the key of another row: one would have to take that away as well
            report = verify(copies.path)
            assert named(report, row, altered), (row, column.name, report.difference)


def test_a_row_that_is_deleted(rows: list[Row], copies: Copies) -> None:
    for row in rows:
        with tampering(copies.fresh()) as connection:
            where, key = row.where()
            connection.execute(f"DELETE FROM {row.table} WHERE {where}", key)
        report = verify(copies.path)
        if row.table == "alembic_version":
            assert report.difference is not None
            assert str(report.difference) == "table alembic_version: it has 0 rows instead of one"
        elif row.table in ("audit_data", "access_data") and report.difference is None:
            (told,) = report.told  # of the audit, its case's first
            assert told.startswith(f"table {row.table}, row {row.key[0]}: deleted, as one a")
        else:
            assert named(report, row), (row, report.difference)


def test_a_row_that_is_added(rows: list[Row], copies: Copies) -> None:
    for row in rows:
        added = row
        for column in row.columns:
            if column.is_key:
                value = row.values[row.columns.index(column)]
                new = value + 1000 if isinstance(value, int) else f"{value}x"
                added = added.altered(column, new)
        if row.table == "order_version":
            (column,) = (one for one in row.columns if one.name == "version")
            added = added.altered(column, 99)
        with tampering(copies.fresh()) as connection:
            places = ", ".join("?" * len(added.values))
            connection.execute(f"INSERT INTO {row.table} VALUES ({places})", added.values)
        report = verify(copies.path)
        assert named(report, added), (added, report.difference)


# One bit


@st.composite
def _flipped(draw: st.DrawFn, value: Any) -> Any:
    """The value with one of its bits the other way."""
    if value is None:
        return draw(st.integers(0, 1 << 40))
    if isinstance(value, int):
        return value ^ (1 << draw(st.integers(0, 62)))
    raw = value if isinstance(value, bytes) else value.encode()
    if not raw:
        return bytes([draw(st.integers(1, 255))])
    place = draw(st.integers(0, len(raw) - 1))
    return raw[:place] + bytes([raw[place] ^ (1 << draw(st.integers(0, 7)))]) + raw[place + 1 :]


@given(data=st.data())
@settings(max_examples=150)
def test_any_bit_of_any_value_is_named(data: st.DataObject, lived: Path) -> None:
    with closing(sqlite3.connect(lived)) as connection:
        rows = rows_of(connection, data.draw(st.sampled_from(TABLES)))
    row = data.draw(st.sampled_from(rows))
    column = data.draw(st.sampled_from(row.columns))
    value = data.draw(_flipped(row.values[row.columns.index(column)]))
    with tempfile.TemporaryDirectory() as folder:
        copies = Copies(lived, Path(folder))
        with tampering(copies.fresh()) as connection:
            try:
                put(connection, row, column, value)
            except sqlite3.IntegrityError:
                assume(False)
        report = verify(copies.path)
    shown = value
    if isinstance(value, bytes) and column.declared in ("VARCHAR", "JSON"):
        shown = value.decode(errors="surrogateescape")
    assert named(report, row, row.altered(column, shown)), (row, column.name, report.difference)


# What is not a row


PARTS = {
    "a trigger": ("DROP TRIGGER audit_refuses_update", "audit"),
    "an index": ("DROP INDEX ix_order_version_offender", "order_version"),
    "a table": ("DROP TABLE delivery", "delivery"),
    "a column": ("ALTER TABLE person DROP COLUMN name", "person"),
    "a table more": ("CREATE TABLE more (id INTEGER)", "more"),
    "a trigger more": (
        "CREATE TRIGGER quietly AFTER INSERT ON delivery BEGIN DELETE FROM delivery; END",
        "delivery",
    ),
}


@pytest.mark.parametrize(("statement", "table"), PARTS.values(), ids=PARTS)
def test_a_part_of_the_schema(statement: str, table: str, copies: Copies) -> None:
    with closing(sqlite3.connect(copies.fresh())) as connection:
        connection.execute(statement)
        connection.commit()
    report = verify(copies.path)
    assert not report.identical
    said = [*report.schema, *([report.difference] if report.difference else [])]
    assert [one.table for one in said] == [table]


def test_states_that_were_cleaned_away_are_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("host.store.states", "host.evidence.kept"):
        monkeypatch.setattr(f"{module}.SPAN_FREE", 12)
    monkeypatch.setattr("host.store.log._CLEAN_ROWS_MIN", 3)
    host = Host(tmp_path / "a.db")
    live(host)
    host.store.close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        first, newest = connection.execute("SELECT min(id), max(id) FROM state").fetchone()
    assert 1 < first < 12 < newest
    assert verify(tmp_path / "a.db").difference is None


# What a chain alone cannot show


def test_an_end_that_was_cut_off_shows_in_what_is_kept_beside_it(copies: Copies) -> None:
    with tampering(copies.fresh()) as connection:
        batches = "SELECT number, hash FROM audit WHERE kind = 'batch' ORDER BY number DESC LIMIT 9"
        *_, (last, _) = connection.execute(batches).fetchall()
        (row,) = connection.execute("SELECT max(id) FROM input_log").fetchone()
        connection.execute("DELETE FROM audit_data WHERE number > ?", [last])
        connection.execute("DELETE FROM audit WHERE number > ?", [last])
    for cut in range(row):  # as many rows as the batches had that are gone
        with tampering(copies.path) as connection:
            connection.execute("DELETE FROM input_log WHERE id > ?", [row - cut])
        difference = verify(copies.path).difference
        table = "" if difference is None else difference.table
        if table != "input_log":
            break
    assert table in ("incident", "delivery", "state")


def test_all_of_it_as_it_was_before_shows_only_against_a_hash_noted_elsewhere(
    tmp_path: Path,
) -> None:
    host = Host(tmp_path / "a.db")
    host.step(now_s=1)
    host.store.close()
    before = verify(Path(shutil.copy(tmp_path / "a.db", tmp_path / "before.db")))
    again = Host.__new__(Host)
    again.store, again.told = Store.open(tmp_path / "a.db"), []
    again.begin(10)
    again.step(now_s=20)
    again.store.close()
    now = verify(tmp_path / "a.db", before.last_hash)
    assert now.identical
    assert verify(tmp_path / "before.db").identical
    difference = verify(tmp_path / "before.db", now.last_hash).difference
    assert str(difference) == (
        f"table audit: no row has the hash {now.last_hash}, which was noted earlier"
    )


def test_a_file_that_was_cut_off_is_a_clear_error(copies: Copies) -> None:
    size = copies.fresh().stat().st_size
    for part in range(1, 8):
        copies.fresh()
        with copies.path.open("r+b") as file:
            file.truncate(size * part // 8)
        try:
            said = str(verify(copies.path).difference)
        except ResguardoError as error:
            said = str(error)
        assert re.match(rf"the database {copies.path}|table sqlite_master: the file is dam", said)


@given(place=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=1, max_size=600))
@settings(max_examples=60)
def test_no_damage_to_the_file_itself_ends_in_anything_else(
    place: float, noise: bytes, lived: Path
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Copies(lived, Path(folder)).fresh()
        with path.open("r+b") as file:
            file.seek(int(place * path.stat().st_size))
            file.write(noise)
        with suppress(ResguardoError):
            verify(path)
