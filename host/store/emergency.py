"""A file elsewhere for what must be on record although the database cannot be written."""

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

_WITHIN_S = 0.1


class Emergency:
    """JSON lines, appended and synced. Best on another disk than the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="emergency")

    def append(self, entry: Mapping[str, Any]) -> bool:
        """Try to append a line; says whether it is durable. Never raises, never takes long."""
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        try:
            self._thread.submit(self._write, line).result(_WITHIN_S)
        except (OSError, TimeoutError):
            return False
        return True

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    def _write(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
