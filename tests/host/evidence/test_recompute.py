"""What a host did can be recomputed from its log; whatever is altered afterwards is named."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.commands import cli
from host.core.audit import Chain
from host.core.outcome import Changed
from host.evidence.recompute import recompute
from host.registry.types import Item, registry_of
from host.store.store import Store
from tests.host.driven_centre import SECRET, DrivenCentre, at_ms
from tests.host.evidence.day import Host, live
from tests.host.random_day import REGISTRY, DayMaker, random_days


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lived") / "a.db"
    host = Host(path)
    live(host)
    host.store.close()
    return path


@pytest.fixture
def database(lived: Path, tmp_path: Path) -> Path:
    """A database of one's own, of which somebody with the file in hand can change anything."""
    path = Path(shutil.copy(lived, tmp_path))
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
    return path


def verified(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what was said."""
    code = cli.main(["verify", "--database", str(path)])
    said = capsys.readouterr()
    assert (said.out == "") == (code != 0)
    assert said.err.count("\n") == (code != 0)
    return code, said.out + said.err


def alter(path: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement, values).rowcount >= 1
        connection.commit()


def test_the_day_has_every_kind_of_input_and_of_signal(database: Path) -> None:
    with closing(Store.open(database)) as store:
        rows = [row for _, row in store.records()]
        kinds = {entry.kind.partition(".")[0] for entry in store.audit()}
    assert {row.kind for row in rows} == {
        *("fix", "event", "receipt", "record", "message"),
        *("connection", "act", "registry", "placed", "found"),
    }
    assert {row.verdict for row in rows} >= {
        "bad_seal",
        "tamper",
        "poison",
        "earlier_wearer",
        "unknown_key",
    }
    assert kinds == {"batch", "condition", "delivery", "host", "incident", "level", "unit"}
    assert not any(REGISTRY.units[0].key in row.sealed or b"k" * 32 in row.sealed for row in rows)


def test_what_a_host_did_is_recomputed_identically(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(database, capsys)
    assert code == 0, said
    assert "4 starts" in said
    with closing(Store.open(database)) as store:
        assert store.audit_head()[1].hex() in said


@given(
    random_days, st.lists(st.integers(1, 6), max_size=8), st.sets(st.integers(0, 12), max_size=3)
)
@settings(max_examples=25, deadline=None)
def test_any_day_in_any_steps_and_runs_is_recomputed_identically(
    day: list[Any], steps: list[int], restarts: set[int]
) -> None:
    inputs = DayMaker().inputs(day)
    items: list[Item] = [*REGISTRY.units, *REGISTRY.assignments, *REGISTRY.orders]
    entries = list(enumerate(items, 1))
    driven = DrivenCentre(registry_of(entries))
    taken = 0
    for turn, size in enumerate([*steps, *[1] * len(inputs)]):
        step = inputs[taken : taken + size]
        if turn in restarts:
            driven.step(now_s=(driven.centre.now_ms - at_ms(0)) / 1000 + 30)
            later_s = (driven.centre.now_ms - at_ms(0)) / 1000 + turn
            driven.restart(registry_of(entries), at_s=later_s)
        if step:
            driven.step(*step)
        taken += size
        for item in step:
            if isinstance(item, Changed):
                entries.append((len(entries) + 1, item.item))
    driven.step(now_s=20_000)
    rows = enumerate((row for told in driven.outcomes for row in told.records), 1)
    audit = [entry for told in driven.outcomes for entry in told.audit]
    report = recompute(iter(rows), audit, entries, SECRET)
    assert (report.entries, report.last_hash) == (audit[-1].number, audit[-1].hash)
    assert next(rows, None) is None


ALTERED = {
    "a sealed byte": (
        "UPDATE input_log SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB) WHERE id = 7",
        "input rows 5 to 8 are not what audit entry",
    ),
    "the time of receipt": (
        "UPDATE input_log SET received_ms = received_ms + 1 WHERE id = 4",
        "input row",
    ),
    "a verdict": ("UPDATE input_log SET verdict = '' WHERE verdict = 'tamper'", "input row"),
    "an operator": (
        "UPDATE input_log SET sealed = CAST(replace(sealed, 'olga', 'oleg') AS BLOB) WHERE id = 12",
        "input rows",
    ),
    "what its bytes are": (
        "UPDATE input_log SET sealed = 'olga' WHERE id = 3",
        "input row 3: its sealed bytes have become something else",
    ),
    "what no text can be": (
        "UPDATE input_log SET unit = CAST(x'fffe' AS TEXT) WHERE id = 3",
        "Could not decode to UTF-8",
    ),
    "a latitude": (
        "UPDATE input_log SET lat_e7 = lat_e7 + 1 WHERE kind = 'fix' AND id = 2",
        "input row 2: lat_e7 does not follow",
    ),
    "a row that is gone": ("DELETE FROM input_log WHERE id = 6", "input row 6 is missing"),
    "a row too many": (
        "INSERT INTO input_log SELECT 99, 0, 'B1', '', 0, 0, 0, 0, 0, '', x'00'",
        "is in no audit entry",
    ),
    "an entry's data": (
        "UPDATE audit_data SET data = x'7b7d' WHERE number = 5",
        "the chain breaks at audit entry 5",
    ),
    "an entry's kind": ("UPDATE audit SET kind = 'level' WHERE number = 7", "audit entry 7"),
    "an order's terms": (
        "UPDATE order_version SET alert_m = 100 WHERE version = 1",
        "the registry is not the one that audit entry 1 holds",
    ),
    "an order's later terms": (
        "UPDATE order_version SET alert_m = 801 WHERE version = 2",
        "the registry holds no such entry",
    ),
    "a unit's key": ("UPDATE unit_version SET key = x'00' WHERE epoch = 2", "no such entry"),
    "the host's secret": ("UPDATE secret SET value = x'00'", "audit entry 1:"),
}


@pytest.mark.parametrize(("statement", "named"), ALTERED.values(), ids=ALTERED)
def test_whatever_is_altered_is_named(
    statement: str, named: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(database, statement)
    code, said = verified(database, capsys)
    assert code == 1
    assert any(one in said for one in named.split("|")), said


def test_an_audit_that_was_made_anew_with_the_secret_is_found_by_recomputing(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(database)) as store:
        secret, entries = store.secret(), list(store.audit())
    victim = next(entry for entry in entries if entry.kind == "level")
    chain = Chain(secret)
    with closing(sqlite3.connect(database)) as connection:
        for entry in entries:
            assert entry.data is not None
            data = entry.data
            if entry is victim:
                data = data.replace(b'"after":1', b'"after":0').replace(b'"after":2', b'"after":0')
                assert data != entry.data
            new = chain._link(entry.kind, entry.order, entry.at_ms, entry.salt or b"", data)
            connection.execute(
                "UPDATE audit SET commitment = ?, hash = ? WHERE number = ?",
                (new.commitment, new.hash, new.number),
            )
            connection.execute(
                "UPDATE audit_data SET data = ? WHERE number = ?", (new.data, new.number)
            )
        connection.commit()
    code, said = verified(database, capsys)
    assert code == 1
    assert f"audit entry {victim.number}: after is 0, recomputed" in said


def test_deleted_data_of_a_case_leaves_the_rest_verifiable(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(
        database,
        "DELETE FROM audit_data WHERE number IN (SELECT number FROM audit WHERE order_id = 'O1')",
    )
    assert verified(database, capsys)[0] == 0


def test_a_missing_file_is_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(tmp_path / "none.db", capsys)
    assert code == 2
    assert "there is no such file" in said
    assert not (tmp_path / "none.db").exists()
