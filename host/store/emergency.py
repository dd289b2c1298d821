"""A file elsewhere for what must be on record although the database cannot be written."""

import errno
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

_WITHIN_S = 0.1


class Emergency:
    """JSON lines, appended and synced. Best on another disk than the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="emergency")
        self._last: Future[None] | None = None

    def append(self, entry: Mapping[str, Any]) -> bool:
        """Try to append a line; says whether it is durable. Never raises, never takes long."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        hangs = self._last is not None and not self._last.done()  # waited for once, not each time
        self._last = self._thread.submit(self._write, line)
        try:
            self._last.result(0 if hangs else _WITHIN_S)
        except (OSError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    def _write(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            if os.write(file, line) < len(line):
                os.ftruncate(file, size)  # or the next line would be joined to the torn one
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
        finally:
            os.close(file)


def unstored(path: Path, known: Callable[[list[int]], set[int]]) -> int:
    """How many lines of an emergency file tell of warnings that the database does not know.

    known: which of these warning ids it knows. A line whose outcome was committed after all is
    no longer needed; a torn one may be. Raises OSError for a file that is there but not readable.
    """
    if not path.exists():
        return 0
    told: list[list[int]] = []
    torn = 0
    for line in path.read_bytes().splitlines():
        try:
            told.append([warning["warning_id"] for warning in json.loads(line)["warnings"]])
        except (ValueError, KeyError, TypeError):
            torn += 1
    stored = known([warning for warnings in told for warning in warnings])
    return torn + sum(not stored.issuperset(warnings) for warnings in told)
