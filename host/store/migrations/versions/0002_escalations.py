"""What an order's escalation comes to was called its case, which is also the housing of a unit."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("UPDATE state SET kind = 'escalation' WHERE kind = 'case'")
