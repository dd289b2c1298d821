"""A database's three chains, link by link, without recomputing what was decided."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from host.base.errors import ResguardoError, UsageError
from host.evidence.access import check_access
from host.evidence.anchor import check
from host.evidence.chain import check_chain, check_contents, secret_of
from host.evidence.difference import Differs
from host.evidence.registry import check_registry
from host.evidence.schema import check_kinds, check_schema, version_of
from host.evidence.verify import ACCESS_FROM
from host.store.database import attach, find
from host.store.store import Store

_HASH = {
    "audit": "SELECT hash FROM file.audit WHERE number = ?",
    "registry": "SELECT hash FROM file.registry_link WHERE entry = ?",
    "access": "SELECT hash FROM file.access WHERE number = ?",
}


@dataclass(slots=True)
class Chains:
    """How long each chain is. `differences`: the first of each; `anchored`: when what was anchored
    and is still there."""

    lengths: dict[str, int] = field(default_factory=dict)
    erased: int = 0
    anchored: list[str] = field(default_factory=list)
    differences: list[Differs] = field(default_factory=list)


def verify_chains(path: Path, anchors: Sequence[str] = ()) -> Chains:
    """Look at every link. `anchors`: lines that were kept elsewhere. Nothing is written; the host
    may be running. Raises UsageError for what is no host's database, or no anchor of it."""
    way, found = find(path), Chains()
    try:
        with closing(Store.open_to_read(path)) as store, closing(attach(path, way)) as connection:
            _look(store, connection, anchors, found)
    except Differs as difference:  # one that leaves nothing to look at further
        found.differences.append(difference.with_traceback(None))
    except sqlite3.Error as error:
        raise ResguardoError(f"the database {path}: {error}") from error
    return found


def _look(
    store: Store, connection: sqlite3.Connection, anchors: Sequence[str], found: Chains
) -> None:
    version = version_of(connection)
    found.differences += check_schema(connection, version)
    check_kinds(connection)
    secret = secret_of(connection)
    head = store.audit_head()[0]

    def audit() -> int:
        held = check_chain((one for one in store.audit() if one.number <= head), secret)
        check_contents(connection, secret)
        found.erased += held.erased
        return head

    def access() -> int:
        told = check_access(connection, secret)
        found.erased += told.erased
        return told.entries

    chains: dict[str, Callable[[], int]] = {
        "audit": audit,
        "registry": lambda: check_registry(connection, secret),
    }
    if version >= ACCESS_FROM:
        chains["access"] = access
    for name, look in chains.items():
        connection.execute("BEGIN")  # of one moment's picture, whoever writes
        try:
            found.lengths[name] = look()
        except Differs as difference:
            found.differences.append(difference.with_traceback(None))
        finally:
            connection.execute("COMMIT")
    for place, line in enumerate(anchors, 1):
        _hold(connection, secret, line, place, found)


def _hold(
    connection: sqlite3.Connection, secret: bytes, line: str, place: int, found: Chains
) -> None:
    def hash_of(chain: str, number: int) -> str:
        row = connection.execute(_HASH[chain], (number,)).fetchone()
        return "" if row is None else str(row[0].hex())

    try:
        found.anchored.append(check(line, secret, hash_of))
    except Differs as difference:
        found.differences.append(difference.with_traceback(None))
    except ValueError as error:
        raise UsageError(f"anchor {place}: {error}") from error
