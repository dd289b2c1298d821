"""The thread that commits: whatever has come since the last commit goes into the next one."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from host.core.outcome import Outcome
from host.store.failure import StoreDown, StoreRefused
from host.store.log import Log

_RETRY_S = (0.05, 1.0)
_GROUP_RECORDS_MAX = 20_000

_Waiting = tuple[Outcome, "Future[None]"]


class Writer:
    """Commits outcomes in the order in which they were submitted.

    A store that is down is tried again until it is up; `failure` says meanwhile what is wrong.
    After an outcome that cannot be stored none is, until `resume`: each builds on the one before.
    `on_change` is told, on the writer's thread, whenever `failure` changes; `took`, how many
    seconds a commit took.
    """

    def __init__(
        self,
        log: Log,
        on_change: Callable[[str], None] = lambda _: None,
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.failure = ""
        self._refusal: StoreRefused | None = None
        self._log = log
        self._on_change = on_change
        self._took = took
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, outcome: Outcome) -> "Future[None]":
        """Done when the outcome is durable. Its exception is a StoreRefused, should it or one
        before it be impossible to store, or a StoreDown when the writer is stopped before."""
        future: Future[None] = Future()
        self._queue.put((outcome, future))
        return future

    def resume(self) -> None:
        """What is submitted from now on builds on what is stored."""
        self._refusal = None

    def stop(self) -> None:
        """Commit what has been submitted (once more, if the store is down), and end."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            group, ends = self._next_group()
            if group:
                self._commit(group)
            if ends:
                return

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        group: list[_Waiting] = []
        records = 0
        item = self._queue.get()
        while item is not None:
            group.append(item)
            records += len(item[0].records)
            if records >= _GROUP_RECORDS_MAX:
                return group, False
            try:
                item = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Waiting]) -> None:
        pause_s, longest_s = _RETRY_S
        while True:
            if self._refusal is not None:
                for _, future in group:
                    future.set_exception(self._refusal)
                return
            began = time.monotonic()
            try:
                self._log.commit([outcome for outcome, _ in group])
            except StoreDown as error:
                self._tell(str(error))
                if self._stopping.wait(pause_s):
                    for _, future in group:
                        future.set_exception(error)
                    return
                pause_s = min(2 * pause_s, longest_s)
            except Exception as error:  # whatever it is: a commit must end, or all wait for ever
                if len(group) > 1:
                    for one in group:  # those before the bad one must not go down with it
                        self._commit([one])
                    return
                self._refusal = StoreRefused(str(error) or repr(error))
            else:
                self._took(time.monotonic() - began)
                self._tell("")
                for _, future in group:
                    future.set_result(None)
                return

    def _tell(self, failure: str) -> None:
        if failure != self.failure:
            self.failure = failure
            self._on_change(failure)
