"""Alembic's entry: it runs on the connection that host/store/database.py hands over."""

from alembic import context
from sqlmodel import SQLModel

from host.store import models  # noqa: F401 its classes fill the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,  # SQLite can, whatever Alembic assumes: all of a migration or nothing
)
with context.begin_transaction():
    context.run_migrations()
