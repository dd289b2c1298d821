"""A serial cable between two programs: two raw pseudo-terminals, and a thread that carries bytes.

Each end is a terminal of its own, as a host's serial port and a unit's are, so that both can be
opened by name, and one of them for its holder alone.
"""

import contextlib
import os
import pty
import select
import threading
import tty
from types import TracebackType
from typing import Self

_READ_BYTES = 4096


class Cable:
    """`host_end` and `unit_end` are paths. Use as a context manager."""

    def __init__(self) -> None:
        self._far, self._near = zip(pty.openpty(), pty.openpty(), strict=True)
        for slave in self._near:
            tty.setraw(slave)  # or it would echo, and turn line ends into others
        self.host_end, self.unit_end = map(os.ttyname, self._near)
        self._ended, self._end = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="cable", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._end)
        self._thread.join()
        for descriptor in (*self._far, *self._near, self._ended):
            os.close(descriptor)

    def _carry(self) -> None:
        one, other = self._far
        to = {one: other, other: one}
        while True:
            ready, _, _ = select.select([one, other, self._ended], [], [])
            if self._ended in ready:
                return
            for end in ready:
                with contextlib.suppress(OSError):  # nobody has the other end open
                    os.write(to[end], os.read(end, _READ_BYTES))
