"""Units as raw sockets: packets made ahead, written as they are, answers only counted.

A client library would cost more than what is measured. MQTT 3.1.1, sections 3.1 to 3.8.
"""

import socket

_CONNECT, _CONNACK, _PUBLISH, _SUBSCRIBE = 0x10, 0x20, 0x30, 0x82
_AT_LEAST_ONCE = 0x02
_CLEAN = 0x02


class RawUnit:
    """One connected unit, subscribed to its own commands."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._publishes = 0
        self.socket.sendall(
            _packet(_CONNECT, _text("MQTT") + bytes([4, _CLEAN, 0, 0]) + _text(name))
        )
        self._expect(_CONNACK)
        self.socket.sendall(_packet(_SUBSCRIBE, b"\x00\x01" + _text(f"down/{name}") + bytes([0])))
        self._expect(0x90)
        self.socket.setblocking(False)

    def publish_packet(self, payload: bytes) -> bytes:
        """A record message as it goes over the wire, at QoS 1."""
        self._publishes += 1
        head = _text(f"up/{self.name}") + (self._publishes % 65_535 + 1).to_bytes(2, "big")
        return _packet(_PUBLISH | _AT_LEAST_ONCE, head + payload)

    def send(self, data: bytes) -> None:
        """Write all of it, however long that takes."""
        self.socket.setblocking(True)
        self.socket.sendall(data)
        self.socket.setblocking(False)

    def commands(self) -> int:
        """How many commands have come since the last call."""
        try:
            self._received += self.socket.recv(65_536)
        except BlockingIOError:
            return 0
        return sum(head & 0xF0 == _PUBLISH for head, _ in self._packets())

    def _packets(self) -> list[tuple[int, bytes]]:
        packets, self._received = split(self._received)
        return packets

    def _expect(self, kind: int) -> None:
        while not any(head == kind for head, _ in self._packets()):
            self._received += self.socket.recv(4096)


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The packets in `data`, each its first byte and its body, and what is left: part of one."""
    packets, at = [], 0
    while at + 2 <= len(data):
        length, size = data[at + 1], 2
        if length & 0x80:
            if at + 3 > len(data):
                break
            length, size = (length & 0x7F) + (data[at + 2] << 7), 3
        if at + size + length > len(data):
            break
        packets.append((data[at], data[at + size : at + size + length]))
        at += size + length
    return packets, data[at:]


def _text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def _packet(head: int, body: bytes) -> bytes:
    length, digits = len(body), bytearray()
    while True:
        length, digit = length >> 7, length & 0x7F
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([head]) + bytes(digits) + body
