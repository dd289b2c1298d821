"""A host goes on from what the chain vouches for, works that out again, or begins afresh."""

import logging
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from host.base.errors import ResguardoError
from host.core.batch import AFRESH, RECOMPUTED, VOUCHED
from host.core.outcome import Connection, Outcome
from host.evidence.verify import Report, verify
from host.service.revive import revive
from host.store.store import Store
from tests.host.driven_centre import at_ms
from tests.host.evidence.day import Host, live
from tests.host.evidence.tamper import tampering

LATER_S = 6000
OLDEST = "WHERE kind = 'unit' AND entity = 'B1' ORDER BY id LIMIT 1"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lived") / "a.db"
    host = Host(path)
    live(host)
    host.store.close()
    return path


@pytest.fixture
def path(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived, tmp_path))


def stored(store: Store) -> dict[str, dict[str, bytes]]:
    return {kind: store.states(kind) for kind in ("unit", "order", "escalation")}


def go_on(path: Path, at_s: float = LATER_S) -> tuple[str, list[str]]:
    """A host starts and takes an input: from which states, and what was said of them."""
    with closing(Store.open(path)) as store:
        centre = revive(store, store.secret(), at_ms(at_s))
        told = centre.step([Connection("V1", True, at_ms(at_s))], at_ms(at_s + 1))
        store.log.commit([told])
        return centre.origin["states"], centre.origin.get("disputed", [])


def verified(path: Path) -> Report:
    report = verify(path)
    assert report.difference is None, report.difference
    return report


def test_what_the_chain_vouches_for_is_taken_as_it_is(path: Path) -> None:
    assert go_on(path) == (VOUCHED, [])
    assert verified(path).told == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE state SET body = CAST(replace(body, '1', '2') AS BLOB)", "units B1"),
        ("DELETE FROM state WHERE kind = 'unit' AND entity = 'V1'", "units V1"),
        ("DELETE FROM state", "units B1"),
        ("UPDATE state SET entity = CAST(x'ff' AS TEXT) WHERE entity = 'V2'", "units V2"),
        (f"INSERT INTO state SELECT 999, kind, entity, body FROM state {OLDEST}", "units B1"),
        ("INSERT INTO state VALUES (999, 'unit', 'B9', x'5b5d')", "units B9"),
    ],
)
def test_states_that_were_altered_are_worked_out_again(
    path: Path, caplog: pytest.LogCaptureFixture, statement: str, named: str
) -> None:
    with closing(Store.open(path)) as store:
        before = stored(store)
    with tampering(path) as connection:
        connection.execute(statement)
    with caplog.at_level(logging.ERROR):
        origin, disputed = go_on(path)
    assert origin == RECOMPUTED
    assert named in disputed
    assert "recomputing them from the log" in caplog.text
    with closing(Store.open(path)) as store:
        after = stored(store)
        del before["unit"]["V1"], after["unit"]["V1"]  # which has been heard of since
        assert after == before
    assert go_on(path, LATER_S + 10) == (VOUCHED, [])
    (told,) = verified(path).told
    assert "found states that nothing vouched for, and recomputed them" in told


def test_where_the_log_was_altered_too_a_host_begins_afresh(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with tampering(path) as connection:
        connection.execute("UPDATE state SET body = x'00'")
        connection.execute("UPDATE input_log SET sealed = x'00' WHERE id = 5")
    origin, disputed = go_on(path)
    assert (origin, len(disputed)) == (AFRESH, 1)
    assert disputed[0].startswith("table input_log, row 5: ")
    assert "begins afresh" in caplog.text
    assert go_on(path, LATER_S + 10) == (VOUCHED, [])
    difference = verify(path).difference  # and that is still there to be seen
    assert difference is not None
    assert (difference.table, difference.row) == ("input_log", "5")


def test_a_beginning_afresh_is_recomputed_as_such(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ResguardoError("the disk says no")

    with tampering(path) as connection:
        connection.execute("DELETE FROM state WHERE id > 20")
    with monkeypatch.context() as patch:
        patch.setattr("host.service.revive.recomputed_states", fail)
        assert go_on(path) == (AFRESH, ["the disk says no"])
    with closing(Store.open(path)) as store:
        assert sorted(store.states("unit")) == ["V1"]
    (told,) = verified(path).told
    assert told.endswith("found states that nothing vouched for, and began afresh")


def test_the_last_link_itself_has_to_hold(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("UPDATE audit SET hash = x'00' WHERE number = 1")
        last = "(SELECT max(number) FROM audit)"
        connection.execute(f"UPDATE audit_data SET salt = x'00' WHERE number = {last}")
    assert go_on(path)[0] == AFRESH


def test_while_something_is_pending_a_host_rather_ends(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("UPDATE state SET body = x'00' WHERE kind = 'order'")
    with closing(Store.open(path)) as store:
        pending = [Outcome(units={"V1": b"[]"})]
        with pytest.raises(ResguardoError, match="has to be started again"):
            revive(store, store.secret(), at_ms(LATER_S), pending)


def test_a_database_without_a_past_is_vouched_for(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "new.db")) as store:
        assert revive(store, store.secret(), 1).origin == {"states": VOUCHED}
