"""One row of the input log: what is kept of an input, accepted or not."""

from typing import NamedTuple


class RecordRow(NamedTuple):
    """One row of the input log, in commit order. `verdict` "" is accepted and believed.

    kind: "fix", "event", "boot", "receipt", "tombstone", "unknown" for new records; "record" for
    one that is refused; "message" for what could not be cut into records; "act", "registry",
    "connection", "placed", "found" for the other inputs, and "deadline" for one that failed:
    their `sealed` holds their JSON (host/core/transcript.py).
    """

    received_ms: int
    unit: str
    kind: str
    sequence: int
    time_ms: int
    lat_e7: int | None
    lon_e7: int | None
    a95_mm: int | None
    verdict: str
    sealed: bytes


def log_row(
    now_ms: int,
    unit: str,
    kind: str,
    sealed: bytes,
    sequence: int = 0,
    verdict: str = "",
    time_ms: int = 0,
) -> RecordRow:
    """A row without a position of its own."""
    return RecordRow(now_ms, unit, kind, sequence, time_ms, None, None, None, verdict, sealed)
