"""A database, looked at as a whole: what the chain holds, what was entered, what was decided."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from host.base.errors import ResguardoError, UsageError
from host.core.batch import AFRESH, RECOMPUTED, TAKEN
from host.evidence.access import Told, check_access
from host.evidence.chain import Held, check_chain, check_contents, secret_of
from host.evidence.difference import Differs
from host.evidence.index import check_index
from host.evidence.kept import Kept
from host.evidence.recompute import Evidence, Recomputed, recompute
from host.evidence.registry import check_registry
from host.evidence.schema import check_kinds, check_schema, version_of
from host.store.database import attach, find
from host.store.store import Store

ACCESS_FROM = "0004"  # the version from which it is told who asked for what
LINKED_FROM = "0003"  # the version from which the registry is chained


@dataclass(slots=True)
class Report:
    """What was found: `difference` is the first one, `schema` what else is not as it was made.

    `lacks`: what this database cannot show. `told`: what else whoever verifies should know.
    """

    rows: int = 0
    entries: int = 0
    starts: int = 0
    last_hash: str = ""
    difference: Differs | None = None
    schema: list[Differs] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def identical(self) -> bool:
        return self.difference is None and not self.schema


def verify(path: Path, anchor: str = "") -> Report:
    """Verify a host's database, which may be running meanwhile. Nothing is written.

    `anchor`: a last hash noted earlier, which the chain must still hold. Raises UsageError for
    what is no host's database, ResguardoError for one that cannot be read.
    """
    way = find(path)
    report = Report()
    try:
        with closing(Store.open_to_read(path)) as store, closing(attach(path, way)) as connection:
            _Look(store, connection, report).everything(anchor)
    except Differs as difference:
        report.difference = difference.with_traceback(None)  # or half-read tables would stay open
    except sqlite3.Error as error:
        raise ResguardoError(f"the database {path}: {error}") from error
    return report


class _Look:
    def __init__(self, store: Store, connection: sqlite3.Connection, report: Report) -> None:
        self._store = store
        self._connection = connection
        self._report = report

    def everything(self, anchor: str) -> None:
        report, connection = self._report, self._connection
        head = self._store.audit_head()[0]
        if not head:
            raise UsageError(f"the database {self._store.path}: no host has run on it yet")
        self._require_whole()
        version = version_of(connection)
        report.schema += check_schema(connection, version)
        check_kinds(connection)
        secret = secret_of(connection)
        with self._one_moment():
            head = self._store.audit_head()[0]
            kept = Kept(connection)
        held = check_chain(self._audit(head), secret, anchor)
        self._tell_chain(held, anchor)
        check_contents(connection, secret)
        linked = version >= LINKED_FROM
        with self._one_moment():
            entries = check_registry(connection, secret) if linked else 0
        if not linked:
            report.lacks.append(
                "names, who entered what, and policies: an earlier version did not chain them"
            )
        computed = self._recompute(secret, head, linked, held.today, kept)
        self._tell_starts(computed, entries)
        kept.check(computed.erased)
        if held.today > head:
            report.lacks.append("decisions: other rules led to them, and are not applied any more")
        elif computed.starts[-1][1]:
            kept.check_states(computed.states)
        if version >= ACCESS_FROM:
            with self._one_moment():
                self._tell_access(check_access(connection, secret))
        if linked:  # what comes before may be cut otherwise
            with self._one_moment():
                check_index(connection)

    def _require_whole(self) -> None:
        """Pages and indexes, as SQLite itself judges them."""
        (said,) = self._connection.execute("PRAGMA file.integrity_check(1)").fetchone()
        if said != "ok":
            raise Differs("sqlite_master", None, f"the file is damaged: {said}")

    def _audit(self, head: int) -> Iterator[Any]:
        return takewhile(lambda entry: entry.number <= head, self._store.audit())

    def _recompute(
        self, secret: bytes, head: int, linked: bool, today: int, kept: Kept
    ) -> Recomputed:
        store = self._store
        rows = store.records()
        try:
            items = store.changes(0)
        except (ValueError, TypeError, KeyError) as error:
            raise Differs(
                "registry_entry", None, f"the registry cannot be read: {error}"
            ) from error
        hash_of = self._hash_of if linked else lambda _: ""
        evidence = Evidence(rows, self._audit(head), items, secret, hash_of, today)
        computed = recompute(evidence, kept.take)
        self._report.rows, self._report.entries = computed.rows, computed.entries
        self._report.starts = len(computed.starts)
        self._report.last_hash = computed.last_hash.hex()
        more = next(rows, None)  # of a host that is running, unless the audit ends
        if more is not None and store.audit_head()[0] == head:
            raise Differs("input_log", more[0], "it is in no audit row")
        return computed

    def _hash_of(self, entry: int) -> str:
        query = "SELECT hash FROM file.registry_link WHERE entry = ?"
        row = self._connection.execute(query, (entry,)).fetchone()
        return "" if row is None else str(row[0].hex())

    def _tell_chain(self, held: Held, anchor: str) -> None:
        if anchor and not held.anchored:
            raise Differs("audit", None, f"no row has the hash {anchor}, which was noted earlier")
        if held.erased:
            count = "one audit row" if held.erased == 1 else f"{held.erased} audit rows"
            self._report.told.append(
                f"table audit_data, row {held.first_erased}: deleted, "
                f"as {count} in all; what they held was recomputed where it follows from inputs"
            )

    def _tell_access(self, told: Told) -> None:
        if told.erased:
            count = "one access row" if told.erased == 1 else f"{told.erased} access rows"
            self._report.told.append(
                f"table access_data, row {told.first_erased}: deleted, as {count} in all"
            )

    def _tell_starts(self, computed: Recomputed, entries: int) -> None:
        report = self._report
        for number, states in computed.starts:
            if states in (RECOMPUTED, AFRESH):
                how = "recomputed them" if states == RECOMPUTED else "began afresh"
                report.told.append(
                    f"audit row {number}: the host found states that nothing vouched for, and {how}"
                )
            elif states == TAKEN:
                report.told.append(f"audit row {number}: the host took over what stood until then")
        if not computed.starts[-1][1]:
            report.lacks.append("live states: an earlier version did not bind them to the chain")
        if entries > computed.entered:
            span = f"{computed.entered + 1} to {entries}"
            report.lacks.append(
                f"registry entries {span}: chained among themselves, no host has seen them yet"
            )

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        """What is read meanwhile is of one moment's picture, whoever writes."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")
