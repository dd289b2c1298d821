"""A database of an earlier version is verified as far as it goes, and what it lacks is said."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from host.core.batch import TAKEN
from host.core.outcome import Connection
from host.escalation.incident import WEIGHTS
from host.evidence.verify import verify
from host.proximity.types import Level
from host.service.revive import revive
from host.store.store import Store
from tests.host.driven_centre import at_ms
from tests.host.evidence.tamper import tampering

BASELINE = Path(__file__).parents[1] / "store" / "baseline.sql"
LATER_S = 400


def make(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BASELINE.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    return make(tmp_path / "earlier.db")


@pytest.fixture(scope="module")
def gone_on(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host of today has gone on from it, and stopped twice."""
    path = make(tmp_path_factory.mktemp("gone_on") / "earlier.db")
    go_on_from(path)
    return path


@pytest.fixture
def taken_over(gone_on: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(gone_on, tmp_path))


def go_on_from(path: Path) -> None:
    with closing(Store.open(path)) as store:
        for start in range(2):
            now_ms = at_ms(LATER_S + 10 * start)
            centre = revive(store, store.secret(), now_ms)
            assert centre.origin["states"] == (TAKEN if start == 0 else "vouched")
            told = centre.step([Connection("V1", start == 0, now_ms)], now_ms + 1000)
            assert told.audit
            store.log.commit([told])


def test_it_verifies_as_it_lies_there_and_says_what_it_lacks(earlier: Path) -> None:
    before = earlier.read_bytes()
    report = verify(earlier)
    assert (report.difference, report.schema) == (None, [])
    assert report.entries == 34
    assert [lack.partition(":")[0] for lack in report.lacks] == [
        "names, who entered what, and policies",
        "live states",
        "decisions",
    ]
    assert earlier.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE delivery SET state = 'presented'", "delivery"),
        ("DELETE FROM incident", "incident"),
        ("UPDATE input_log SET lat_e7 = 7 WHERE kind = 'fix'", "input_log"),
        ("UPDATE order_version SET alert_m = 7", "audit"),
        ("UPDATE unit_version SET role = 'nobody'", "registry_entry"),
        ("UPDATE secret SET value = x'00'", "secret"),
    ],
)
def test_what_its_chain_says_is_held_against_it(earlier: Path, statement: str, table: str) -> None:
    with tampering(earlier) as connection:
        connection.execute(statement)
    difference = verify(earlier).difference
    assert difference is not None
    assert difference.table == table


def test_it_verifies_after_it_has_been_brought_up_to_date(earlier: Path) -> None:
    with closing(Store.open(earlier)) as store:
        entries = store.last_entry()
    report = verify(earlier)
    assert report.identical, report.difference
    assert [lack.partition(":")[0] for lack in report.lacks] == [
        "live states",
        f"registry entries 1 to {entries}",
        "decisions",
    ]


def test_it_verifies_once_a_host_has_gone_on_from_it(taken_over: Path) -> None:
    report = verify(taken_over)
    assert report.identical, report.difference
    assert (report.rows, report.entries, report.starts) == (12, 44, 4)
    assert report.lacks == []
    assert report.told == ["audit row 35: the host took over what stood until then"]


def test_what_was_decided_before_is_not_held_against_rules_that_are_others_now(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WEIGHTS, "case", Level.ALERT)
    assert verify(earlier).difference is None
    go_on_from(earlier)
    assert verify(earlier).difference is None


