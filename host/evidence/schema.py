"""Whether a database has the tables, triggers and indexes that its version makes, and values of
the kinds that they are for."""

from collections.abc import Iterator
from functools import cache
from sqlite3 import Connection
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from host.evidence.difference import Differs, shown
from host.store.database import migration_config

_KINDS = {
    "INTEGER": "integer",
    "BOOLEAN": "integer",
    "VARCHAR": "text",
    "JSON": "text",
    "BLOB": "blob",
}
_PARTS = (
    "SELECT type, name, tbl_name, sql FROM {}sqlite_master "
    "WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type = 'table' DESC, name"
)

_Parts = dict[tuple[str, str], tuple[str, str]]  # (type, name) -> (table, SQL)


def version_of(connection: Connection) -> str:
    """The version that a file says it has. Raises Differs for one that is not known."""
    rows = [row for (row,) in connection.execute("SELECT version_num FROM file.alembic_version")]
    if len(rows) != 1:
        why = f"it has {len(rows)} rows instead of one"
        raise Differs("alembic_version", shown(rows[-1]) if rows else None, why)
    script = ScriptDirectory.from_config(migration_config())
    if rows[0] not in {one.revision for one in script.walk_revisions()}:
        raise Differs("alembic_version", shown(rows[0]), "this program knows no such version")
    return str(rows[0])


def check_schema(connection: Connection, version: str) -> list[Differs]:
    """What is missing, or is not as it was made. Raises Differs where that is a table."""
    lacking = []
    recorded, expected = _parts(connection, "file."), _made(version)
    for part in sorted({*recorded, *expected}, key=lambda part: (part[0] != "table", part)):
        kind, name = part
        if recorded.get(part) == expected.get(part):
            continue
        table = (expected.get(part) or recorded[part])[0]
        if part not in recorded:
            what = "is missing"
        elif part not in expected:
            what = "is none of ours"
        else:
            what = "is not as it was made"
        if kind == "table":
            raise Differs(table, None, f"the table {what}")
        lacking.append(Differs(table, None, f"its {kind} {name} {what}"))
    return lacking


def check_kinds(connection: Connection) -> None:
    """Every value is of its column's kind, or whoever reads it would fail on it."""
    for kind, table in _parts(connection, "file."):
        if kind == "table":
            _check_table(connection, table)


def _check_table(connection: Connection, table: str) -> None:
    columns = connection.execute(f"PRAGMA file.table_info({table})").fetchall()
    keys = [name for _, name, _, _, _, key in columns if key]
    wrong = " ".join(_wrong(columns))
    query = (
        f"SELECT CASE {wrong} END AS wrong, {', '.join(keys)} "  # noqa: S608
        f"FROM file.{table} WHERE wrong IS NOT NULL LIMIT 1"
    )
    row = connection.execute(query).fetchone()
    if row is not None:
        column, *key = row
        raise Differs(table, tuple(key), f"{column} has become something else", column)


def _wrong(columns: list[Any]) -> Iterator[str]:
    for _, name, declared, required, _, key in columns:
        kinds = [_KINDS[declared.partition("(")[0]]]
        if not required and not key:
            kinds.append("null")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        yield f"WHEN typeof(\"{name}\") NOT IN ({listed}) THEN '{name}'"


def _parts(connection: Any, schema: str) -> _Parts:
    rows = connection.execute(_PARTS.format(schema)).fetchall()
    return {(kind, name): (table, sql) for kind, name, table, sql in rows}


@cache
def _made(version: str) -> _Parts:
    """What a new database of that version has."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        made = _parts(connection.connection.driver_connection, "")
    engine.dispose()
    return made
