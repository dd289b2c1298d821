"""What a host did can be recomputed from its log; whatever is altered afterwards is named."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.commands import cli
from host.core.audit import Chain
from host.core.outcome import Changed
from host.evidence.recompute import Evidence, recompute
from host.registry.types import Item, registry_of
from host.store.store import Store
from tests.host.driven_centre import SECRET, DrivenCentre, at_ms
from tests.host.evidence.tamper import tampering
from tests.host.random_day import REGISTRY, DayMaker, random_days


def verified(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what was said."""
    code = cli.main(["verify", "--database", str(path)])
    said = capsys.readouterr()
    assert (said.out == "") == (code != 0)
    assert said.err.count("\n") == (code != 0)
    return code, said.out + said.err


def alter(path: Path, statement: str, *values: Any) -> None:
    with tampering(path) as connection:
        assert connection.execute(statement, values).rowcount >= 1


def test_the_day_has_every_kind_of_input_and_of_signal(database: Path) -> None:
    with closing(Store.open(database)) as store:
        rows = [row for _, row in store.records()]
        kinds = {entry.kind.partition(".")[0] for entry in store.audit()}
    assert {row.kind for row in rows} == {
        *("fix", "event", "receipt", "record", "message"),
        *("connection", "cut_off", "act", "registry", "placed", "found", "entered"),
    }
    assert {row.verdict for row in rows} >= {
        "bad_seal",
        "tamper",
        "poison",
        "earlier_wearer",
        "unknown_key",
    }
    signals = {"condition", "level", "unit", "unquiet"}
    assert kinds == {"batch", "delivery", "host", "incident", *signals}
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
    report = recompute(Evidence(iter(rows), audit, entries, SECRET))
    assert (report.entries, report.last_hash) == (audit[-1].number, audit[-1].hash)
    assert next(rows, None) is None


ALTERED = {
    "a sealed byte": (
        "UPDATE input_log SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB) WHERE id = 7",
        "table input_log, row 7: it is not what audit row",
    ),
    "what its bytes are": (
        "UPDATE input_log SET sealed = 'olga' WHERE id = 3",
        "table input_log, row 3: sealed has become something else",
    ),
    "what no text can be": (
        "UPDATE input_log SET unit = CAST(x'fffe' AS TEXT) WHERE id = 3",
        "table input_log, row 3: it is not what audit row",
    ),
    "a latitude": (
        "UPDATE input_log SET lat_e7 = lat_e7 + 1 WHERE kind = 'fix' AND id = 2",
        "table input_log, row 2: lat_e7 does not follow from its bytes",
    ),
    "a row that is gone": ("DELETE FROM input_log WHERE id = 6", "row 6: it is missing"),
    "a row too many": (
        "INSERT INTO input_log SELECT 99, 0, 'B1', '', 0, 0, 0, 0, 0, '', x'00'",
        "table input_log, row 99: it is in no audit row",
    ),
    "an entry's data": (
        "UPDATE audit_data SET data = x'7b7d' WHERE number = 5",
        "table audit_data, row 5: it is not what the audit chain commits to",
    ),
    "an entry's kind": (
        "UPDATE audit SET kind = 'level' WHERE number = 7",
        "table audit, row 7: the chain breaks",
    ),
    "a kind that is longer than any": (
        "UPDATE audit SET kind = printf('%.*c', 70000, 'x') WHERE number = 7",
        "table audit, row 7: the chain breaks",
    ),
    "an order's terms": (
        "UPDATE order_version SET alert_m = 100 WHERE version = 2",
        "it is not what registry entry",
    ),
    "who entered it": (
        "UPDATE registry_entry SET by = 'eva' WHERE id = 2",
        "table registry_entry, row 2: it is not what registry entry 2 entered",
    ),
    "a policy": (
        "UPDATE policy_version SET document = 'no JSON'",
        "table policy_version, row",
    ),
    "a name": ("UPDATE person SET name = 'Eva' WHERE id = 'zoe'", "table person, row zoe"),
    "the host's secret": ("UPDATE secret SET value = x'00'", "table secret, row 1:"),
    "whether she was told": (
        "UPDATE delivery SET state = 'presented' WHERE state = 'failed'",
        "state is presented, recomputed failed",
    ),
    "an incident that never was": (
        "UPDATE incident SET id = 'i' WHERE id = (SELECT max(id) FROM incident)",
        "table incident, row i: it follows from no input",
    ),
    "from what the host goes on": (
        "UPDATE state SET body = x'7b7d' WHERE id = (SELECT max(id) FROM state)",
        "has had no such state",
    ),
}


@pytest.mark.parametrize(("statement", "named"), ALTERED.values(), ids=ALTERED)
def test_whatever_is_altered_is_named(
    statement: str, named: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(database, statement)
    code, said = verified(database, capsys)
    assert code == 1
    assert named in said


def test_an_audit_that_was_made_anew_with_the_secret_is_found_by_recomputing(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store.open(database)) as store:
        secret, entries = store.secret(), list(store.audit())
    victim = next(entry for entry in entries if entry.kind == "level")
    chain = Chain(secret)
    with tampering(database) as connection:
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
    code, said = verified(database, capsys)
    assert code == 1
    assert f"table audit, row {victim.number}: after is 0, recomputed" in said


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