THEN, NOW = f"changed_ms < {at_ms(LATER_S)}", f"changed_ms >= {at_ms(LATER_S)}"
BEFORE = {
    "an input's bytes": ("UPDATE input_log SET sealed = x'00' WHERE id = 2", "input_log", "2"),
    "an input's verdict": ("UPDATE input_log SET verdict = '' WHERE id = 5", "input_log", "3 to 6"),
    "a position": ("UPDATE input_log SET lat_e7 = 7 WHERE id = 7", "input_log", "7"),
    "a position's time": ("UPDATE input_log SET time_ms = 7 WHERE id = 5", "input_log", "5"),
    "an input that is gone": ("DELETE FROM input_log WHERE id = 9", "input_log", "9"),
    "a decision": ("UPDATE audit SET kind = 'level' WHERE number = 7", "audit", "7"),
    "a decision's data": (
        "UPDATE audit_data SET data = x'7b7d' WHERE number = 7",
        "audit_data",
        "7",
    ),
    "when she was told": (
        "UPDATE delivery SET body = replace(body, '33000', '32000') WHERE id LIKE '62d1%'",
        "delivery",
        "62d167adbf579790",
    ),
    "whether she was told": (
        "UPDATE delivery SET state = 'failed' WHERE id LIKE '62d1%'",
        "delivery",
        "62d167adbf579790",
    ),
    "a delivery that is gone": (
        f"DELETE FROM delivery WHERE id LIKE '62d1%' AND {THEN}",
        "delivery",
        "62d167adbf579790",
    ),
    "an incident more": (
        (
            "INSERT INTO incident SELECT 'x', order_id, cause, kind, priority, state, opened_ms, "
            "changed_ms, body FROM incident WHERE id LIKE '8767%'"
        ),
        "incident",
        "x",
    ),
}
AFTER = {
    "a state that was taken": ("UPDATE state SET body = x'7b7d' WHERE id = 1", "state", "1"),
    "a state that came later": ("UPDATE state SET body = x'7b7d' WHERE id = 9", "state", "9"),
    "a state that is gone": ("DELETE FROM state WHERE id = 2", "state", "2"),
    "an input's bytes": ("UPDATE input_log SET sealed = x'00' WHERE id = 12", "input_log", "12"),
    "a column beside them": ("UPDATE input_log SET lat_e7 = 7 WHERE id = 11", "input_log", "11"),
    "a decision": ("UPDATE audit SET order_id = '' WHERE number = 41", "audit", "41"),
    "an incident that went on": (
        f"UPDATE incident SET priority = 3 WHERE kind = 'alert' AND {NOW}",
        "incident",
        "c38daf4ffca096f3",
    ),
    "an incident that came later": (
        f"DELETE FROM incident WHERE kind = 'ladder' AND {NOW}",
        "incident",
        "53029e793b4e849f",
    ),
    "how often he was told": (
        "UPDATE delivery SET attempts = 4 WHERE id LIKE '6471%'",
        "delivery",
        "647105803d172aae",
    ),
}


@pytest.mark.parametrize(("statement", "table", "row"), BEFORE.values(), ids=BEFORE)
def test_what_the_chain_holds_from_before_is_held_against_it(
    taken_over: Path, statement: str, table: str, row: str
) -> None:
    assert named(taken_over, statement) == (table, row)


@pytest.mark.parametrize(("statement", "table", "row"), AFTER.values(), ids=AFTER)
def test_from_then_on_everything_is_vouched_for(
    taken_over: Path, statement: str, table: str, row: str
) -> None:
    assert named(taken_over, statement) == (table, row)


def test_of_a_case_whose_data_was_deleted_nothing_is_missed(taken_over: Path) -> None:
    with tampering(taken_over) as connection:
        old = "SELECT number FROM audit WHERE order_id = 'O1' AND number < 20"
        connection.execute(f"DELETE FROM audit_data WHERE number IN ({old})")
    report = verify(taken_over)
    assert report.difference is None
    assert report.told[0].startswith("table audit_data, row 4: deleted, as 13 audit rows in all")


def named(path: Path, statement: str) -> tuple[str, str | None]:
    """Table and row of the first difference, after that statement has altered one row."""
    with tampering(path) as connection:
        assert connection.execute(statement).rowcount == 1
    difference = verify(path).difference
    assert difference is not None
    return difference.table, difference.row
