"""What is entered is chained when it is entered, persons too. Those of before get an entry now.

And the stretches of the log by which fixes are found are all equally long, so that it can be told
when one has been altered: they are cut anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_REFUSES = (
    "CREATE TRIGGER {table}_refuses_{verb} BEFORE {action} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
)
_ENTRY = (
    "INSERT INTO registry_entry (at_ms, kind, by) "
    "SELECT max(at_ms), 'person', 'migration 0003' FROM registry_entry "
    "WHERE EXISTS (SELECT 1 FROM person) HAVING max(at_ms) IS NOT NULL"
)

# As host/store/tracks.py has them at this version.
_TRUSTED = "kind = 'fix' AND verdict IN ('', 'late')"
_SLICES = f"""
INSERT INTO fix_slice (id, end_id, first_ms, last_ms)
SELECT min(id), max(id) + 1, coalesce(min(CASE WHEN {_TRUSTED} THEN time_ms END), 0),
    coalesce(max(CASE WHEN {_TRUSTED} THEN time_ms END), 0)
FROM input_log GROUP BY (id - 1) / 8192 HAVING count(*) = 8192
"""  # noqa: S608
_FIXES = f"""
INSERT INTO fix_index (slice, unit, time_ms, input)
SELECT fix_slice.id, unit, time_ms, input_log.id
FROM input_log JOIN fix_slice ON fix_slice.id = (input_log.id - 1) / 8192 * 8192 + 1
WHERE {_TRUSTED} ORDER BY 1, 2, 3, 4
"""  # noqa: S608


def upgrade() -> None:
    op.create_table(
        "registry_link",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("rows", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"]),
        sa.PrimaryKeyConstraint("entry"),
    )
    _refuse("registry_link", "UPDATE")
    _refuse("registry_link", "DELETE")
    op.execute("ALTER TABLE person ADD COLUMN entry INTEGER REFERENCES registry_entry (id)")
    op.execute("DROP TRIGGER person_refuses_update")
    op.execute(_ENTRY)
    op.execute("UPDATE person SET entry = (SELECT max(id) FROM registry_entry)")
    _refuse("person", "UPDATE")
    for statement in ("DELETE FROM fix_index", "DELETE FROM fix_slice", _SLICES, _FIXES):
        op.execute(statement)


def _refuse(table: str, action: str) -> None:
    op.execute(_REFUSES.format(table=table, verb=action.lower(), action=action))
