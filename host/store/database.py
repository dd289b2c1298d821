"""Opening the database file: its connections, and bringing its schema up to date."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from host.errors import ResguardoError

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 2000  # another process (enrolment) holds the file for a moment at most
_CACHE_KIB = 16_384
_SYNCHRONOUS = "FULL"  # each commit waits for the disk


def connect(path: Path) -> sqlite3.Connection:
    """A plain connection that commits when told to, as durable as SQLite can be.

    It may be used by one thread at a time, whichever.
    """
    connection = _open(path)
    _prepare(connection)
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A plain connection that changes nothing."""
    connection = _open(path)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def make_engine(path: Path) -> Engine:
    """For the registry and migrations: every transaction takes the write lock at once."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # or the driver would begin, and deferred
        _prepare(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version. ResguardoError for a file that is not ours."""
    try:
        with engine.connect() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (DatabaseError, CommandError) as error:
        reason = str(getattr(error, "orig", error))
        raise ResguardoError(
            f"the database {engine.url.database} cannot be used: {reason}"
        ) from error


def migration_config() -> Config:
    """Alembic's configuration: it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _open(path: Path) -> sqlite3.Connection:
    """Of a file that is there: an empty one in its place would be taken for the database."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
