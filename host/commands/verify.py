"""Recompute every decision from the log of inputs, and compare it with the audit."""

import argparse
import json
from contextlib import closing

from host.base.errors import ResguardoError, UsageError
from host.commands.config import add_database, database
from host.core import audit
from host.evidence.recompute import Differs, recompute
from host.store.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose database."""
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Raises ResguardoError with the first difference. The host may be running meanwhile; nothing
    is written, and a database that nobody runs on may lie where nothing can be."""
    path = database(arguments)
    with closing(Store.open_to_read(path)) as store:
        if not store.audit_head()[0]:
            raise UsageError(f"the database {path}: no host has run on it yet")
        broken = audit.verify(store.audit())
        if broken is not None:
            raise ResguardoError(f"{path}: the chain breaks at audit entry {broken}")
        rows = store.records()
        report = recompute(rows, store.audit(), store.changes(0), store.secret())
        more = next(rows, None) is not None  # of a host that is running, unless the audit ends
        if more and store.audit_head()[0] == report.entries:
            raise Differs(f"input row {report.rows + 1} is in no audit entry")
    if arguments.json:
        print(
            json.dumps(
                {"database": str(path), **report._asdict(), "last_hash": report.last_hash.hex()}
            )
        )
    else:
        print(
            f"{path}: identical: {report.rows} rows of input, {report.entries} audit entries, "
            f"{report.starts} starts of a host"
        )
        print(f"the last audit entry's hash: {report.last_hash.hex()}")
    return 0
