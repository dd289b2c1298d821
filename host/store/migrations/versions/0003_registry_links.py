"""What is entered is chained when it is entered, persons too. Those of before get an entry now."""

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


def _refuse(table: str, action: str) -> None:
    op.execute(_REFUSES.format(table=table, verb=action.lower(), action=action))
