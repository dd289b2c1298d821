"""The thread that reads for the service: counterparts of late fixes, news of the registry."""

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from host.core.outcome import Changed, Entered, Found, Lookback
from host.store.store import Store

POLL_S = 1.0
_log = logging.getLogger(__name__)


class Reader:
    """Answers go through `put`, from its own thread, as inputs of the service.

    The registry is looked at once a second, so that what another process enters (an enrolment)
    takes force as what this one enters does. `failure` says what is wrong while that fails.
    """

    def __init__(
        self,
        store: Store,
        now_ms: Callable[[], int],
        put: Callable[[Any], None],
        *,
        entry: int,
        within_ms: int,
    ) -> None:
        """entry: the newest entry that the centre knows. within_ms: how far from a late fix the
        counterpart's may be."""
        self.failure = ""
        self._store = store
        self._now_ms = now_ms
        self._put = put
        self._entry = self._head = entry
        self._within_ms = within_ms
        self._lookbacks: SimpleQueue[Lookback | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._lookbacks.put(None)
        self._thread.join()

    def look_back(self, lookback: Lookback) -> None:
        """Find the counterpart's fix; it comes as a Found. Ask once the late fix is committed."""
        self._lookbacks.put(lookback)

    def _run(self) -> None:
        poll_at = 0.0
        while True:
            if time.monotonic() >= poll_at:
                self._poll()
                poll_at = time.monotonic() + POLL_S
            try:
                lookback = self._lookbacks.get(timeout=POLL_S)
            except Empty:
                continue
            if lookback is None:
                return
            self._find(lookback)

    def _find(self, lookback: Lookback) -> None:
        late = lookback.late
        try:
            fix = self._store.fix_near(lookback.counterpart_unit, late.time_ms, self._within_ms)
        except Exception as error:  # one that fails must not cost those that come after it
            _log.warning("a late fix of order %s is not compared: %s", lookback.order, error)
        else:
            self._put(Found(lookback.order, late, fix, self._now_ms()))

    def _poll(self) -> None:
        try:
            head, last_hash = self._store.registry_head()
            for entry, item in self._store.changes(self._entry):
                self._put(Changed(item, self._now_ms()))
                self._entry = entry
            if head > self._head:
                self._put(Entered(head, last_hash.hex(), self._now_ms()))
                self._head = head
        except Exception as error:  # whatever it is, the next look may succeed
            failure = str(error) or repr(error)
            if failure != self.failure:
                _log.warning("the registry cannot be read: %s", failure)
            self.failure = failure
        else:
            self.failure = ""
