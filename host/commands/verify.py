"""Recompute every decision from the log of inputs, and compare all that is kept with it."""

import argparse
import json

from host.base.errors import ResguardoError
from host.commands.config import add_database, database
from host.evidence.verify import Report, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose database."""
    add_database(parser)
    parser.add_argument(
        "--anchor", default="", metavar="HASH", help="a last hash noted earlier: is it still there?"
    )
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Raises ResguardoError with the first difference. The host may be running meanwhile; nothing
    is written, and a database that nobody runs on may lie where nothing can be."""
    path = database(arguments)
    report = verify(path, arguments.anchor.lower())
    if arguments.json:
        print(json.dumps({"database": str(path), **_json(report)}))
    elif report.identical:
        print(
            f"{path}: identical: {report.rows} rows of input, {report.entries} audit entries, "
            f"{report.starts} starts of a host"
        )
        for line in report.told:
            print(line)
        for line in report.lacks:
            print(f"not vouched for: {line}")
        print(
            f"the last audit entry's hash: {report.last_hash} "
            "(what was cut off at the end shows only against a hash that was noted elsewhere)"
        )
    if report.identical:
        return 0
    raise ResguardoError(f"{path}: {'; '.join(_differences(report))}")


def _differences(report: Report) -> list[str]:
    """The first difference, and in a clause of its own what is wrong with the schema."""
    said = [] if report.difference is None else [str(report.difference)]
    if report.schema:
        more = len(report.schema) - 1
        said.append(f"{report.schema[0]}{f', and {more} more like it' if more else ''}")
    return said


def _json(report: Report) -> dict[str, object]:
    difference = report.difference
    return {
        "identical": report.identical,
        "rows": report.rows,
        "entries": report.entries,
        "starts": report.starts,
        "last_hash": report.last_hash,
        "difference": None if difference is None else difference.to_json(),
        "schema": [one.to_json() for one in report.schema],
        "told": report.told,
        "lacks": report.lacks,
    }
