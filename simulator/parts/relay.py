"""A link that somebody can pull: between one unit and its broker, up or down at a word."""

import socket
import threading
from contextlib import suppress

from host.base.loopback import LOOPBACK

_READ_BYTES = 4096


class Relay:
    """Listens on `port` of the loopback address from `start` until `stop`.

    While it is down nothing passes, and what was on its way is held, as TCP would send it again.
    """

    def __init__(self, host: str, port: int) -> None:
        self._broker = (host, port)
        self._up = threading.Event()
        self._up.set()
        self._listener = socket.socket()
        self._ends: list[socket.socket] = []
        self._stopped = False
        self.port = 0

    @property
    def up(self) -> bool:
        return self._up.is_set()

    def put(self, up: bool) -> None:
        """Pull the link, or put it back."""
        if up:
            self._up.set()
        else:
            self._up.clear()

    def start(self) -> None:
        self._listener.bind((LOOPBACK, 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def stop(self) -> None:
        """End all connections."""
        self._stopped = True
        self._up.set()
        for end in (self._listener, *self._ends):
            _close(end)

    def _accept(self) -> None:
        while not self._stopped:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._up.wait()
            try:
                far = socket.create_connection(self._broker, timeout=5)
            except OSError:  # no broker there: the unit finds its connection closed
                _close(near)
                continue
            far.settimeout(None)
            self._ends += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, reader: socket.socket, writer: socket.socket) -> None:
        with suppress(OSError):
            while said := reader.recv(_READ_BYTES):
                self._up.wait()
                writer.sendall(said)
        self._up.wait()  # the end of a connection is no news either, over a link that is down
        for end in (reader, writer):
            _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
