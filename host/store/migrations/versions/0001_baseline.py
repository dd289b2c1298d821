"""The baseline: every table, and triggers that keep what is evidence as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_APPEND_ONLY = (
    "person",
    "registry_entry",
    "unit_version",
    "assignment",
    "zone_version",
    "order_version",
    "order_protected",
    "order_zone",
    "policy_version",
    "input_log",
    "audit",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_delivery_incident", "delivery", ["incident"])
    op.create_table(
        "fix_index",
        sa.Column("slice", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("time_ms", sa.Integer(), nullable=False),
        sa.Column("input", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slice", "unit", "time_ms", "input"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fix_slice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("end_id", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=False),
        sa.Column("last_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_ms", sa.Integer(), nullable=False),
        sa.Column("changed_ms", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incident_order_id", "incident", ["order_id"])
    op.create_index("ix_incident_state", "incident", ["state"])
    op.create_table(
        "input_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_ms", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("time_ms", sa.Integer(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("a95_mm", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "registry_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "zone_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ring", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("holes", sa.JSON(), nullable=False),
        sa.Column("margin_m", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("disclosed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_zone_version_zone", "zone_version", ["zone"])
    op.create_table(
        "assignment",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("from_ms", sa.Integer(), nullable=False),
        sa.Column("until_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("ix_assignment_unit", "assignment", ["unit"])
    op.create_table(
        "audit_data",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["audit.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "order_version",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offender", sa.String(), nullable=False),
        sa.Column("alert_m", sa.Integer(), nullable=False),
        sa.Column("pre_alert_m", sa.Integer(), nullable=False),
        sa.Column("contact_m", sa.Integer(), nullable=False),
        sa.Column("strength", sa.String(), nullable=False),
        sa.Column("offender_speed_m_s", sa.Integer(), nullable=False),
        sa.Column("victim_speed_m_s", sa.Integer(), nullable=False),
        sa.Column("valid_from_ms", sa.Integer(), nullable=True),
        sa.Column("valid_until_ms", sa.Integer(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"]),
        sa.ForeignKeyConstraint(["offender"], ["person.id"]),
        sa.PrimaryKeyConstraint("entry"),
        sa.UniqueConstraint("order_id", "version"),
    )
    op.create_index("ix_order_version_offender", "order_version", ["offender"])
    op.create_table(
        "policy_version",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"]),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("ix_policy_version_name", "policy_version", ["name"])
    op.create_table(
        "unit_version",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("floor_s", sa.Integer(), nullable=False),
        sa.Column("listen_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry"], ["registry_entry.id"]),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("ix_unit_version_unit", "unit_version", ["unit"])
    op.create_table(
        "order_protected",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["order_version.entry"]),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.PrimaryKeyConstraint("entry", "position"),
    )
    op.create_index("ix_order_protected_person", "order_protected", ["person"])
    op.create_table(
        "order_zone",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["order_version.entry"]),
        sa.ForeignKeyConstraint(["zone"], ["zone_version.id"]),
        sa.PrimaryKeyConstraint("entry", "position"),
    )
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER audit_data_refuses_update BEFORE UPDATE ON audit_data "
        "BEGIN SELECT RAISE(ABORT, 'audit_data can be deleted, not changed'); END"
    )
