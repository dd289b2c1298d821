"""Outcomes with rows in them, as a centre would give them out, and databases to put them into."""

import tempfile
from functools import cache
from pathlib import Path

from host.core.outcome import Outcome
from host.ingest.row import RecordRow
from host.store.store import Store

SEALED = bytes(48)


def fix_row(unit: str, sequence: int, time_ms: int, verdict: str = "") -> RecordRow:
    return RecordRow(
        time_ms + 300, unit, "fix", sequence, time_ms, sequence, -sequence, 5000, verdict, SEALED
    )


def outcome_of(*rows: RecordRow, **states: dict[str, bytes]) -> Outcome:
    return Outcome(records=list(rows), **states)  # type: ignore[arg-type]


def new_database(path: Path) -> Path:
    """An empty database at `path`, without migrating each time."""
    path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(path).close()
        return path.read_bytes()
