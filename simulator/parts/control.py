"""Words for a program that runs: from its terminal, line by line, and over a socket beside it."""

import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, TextIO

from host.base.errors import UsageError

SOCKET_PATH_MAX = 100  # bytes of a path: unix(7) has room for 107


class Word(NamedTuple):
    """A line, and whom to answer."""

    line: str
    answer: Callable[[str], None]


class Control:
    """`words` fills from `start` until `stop`. `path`: of the socket; None for none."""

    def __init__(self, path: Path | None, terminal: TextIO = sys.stdin) -> None:
        self.words: SimpleQueue[Word] = SimpleQueue()
        self._path = path
        self._terminal = terminal
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Raises UsageError for a path that no socket can have."""
        threading.Thread(target=self._read_terminal, name="terminal", daemon=True).start()
        if self._path is not None:
            self._listener = _listen(self._path)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        if self._listener is not None and self._path is not None:
            self._listener.close()
            self._path.unlink(missing_ok=True)

    def _read_terminal(self) -> None:
        for line in self._terminal:
            if line.strip():
                self.words.put(Word(line.strip(), lambda said: print(said, flush=True)))

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rw", encoding="utf-8") as lines, suppress(OSError):
            for line in lines:
                told: SimpleQueue[str] = SimpleQueue()
                self.words.put(Word(line.strip(), told.put))
                lines.write(f"{told.get()}\n")
                lines.flush()


def _listen(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        raise UsageError(f"--control {path}: a socket's path has {SOCKET_PATH_MAX} bytes at most")
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(f"--control {path}: {error.strerror}") from error
    return listener
