"""The schema: models and migrations say the same, and evidence cannot be rewritten."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from host.base.errors import ResguardoError
from host.store.database import connect, make_engine, migrate, migration_config
from host.store.store import Store
from tests.host.store.rows import fix_row, outcome_of
from tests.host.units import REGISTRY

APPEND_ONLY = [
    "assignment",
    "audit",
    "input_log",
    "order_protected",
    "order_version",
    "person",
    "policy_version",
    "registry_entry",
    "registry_link",
    "unit_version",
]


def test_models_and_migrations_agree(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "a.db")
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        Store.open(tmp_path / "a.db").close()


BASELINE = Path(__file__).with_name("baseline.sql")  # what a host at version 0001 left behind


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    path = tmp_path / "earlier.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BASELINE.read_text(encoding="utf-8"))
    return path


def test_a_database_with_data_goes_forward_and_loses_nothing(earlier: Path) -> None:
    def contents() -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(earlier)) as connection:
            tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            return {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()
                for (name,) in connection.execute(tables).fetchall()
            }

    before = contents()
    with closing(Store.open(earlier)) as store:
        assert store.registry_head()[0] == store.last_entry()
        assert {one.id: one.version for one in store.registry().orders}["O1"] == 2
    after = contents()
    accounts = {"access", "access_data", "account", "credential", "session", "token", "attempts"}
    assert set(after) == {*before, "registry_link", *accounts}
    assert [row for table in accounts for row in after.pop(table)] == []
    orders = after.pop("order_version")
    assert [row[:-2] for row in orders] == before.pop("order_version")
    assert {row[-2:] for row in orders} == {(None, None)}  # no court, no station
    *entries, (number, _, kind, by) = after.pop("registry_entry")
    assert entries == before.pop("registry_entry")
    assert (kind, by) == ("person", "migration 0003")
    persons = after.pop("person")
    assert [row[:2] for row in persons] == before.pop("person")
    assert {row[2] for row in persons} == {number}
    assert len(after.pop("registry_link")) == number
    for changed in ("alembic_version", "state"):
        assert len(after.pop(changed)) == len(before.pop(changed))
    assert after == before


def test_a_database_without_data_goes_forward(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "a.db")
    with engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with closing(Store.open(tmp_path / "a.db")) as store:
        assert store.last_entry() == 0


@pytest.fixture
def filled(tmp_path: Path) -> sqlite3.Connection:
    from host.core.audit import Chain
    from host.escalation.policy import default

    store = Store.open(tmp_path / "a.db")
    store.enter(REGISTRY, 1)
    store.save_policy(default().document, 1, "eva")
    outcome = outcome_of(fix_row("B1", 1, 1000))
    outcome.audit.append(Chain(bytes(32)).append("level", "O1", {"to": "alert"}, 1000))
    store.log.commit([outcome])
    store.close()
    return connect(tmp_path / "a.db")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_evidence_takes_inserts_only(filled: sqlite3.Connection, table: str) -> None:
    column = filled.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            filled.execute(change)


def test_what_the_chain_commits_to_can_be_deleted_not_changed(filled: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="not changed"):
        filled.execute("UPDATE audit_data SET data = x'00'")
    filled.execute("DELETE FROM audit_data")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"not a database at all, but long enough to look like something" * 20)
    with pytest.raises(ResguardoError, match=r"a\.db.*not a database"):
        Store.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResguardoError, match="cannot be used"):
        Store.open(tmp_path / "file" / "a.db")


def test_the_database_is_for_its_owner_only(tmp_path: Path) -> None:
    Store.open(tmp_path / "a.db").close()
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o600
