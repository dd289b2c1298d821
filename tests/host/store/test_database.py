"""A file that is damaged is an error that can be read, or its damage can be."""

from pathlib import Path

import pytest

from host.base.errors import ResguardoError, UsageError
from host.store.database import connect, find
from host.store.store import Store
from tests.host.store.rows import fix_row, new_database, outcome_of

# Within the statements of the schema that the file holds.
PLACES = (b"CREATE TABLE audit ", b"CREATE INDEX", b"tableincidentincident")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "a.db")


@pytest.mark.parametrize("place", PLACES)
def test_a_schema_that_is_no_text_any_more_is_said_to_be_damaged(path: Path, place: bytes) -> None:
    whole = path.read_bytes()
    assert place in whole
    path.write_bytes(whole.replace(place, place[:8] + b"\xff" + place[9:]))
    with pytest.raises(UsageError, match=r"a\.db is no host's: its schema is damaged"):
        find(path)
    with pytest.raises(ResguardoError, match=r"a\.db cannot be used: its schema is damaged"):
        Store.open(path)


def test_text_that_is_none_any_more_is_read_as_it_is(path: Path) -> None:
    store = Store.open(path)
    store.log.commit([outcome_of(fix_row("B1", 1, 1000), units={"B1": b"1"})])
    store.close()
    connection = connect(path)
    connection.execute("DROP TRIGGER input_log_refuses_update")
    connection.execute("UPDATE input_log SET unit = CAST(x'42ff' AS TEXT)")
    connection.execute("UPDATE state SET entity = CAST(x'42ff' AS TEXT)")
    connection.close()
    store = Store.open(path)
    assert [row.unit for _, row in store.records()] == ["B\udcff"]
    assert store.states("unit") == {"B\udcff": b"1"}
    store.log.commit([outcome_of(fix_row("B1", 2, 2000))])
    store.close()
