"""Many runs on all cores of the machine, and how far they are."""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

PROGRESS_S = 10.0

One = TypeVar("One")
Come = TypeVar("Come")


def on_all_cores(
    play: Callable[[One], Come], what: Iterable[One], *, chunk: int, processes: int | None = None
) -> Iterator[Come]:
    """What each comes to, in their order. `chunk`: how many a process takes at a time; `processes`:
    as many as there are cores."""
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        yield from map(play, what)
        return
    with ProcessPoolExecutor(processes, initializer=_begin) as pool:
        yield from pool.map(play, what, chunksize=chunk)


def _begin() -> None:
    """A process that plays one after the other; each leaves little that is not freed by itself."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


class Progress:
    """Says now and then how far it is, and how long it will take. what: `worlds`, ..."""

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._began_s = self._said_s = time.monotonic()

    def __call__(self, done: int, note: str = "") -> None:
        """So many are done; `note`: what else there is to say."""
        now_s = time.monotonic()
        if now_s - self._said_s < PROGRESS_S:
            return
        self._said_s = now_s
        left_s = (now_s - self._began_s) / done * (self._total - done)
        told = f"... {done} of {self._total} {self._what}{note}, {left_s / 60:.0f} min left"
        print(told, file=sys.stderr)
