"""Opening the database file: its connections, and bringing its schema up to date."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from host.base.errors import ResguardoError, UsageError

MIGRATIONS = Path(__file__).parent / "migrations"
READING, EVIDENCE = "mode=ro", "immutable=1"  # the second where not even a lock can be set
_BUSY_MS = 2000  # another process (enrolment) holds the file for a moment at most
_CACHE_KIB = 16_384
_SYNCHRONOUS = "FULL"  # each commit waits for the disk
# Said where SQLite's own word on it holds the damaged bytes, and cannot be read.
_DAMAGED = "its schema is damaged"


def connect(path: Path) -> sqlite3.Connection:
    """A plain connection that commits when told to, as durable as SQLite can be.

    It may be used by one thread at a time, whichever.
    """
    connection = _open(path)
    connection.text_factory = _text
    _prepare(connection)
    return connection


def find(path: Path) -> str:
    """How a host's database can be opened to be read only. Raises UsageError for what is none."""
    if not path.is_file():
        what = "it is a folder" if path.is_dir() else "there is no such file"
        raise UsageError(
            f"the database {path}: {what}; a host makes its database when it first starts, "
            "so give the same --folder, --config or --database as to the host"
        )
    try:
        return _way_to_read(path)
    except sqlite3.Error as error:
        raise UsageError(f"the database {path} is no host's: {error}") from error


def _way_to_read(path: Path) -> str:
    try:
        _look(path, READING)
    except sqlite3.OperationalError:
        # A write-ahead log needs files beside it. Where there is none, nobody writes.
        if path.with_name(path.name + "-wal").exists():
            raise
        _look(path, EVIDENCE)
        return EVIDENCE
    return READING


def _look(path: Path, way: str) -> None:
    with closing(_open(path, way)) as connection:
        try:
            connection.execute("SELECT 1 FROM audit LIMIT 1")
        except UnicodeDecodeError as error:
            raise sqlite3.DatabaseError(_DAMAGED) from error


def connect_reader(path: Path, way: str = "mode=rw") -> sqlite3.Connection:
    """A plain connection that changes nothing."""
    connection = _open(path, way)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = _text
    return connection


def attach(path: Path, way: str) -> sqlite3.Connection:
    """A connection to a database of its own, with the file attached as `file`, to be read only.

    `way` is what `find` said. Text that is none comes back with what it holds in surrogates.
    """
    connection = sqlite3.connect("", uri=True, isolation_level=None)
    connection.text_factory = _text
    connection.execute("ATTACH ? AS file", (f"{path.absolute().as_uri()}?{way}",))
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
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


def make_reading_engine(path: Path, way: str) -> Engine:
    """For reading alone, each transaction from one moment's picture, whoever writes meanwhile.

    `way` is what `find` said.
    """
    engine = create_engine(
        "sqlite://", creator=lambda: connect_reader(path, way), poolclass=NullPool
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version. ResguardoError for a file that is not ours."""
    try:
        with engine.connect() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except UnicodeDecodeError as error:
        raise ResguardoError(
            f"the database {engine.url.database} cannot be used: {_DAMAGED}"
        ) from error
    except (DatabaseError, CommandError) as error:
        reason = getattr(error, "orig", error)
        # Another file than a database has been named, or nothing is wrong with the name.
        named = getattr(reason, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB
        kind = UsageError if named else ResguardoError
        raise kind(f"the database {engine.url.database} cannot be used: {reason}") from error


def migration_config() -> Config:
    """Alembic's configuration: it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _open(path: Path, way: str = "mode=rw") -> sqlite3.Connection:
    """Of a file that is there: an empty one in its place would be taken for the database."""
    uri = f"{path.absolute().as_uri()}?{way}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _text(stored: bytes) -> str:
    """Text that somebody has damaged can be read, shown and compared; it is no text any more."""
    return stored.decode("utf-8", "surrogateescape")


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def own(lock_path: Path) -> int:
    """The descriptor that says: this process is the database's host."""
    try:
        lock = os.open(lock_path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ResguardoError(f"{lock_path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise ResguardoError(f"another host runs already: it holds {lock_path}") from error
    return lock
