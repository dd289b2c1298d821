"""Recompute every decision from the log of inputs, and compare it with the audit."""

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from host import audit
from host.config import Settings
from host.errors import ResguardoError, UsageError
from host.recompute import Differs, recompute
from host.store.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Settings().database
    parser.add_argument(
        "--database",
        type=Path,
        default=default,
        metavar="FILE",
        help=f"the host's database (default: {default})",
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ResguardoError(f"{path} cannot be read: {error}") from error


def run(arguments: argparse.Namespace) -> int:
    """Raises ResguardoError with the first difference. The host may be running meanwhile."""
    path: Path = arguments.database
    if not path.is_file():
        raise UsageError(f"--database {path}: there is no such file")
    with closing(Store.open(path)) as store, _readable(path):
        broken = audit.verify(store.audit())
        if broken is not None:
            raise ResguardoError(f"{path}: the chain breaks at audit entry {broken}")
        rows = store.records()
        report = recompute(rows, store.audit(), store.changes(0), store.secret())
        more = next(rows, None) is not None  # of a host that is running, unless the audit ends
        if more and store.audit_head()[0] == report.entries:
            raise Differs(f"input row {report.rows + 1} is in no audit entry")
    print(
        f"identical: {report.rows} rows of input, {report.entries} audit entries, "
        f"{report.starts} starts of a host"
    )
    print(f"the last audit entry's hash: {report.last_hash.hex()}")
    return 0
