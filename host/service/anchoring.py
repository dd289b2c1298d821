"""The thread that keeps the chains' ends elsewhere, hour by hour. Where it fails it says so; the
service goes on."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from host.base.clock import iso
from host.evidence.anchor import signed
from host.store.store import Store

EVERY_S = 3600.0
AGAIN_S = 60.0  # after a failure
LATE_S = 2 * EVERY_S
STOP_S = 2.0

_log = logging.getLogger(__name__)


class Anchoring:
    """Appends to `file`, which should be on another machine's disk. None: nowhere."""

    def __init__(self, store: Store, file: Path | None, now_ms: Callable[[], int]) -> None:
        self._failure = ""
        self._well_at = time.monotonic()
        self._store = store
        self._file = file
        self._now_ms = now_ms
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anchoring", daemon=True)

    def start(self) -> None:
        """Once now, and then every hour."""
        if self._file is not None:
            self._thread.start()

    @property
    def failure(self) -> str:
        """What is wrong; "" for nothing. A disk that hangs says nothing by itself."""
        late = self._file is not None and time.monotonic() - self._well_at > LATE_S
        return self._failure or (f"{self._file} does not answer" if late else "")

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        while self._file is not None:
            self._anchor(self._file)
            if self._ended.wait(AGAIN_S if self._failure else EVERY_S):
                return

    def _anchor(self, path: Path) -> None:
        try:
            line = signed(self._store.secret(), iso(self._now_ms()), self._store.heads())
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except Exception as error:  # whatever it is, the next time may succeed
            self._failure = str(error) or repr(error)
            _log.warning("the chains' ends cannot be anchored: %s", self._failure)
        else:
            self._failure = ""
            self._well_at = time.monotonic()
