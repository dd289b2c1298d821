"""The MQTT client's connection: opened, served, given up, opened again. It never waits."""

import errno
import socket

from firmware.backoff import Backoff
from firmware.mqtt import Client
from protocol.errors import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from select import poll as Poller  # noqa: N812

    from firmware.mqtt import Event

POLLIN = 1
POLLOUT = 4

DISCONNECTED = "disconnected"  # an event: (DISCONNECTED, reason)

_READ_BYTES = 512
_READS = 16  # at a time
_STEADY_MS = 10_000  # a connection that lasted as long was a success
_NOT_YET = (errno.EAGAIN, errno.EINPROGRESS, errno.ENOTCONN)
_TCP = 6  # MicroPython's socket does not name these two
_NODELAY = 1


class Closed(WireError):
    """The server has hung up."""

    reason = "closed"


class Link:
    """Keeps `client` connected to `host`:`port`.

    poller: the select.poll that the board waits on; the link's socket is registered there while
    there is one. Call `step` when it wakes, and at `due_ms` at the latest.
    counters: {reason: connections that ended so}
    """

    def __init__(
        self, client: Client, host: str, port: int, backoff: Backoff, poller: "Poller"
    ) -> None:
        self.counters: dict[str, int] = {}
        self._client = client
        self._host = host
        self._port = port
        self._backoff = backoff
        self._poller = poller
        self._socket: socket.socket | None = None
        self._unsent = b""  # the rest of a packet that the socket did not take whole
        self._opened_ms = 0
        self._retry_ms = 0

    @property
    def due_ms(self) -> int:
        """When `step` has something to do, whatever the socket says."""
        if self._socket is None:
            return self._retry_ms
        return 0 if self._client.sends and not self._unsent else self._client.due_ms

    def step(self, now_ms: int) -> "list[Event]":
        """Do all that can be done now. Returns the client's events, and DISCONNECTED."""
        events: list[Event] = []
        if self._socket is None and now_ms < self._retry_ms:
            return events
        try:
            connection = self._socket or self._open(now_ms)
            self._client.tick(now_ms)
            self._write(connection)
            self._read(connection, events)
            self._write(connection)
        except WireError as error:
            events.append(self._close(error.reason, now_ms))
        except OSError as error:
            name = errno.errorcode.get(error.errno, "unreachable")
            events.append(self._close(name.lower(), now_ms))
        return events

    def stop(self, now_ms: int) -> None:
        """Leave in peace, as far as the socket takes it at once."""
        if self._socket:
            self._client.disconnect()
            self.step(now_ms)
            self._close("stopped", now_ms)

    def _open(self, now_ms: int) -> socket.socket:
        self._opened_ms = now_ms
        self._unsent = b""
        # Looking up a name waits for the resolver; a board's watchdog must bear that.
        family, kind, _, _, address = socket.getaddrinfo(
            self._host, self._port, 0, socket.SOCK_STREAM
        )[0]
        self._socket = connection = socket.socket(family, kind)
        self._poller.register(connection, POLLIN | POLLOUT)
        self._client.connect(now_ms)
        connection.setblocking(False)
        connection.setsockopt(_TCP, _NODELAY, 1)
        try:
            connection.connect(address)
        except OSError as error:
            if error.errno not in _NOT_YET:
                raise
        return connection

    def _write(self, connection: socket.socket) -> None:
        """Write packets, one write each, until there are no more or the socket takes no more."""
        while True:
            packet = self._unsent or self._client.outgoing()
            if not packet:
                break
            try:
                sent = connection.send(packet)
            except OSError as error:
                if error.errno not in _NOT_YET:
                    raise
                sent = 0
            self._unsent = bytes(packet[sent:])
            if self._unsent:
                break
        self._poller.modify(connection, POLLIN | POLLOUT if self._unsent else POLLIN)

    def _read(self, connection: socket.socket, events: "list[Event]") -> None:
        """Read what there is, but not for ever: the poller wakes for the rest."""
        for _ in range(_READS):
            try:
                data = connection.recv(_READ_BYTES)
            except OSError as error:
                if error.errno not in _NOT_YET:
                    raise
                return
            if not data:
                raise Closed
            events.extend(self._client.feed(data))

    def _close(self, reason: str, now_ms: int) -> tuple[str, str]:
        if self._socket:
            self._poller.unregister(self._socket)
            self._socket.close()
            self._socket = None
        self._client.lost()
        if now_ms - self._opened_ms >= _STEADY_MS:
            self._backoff.reset()
        self._retry_ms = now_ms + self._backoff.next_ms()
        self.counters[reason] = self.counters.get(reason, 0) + 1
        return DISCONNECTED, reason
