"""The state log: whatever is written and cleaned, the newest state of each entity is there."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host.store import database, states
from host.store.database import connect
from host.store.states import KINDS, StateLog
from tests.host.store.rows import new_database

_writes = st.lists(
    st.dictionaries(st.sampled_from("ABCDEFGH"), st.binary(max_size=4), max_size=5), max_size=60
)


@given(writes=_writes, rows=st.integers(1, 7), kind=st.sampled_from(KINDS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cleaning_loses_nothing_that_counts(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    writes: list[dict[str, bytes]],
    rows: int,
    kind: str,
) -> None:
    monkeypatch.setattr(states, "SPAN_FREE", 0)
    monkeypatch.setattr(database, "_SYNCHRONOUS", "OFF")
    connection = connect(new_database(tmp_path_factory.mktemp("states") / "a.db"))
    log, newest = StateLog(connection), dict[str, bytes]()
    for written in writes:
        log.append(connection, kind, written)
        log.clean(connection, rows)
        newest.update(written)
        assert states.load(connection, kind) == {key: body for key, body in newest.items() if body}
    log = StateLog(connection)  # as a restarted host reads it
    log.append(connection, kind, {"A": b"new"})
    log.clean(connection, rows)
    newest["A"] = b"new"
    assert states.load(connection, kind) == {key: body for key, body in newest.items() if body}


def test_the_log_stays_in_proportion_to_its_entities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "SPAN_FREE", 100)
    monkeypatch.setattr(database, "_SYNCHRONOUS", "OFF")
    connection = connect(new_database(tmp_path / "a.db"))
    log = StateLog(connection)
    for turn in range(500):
        log.append(connection, "unit", {f"U{n}": b"%d" % turn for n in range(20)})
        log.clean(connection, 40)
    rows = connection.execute("SELECT count(*) FROM state").fetchone()[0]
    assert rows < 100 + 4 * 20 + 2 * 40
