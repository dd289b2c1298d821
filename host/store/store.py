"""The database as the rest of the host sees it: registry, states, and reading what was logged."""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Self, cast

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from host.base.errors import ResguardoError
from host.core.audit import GENESIS, Entry
from host.ingest.row import RecordRow
from host.proximity.types import Fix
from host.registry.types import Assignment, Item, Order, PolicyDocument, Registry, Unit
from host.store import entries, links, models, policies, states, tracks
from host.store.accounts import AccountBooks, access_head
from host.store.database import connect_reader, find, make_engine, make_reading_engine, migrate, own
from host.store.draft import Draft
from host.store.log import Log, audit_head, last_start

SECRET_BYTES = 32
_PAGE_ROWS = 4096


class Store:
    """One database file. Registry and reading may be used from any thread and process;
    `log` is for the one host that owns the file."""

    def __init__(self, path: Path, engine: Engine, way: str = "mode=rw") -> None:
        self.path = path
        self._engine = engine
        self._reading = make_reading_engine(path, way)
        self._way = way
        self._log: Log | None = None
        self._owner: int | None = None

    @classmethod
    def open(cls, path: Path, *, make: bool = True) -> Self:
        """Open or make the database, and bring its schema up to date.

        Raises ResguardoError for a file that cannot be used, UsageError for one that is no
        database, or that is not there and shall not be made.
        """
        if not make:
            find(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Keys are in it: for its owner only, and so are the files that SQLite puts beside it.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise ResguardoError(
                f"the database cannot be used: {error.filename}: {error.strerror}"
            ) from error
        engine = make_engine(path)
        migrate(engine)
        store = cls(path, engine)
        store._link_all()
        return store

    @classmethod
    def open_to_read(cls, path: Path) -> Self:
        """Open a host's database and change nothing of it. Raises UsageError for what is none."""
        way = find(path)
        return cls(path, make_reading_engine(path, way), way)

    def close(self) -> None:
        if self._log is not None:
            self._log.close()
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None
        self._engine.dispose()
        self._reading.dispose()

    # What happens

    @property
    def log(self) -> Log:
        """The writer of what happens. Raises ResguardoError when another host has it, or when it
        cannot be read."""
        if self._log is None:
            self._owner = own(self._lock_path())
            with self._readable():
                self._log = Log(self.path)
        return self._log

    def has_host(self) -> bool:
        """Whether a host runs on it now, this process or another."""
        try:
            lock = os.open(self._lock_path(), os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def _lock_path(self) -> Path:
        file = self.path.resolve()  # by whichever name or link it is reached
        return file.with_name(file.name + ".lock")

    def states(self, kind: str) -> dict[str, bytes]:
        """The newest state of every "unit", "order" or "escalation"."""
        with self._reader() as connection:
            return states.load(connection, kind)

    def records(self, after: int = 0) -> Iterator[tuple[int, RecordRow]]:
        """(row number, row) of the input log beyond row `after`, in commit order."""
        select = "SELECT * FROM input_log WHERE id > ? ORDER BY id LIMIT ?"
        while True:
            with self._reader() as connection:  # none is held open: it would keep the WAL growing
                rows = connection.execute(select, (after, _PAGE_ROWS)).fetchall()
            if not rows:
                return
            for number, *row in rows:
                yield number, RecordRow(*row)
            after = rows[-1][0]

    def last_ms(self) -> int:
        """When the host was last at work: took an input or met a deadline. 0 for an empty log."""
        with self._reader() as connection:
            last_input = "SELECT received_ms FROM input_log ORDER BY id DESC LIMIT 1"
            last_entry = "SELECT at_ms FROM audit ORDER BY number DESC LIMIT 1"
            rows = (connection.execute(last).fetchone() for last in (last_input, last_entry))
            return max((int(row[0]) for row in rows if row is not None), default=0)

    def fix_near(self, unit: str, time_ms: int, within_ms: int) -> Fix | None:
        """The fix of `unit` nearest in time to `time_ms`, at most `within_ms` from it."""
        with self._reader() as connection:
            return tracks.fix_near(connection, unit, time_ms, within_ms)

    def known_warnings(self, ids: list[int]) -> set[int]:
        """Which of these warnings the outbox or its history holds."""
        select = "SELECT 1 FROM delivery WHERE id = ?"
        with self._reader() as connection:
            return {
                warning
                for warning in ids
                if connection.execute(select, (f"{warning:016x}",)).fetchone()
            }

    def audit_head(self) -> tuple[int, bytes]:
        """Number and hash of the audit's last entry, to go on from."""
        with self._reader() as connection:
            return audit_head(connection)

    def last_audit_entry(self) -> Entry | None:
        """The audit's last entry; None for an empty one."""
        return next(self.audit(self.audit_head()[0] - 1), None)

    def last_start(self) -> dict[str, Any]:
        """What the host said that started last; nothing where that has been deleted."""
        with self._reader() as connection:
            return last_start(connection)

    def audit(self, after: int = 0) -> Iterator[Entry]:
        """Every entry of the audit beyond entry `after`, in order."""
        select = (
            "SELECT number, at_ms, kind, order_id, data, salt, commitment, hash "
            "FROM audit LEFT JOIN audit_data USING (number) "
            "WHERE number > ? ORDER BY number LIMIT ?"
        )
        with self._reader() as connection:
            last = "SELECT hash FROM audit WHERE number = ?"
            row = connection.execute(last, (after,)).fetchone()
        number, previous = after, GENESIS if row is None else row[0]
        while True:
            with self._reader() as connection:
                rows = connection.execute(select, (number, _PAGE_ROWS)).fetchall()
            if not rows:
                return
            for number, at_ms, kind, order, data, salt, commitment, digest in rows:
                yield Entry(number, at_ms, kind, order, data, salt, commitment, previous, digest)
                previous = digest

    # The registry

    def secret(self) -> bytes:
        """The host's own secret, drawn once."""
        with self._entering() as session:
            secret = _secret(session)
            session.commit()
            return secret

    def adopt_secret(self, secret: bytes) -> None:
        """Keep this one instead of drawing one: in a new database, for a run to be repeated."""
        with self._entering() as session:
            session.add(models.Secret(id=1, value=secret))
            session.commit()

    @property
    def accounts(self) -> AccountBooks:
        """Who may ask the host, and the chain of what they asked for."""
        return AccountBooks(self._entering, lambda: self._session(self._reading), self.secret)

    def heads(self) -> dict[str, tuple[int, bytes]]:
        """Number and hash of each chain's last entry: what is anchored elsewhere."""
        with self._session(self._reading) as session:
            access = access_head(session)
        return {"audit": self.audit_head(), "registry": self.registry_head(), "access": access}

    def registry(self) -> Registry:
        """The newest version of every unit, assignment and order."""
        with self._session(self._reading) as session:
            return entries.load_registry(session)

    def registry_head(self) -> tuple[int, bytes]:
        """Number and hash of the last entry of the registry's chain."""
        with self._reader() as connection:
            return links.head(connection)

    def registry_hash(self, entry: int) -> str:
        """The hash of an entry of the registry's chain, in hexadecimal digits; "" for none."""
        with self._reader() as connection:
            query = "SELECT hash FROM registry_link WHERE entry = ?"
            row = connection.execute(query, (entry,)).fetchone()
        return "" if row is None else str(row[0].hex())

    def last_entry(self) -> int:
        """Number of the newest entry."""
        with self._reader() as connection:
            newest = "SELECT coalesce(max(id), 0) FROM registry_entry"
            return int(connection.execute(newest).fetchone()[0])

    def changes(self, after: int) -> list[tuple[int, Item]]:
        """(number, item) of what was entered after entry `after`, whoever entered it."""
        if self.last_entry() <= after:
            return []
        with self._session(self._reading) as session:
            return entries.items_after(session, after)

    def save_person(self, person: str, at_ms: int, name: str = "", by: str = "") -> None:
        """Enter a person; one who is there already stays as entered."""
        with self._entering() as session:
            if session.get(models.Person, person) is None:
                entries.add_person(session, person, name, at_ms, by)
                _keep(session)

    def save_unit(self, unit: Unit, at_ms: int, by: str = "") -> None:
        """Enrol a unit, or enter its new version."""
        self._add([unit], at_ms, by)

    def assign(self, assignment: Assignment, at_ms: int, by: str = "") -> None:
        """Give a unit to a person, or end that. UsageError for an unknown unit or person."""
        self._add([assignment], at_ms, by)

    def save_order(self, order: Order, at_ms: int, by: str = "") -> Order:
        """Enter an order's next version; returns it. UsageError for an unknown person."""
        return cast(Order, self._add([order], at_ms, by)[0])

    def policies(self) -> list[PolicyDocument]:
        """Every policy that was ever entered, oldest first."""
        with self._reader() as connection:
            rows = connection.execute("SELECT name, document FROM policy_version ORDER BY entry")
            return [PolicyDocument(*row) for row in rows]

    def save_policy(self, policy: PolicyDocument, at_ms: int, by: str) -> None:
        """Enter a policy's next version, or the end of its name. UsageError for a name that an
        order still needs."""
        self._add([policy], at_ms, by)

    def offer_policy(self, policy: PolicyDocument, at_ms: int) -> None:
        """Enter one that comes with the program, unless a person has entered another."""
        with self._entering() as session:
            if policies.supersedes(session, policy):
                Draft(session, [policy]).add(at_ms, policies.PROGRAM)
                _keep(session)

    def enter(self, registry: Registry, at_ms: int, by: str = "", *, keep: bool = True) -> None:
        """Enter all of a registry, and the persons whom it names; keep=False only tries it."""
        self._add(registry.items(), at_ms, by, persons=True, keep=keep)

    def _add(
        self,
        items: Sequence[Item],
        at_ms: int,
        by: str,
        *,
        persons: bool = False,
        keep: bool = True,
    ) -> list[Item]:
        with self._entering() as session:
            draft = Draft(session, items)
            if persons:
                draft.add_persons(at_ms, by)
            added = draft.add(at_ms, by)
            if keep:
                _keep(session)
            return added

    def _link_all(self) -> None:
        """What an earlier version entered is linked now."""
        if self.last_entry() > self.registry_head()[0]:
            with self._entering() as session:
                _keep(session)

    def _entering(self) -> AbstractContextManager[Session]:
        """A session that holds the write lock until it ends; nothing is kept unless committed."""
        return self._session(self._engine)

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine) as session:
                yield session
        except DatabaseError as error:
            raise ResguardoError(f"the database {self.path}: {error.orig}") from error

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._readable(), closing(connect_reader(self.path, self._way)) as connection:
            yield connection

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ResguardoError(f"the database {self.path}: {error}") from error


def _keep(session: Session) -> None:
    """Link what has been entered, and commit it."""
    session.flush()
    links.link(entries.raw(session), _secret(session))
    session.commit()


def _secret(session: Session) -> bytes:
    row = session.get(models.Secret, 1)
    if row is None:
        row = models.Secret(id=1, value=secrets.token_bytes(SECRET_BYTES))
        session.add(row)
        session.flush()
    return row.value
