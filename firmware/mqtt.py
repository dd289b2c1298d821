"""The client's side of MQTT 3.1.1 (OASIS, 2014), without any I/O: bytes in, events and bytes out.

What a unit needs of it: a last will, QoS 1 on the way up and 0 on the way down. No session is kept:
what matters is said again end to end, and what a broker has kept can keep a unit deaf. Whoever
drives it (firmware/link.py) opens a connection, calls `connect`, writes what `outgoing` hands out,
one write per packet, feeds what it reads, and calls `tick` often; when any of them raises a
WireError, or the connection ends, it calls `lost`. Numbers in brackets are the standard's sections.
"""

from firmware import mqtt_packets as packets
from firmware.utc import NEVER_MS
from protocol.errors import Oversized, WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # MicroPython has none

    Event = tuple[Any, ...]

# Events, as `feed` returns them
CONNECTED = "connected"  # (CONNECTED,)
SUBSCRIBED = "subscribed"  # (SUBSCRIBED,)
PUBLISHED = "published"  # (PUBLISHED, packet id): the broker has it
MESSAGE = "message"  # (MESSAGE, topic, payload); what is too long is cut

_CONNACK = 2
_PUBLISH = 3
_PUBACK = 4
_SUBACK = 9
_PINGRESP = 13

# A carrier may forget a connection that is idle, and tell nobody. What comes of that is given up in
# half the time, and idle ones are pinged twice as often from then on; each answer to a ping allows
# a little more again.
PING_MORE_MS = 50

_OFFLINE = 0
_CONNECTING = 1
_ONLINE = 2


class Malformed(WireError):
    """What no server may send to this client."""


class Refused(WireError):
    """The server does not want this client [3.2.2.3], or not this subscription [3.9.3]."""

    reason = "refused"


class TimedOut(WireError):
    """An answer did not come: the connection is dead, whatever the socket says."""

    reason = "timed_out"


class Client:
    """One unit's messages, which outlive connections.

    topics: what it subscribes to, with QoS 0
    will: (topic, payload), which the broker publishes, retained, when the unit falls silent
    window: messages that may be on their way to the broker at a time
    packet_bytes_max: how much of a packet is kept; commands are short. A longer message is read to
        its end and acknowledged all the same, or its sender would send it again for ever
    """

    def __init__(
        self,
        client_id: str,
        topics: tuple[str, ...] = (),
        will: tuple[str, bytes] | None = None,
        user: str = "",
        password: str = "",
        keep_alive_s: int = 60,
        reply_ms: int = 20_000,
        window: int = 4,
        packet_bytes_max: int = 128,
    ) -> None:
        self._topics = topics
        self._connect = packets.connect(client_id, will, user, password, keep_alive_s)
        self._ping_most_ms = self._ping_ms = keep_alive_s * 750  # so that it is never late
        self._reply_ms = reply_ms
        self._window = window
        self._body = bytearray(packet_bytes_max)
        self._state = _OFFLINE
        self._now_ms = 0
        self._packet_id = 0
        self._subscribe_id = 0  # of the SUBSCRIBE on its way
        self._outgoing: list[bytes | bytearray] = []
        self._in_flight: list[tuple[int, bytearray]] = []  # PUBLISH packets without PUBACK
        self._since_ms: dict[str, int] = {}  # what is waited for

    @property
    def online(self) -> bool:
        """Whether the broker has accepted the connection."""
        return self._state == _ONLINE

    @property
    def room(self) -> int:
        """How many more messages may be published now."""
        return self._window - len(self._in_flight)

    @property
    def sends(self) -> bool:
        """Whether there is something to write."""
        return bool(self._outgoing)

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do."""
        if self._state == _OFFLINE:
            return NEVER_MS
        due_ms = self._quiet_ms + self._ping_ms if self._pings() else NEVER_MS
        for since_ms in self._awaited().values():
            due_ms = min(due_ms, since_ms + self._patience_ms(since_ms))
        return due_ms

    def connect(self, now_ms: int) -> None:
        """A connection is being opened: the CONNECT [3.1] is the first to go out."""
        self._now_ms = self._spoke_ms = self._heard_ms = now_ms
        self._state = _CONNECTING
        self._since_ms = {"CONNACK": now_ms}
        self._outgoing = [self._connect]
        self._head = 0
        self._in_body = False

    def lost(self) -> None:
        """The connection is gone: what was on its way goes out again over the next one."""
        self._state = _OFFLINE
        self._outgoing = []

    def disconnect(self) -> None:
        """Leave in peace: the broker drops the will [3.14]. Close after writing what goes out."""
        self._outgoing.append(packets.DISCONNECT)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> int:
        """Send with QoS 1, now or once online. Returns the packet id that PUBLISHED will name.

        Raises ValueError when there is no `room`.
        """
        if self.room <= 0:
            raise ValueError("%d messages are on their way, as many as may be" % self._window)
        packet_id = self._next_id()
        packet = packets.publish(packet_id, topic, payload, retain)
        self._in_flight.append((packet_id, packet))
        if self.online:
            self._send(packet)
        return packet_id

    def outgoing(self) -> bytes | bytearray | None:
        """The next packet to write, in one write; None when there is none."""
        if not self._outgoing:
            return None
        self._spoke_ms = self._now_ms
        return self._outgoing.pop(0)

    def tick(self, now_ms: int) -> None:
        """Take note of the time: ping [3.1.2.10], and raise TimedOut for what did not come."""
        self._now_ms = now_ms
        if self._state == _OFFLINE:
            return
        for what, since_ms in self._awaited().items():
            patience_ms = self._patience_ms(since_ms)
            if now_ms - since_ms >= patience_ms:
                if patience_ms < self._reply_ms:
                    self._ping_ms //= 2
                raise TimedOut("no %s in %d ms" % (what, now_ms - since_ms))
        if self._pings() and now_ms - self._quiet_ms >= self._ping_ms:
            self._outgoing.append(packets.PINGREQ)
            self._since_ms["PINGRESP"] = now_ms

    def feed(self, data: bytes) -> "list[Event]":
        """Take bytes from the server, cut anywhere. Returns the events that they complete."""
        events: list[Event] = []
        self._heard_ms = self._now_ms
        at = 0
        while at < len(data):
            if self._in_body:
                count = min(self._length - self._filled, len(data) - at)
                kept = min(count, len(self._body) - self._filled)
                if kept > 0:
                    self._body[self._filled : self._filled + kept] = data[at : at + kept]
                self._filled += count
                at += count
            else:
                self._fixed_header(data[at])
                at += 1
            if self._in_body and self._filled == self._length:
                head, self._head = self._head, 0
                self._in_body = False
                kept = min(self._length, len(self._body))
                if kept < self._length:
                    for what in self._since_ms:  # no other reply could come meanwhile
                        self._since_ms[what] = self._now_ms
                self._packet(head, bytes(memoryview(self._body)[:kept]), events)
        return events

    # What comes in

    def _fixed_header(self, byte: int) -> None:
        """Type and flags, then one to four bytes of length, seven bits each [2.2]."""
        if not self._head:
            if byte == 0:
                raise Malformed("packet type 0")
            self._head = byte
            self._length = self._shift = 0
            return
        self._length |= (byte & 0x7F) << self._shift
        self._shift += 7
        if byte & 0x80 == 0:
            self._in_body = True
            self._filled = 0
            if self._length > len(self._body) and self._head >> 4 != _PUBLISH:
                raise Oversized("%d bytes, at most %d" % (self._length, len(self._body)))
        elif self._shift > 21:
            raise Malformed("a length of more than four bytes")

    def _packet(self, head: int, body: bytes, events: "list[Event]") -> None:
        kind = head >> 4
        if (kind == _CONNACK) != (self._state == _CONNECTING):
            raise Malformed("packet type %d, out of order" % kind)
        if kind == _PUBLISH:
            events.append(self._received(head, body))
        elif head & 0x0F:
            raise Malformed("packet type %d with flags %d" % (kind, head & 0x0F))
        elif kind == _CONNACK and len(body) == 2:
            events.append(self._accepted(body))
        elif kind == _PUBACK and len(body) == 2:
            self._acknowledged(int.from_bytes(body, "big"), events)
        elif kind == _SUBACK and len(body) == 2 + len(self._topics):
            events.append(self._granted(body))
        elif kind == _PINGRESP and not body:
            self._since_ms.pop("PINGRESP", None)
            self._ping_ms = min(self._ping_ms + PING_MORE_MS, self._ping_most_ms)
        else:
            raise Malformed("packet type %d with %d bytes" % (kind, len(body)))

    def _accepted(self, body: bytes) -> "Event":
        """CONNACK [3.2]."""
        present, code = body[0], body[1]
        if code:
            raise Refused("connection refused, code %d" % code)
        if present > 1:
            raise Malformed("CONNACK with flags %d" % present)
        self._state = _ONLINE
        self._since_ms = {}
        if self._topics:  # each time: it may be lost while all else stands [3.8.4]
            self._subscribe_id = self._next_id()
            self._outgoing.append(packets.subscribe(self._subscribe_id, self._topics))
            self._since_ms["SUBACK"] = self._now_ms
        for _, packet in self._in_flight:
            self._send(packet)
        return (CONNECTED,)

    def _received(self, head: int, body: bytes) -> "Event":
        """PUBLISH [3.3]; should it come with QoS 1 it is acknowledged at once."""
        qos = head >> 1 & 3
        if qos > 1:
            raise Malformed("QoS %d, asked was for 0" % qos)
        end = 2 + int.from_bytes(body[:2], "big")
        start = end + 2 * qos
        if end < 3 or start > len(body):
            raise Malformed("PUBLISH of %d bytes with a topic of %d" % (len(body), end - 2))
        try:
            topic = body[2:end].decode()
        except UnicodeError:
            raise Malformed("a topic that is no UTF-8") from None
        if qos:
            packet_id = body[end:start]
            if packet_id == b"\x00\x00":
                raise Malformed("packet id 0")
            self._outgoing.append(packets.puback(packet_id))
        return MESSAGE, topic, body[start:]

    def _acknowledged(self, packet_id: int, events: "list[Event]") -> None:
        """PUBACK [3.4]; one for what is not on its way says nothing new."""
        for i in range(len(self._in_flight)):
            if self._in_flight[i][0] == packet_id:
                self._in_flight.pop(i)
                self._since_ms.pop("PUBACK", None)
                if self._in_flight:
                    self._since_ms["PUBACK"] = self._now_ms
                events.append((PUBLISHED, packet_id))
                return

    def _granted(self, body: bytes) -> "Event":
        """SUBACK [3.9]: every topic is granted, or the connection is of no use."""
        if int.from_bytes(body[:2], "big") != self._subscribe_id:
            raise Malformed("SUBACK for another SUBSCRIBE")
        for topic, code in zip(self._topics, body[2:]):
            if code > 1:
                raise Refused("subscription to %s refused, code %d" % (topic, code))
        self._since_ms.pop("SUBACK", None)
        return (SUBSCRIBED,)

    # What goes out

    def _send(self, packet: bytearray) -> None:
        self._outgoing.append(packet)
        if "PUBACK" not in self._since_ms:
            self._since_ms["PUBACK"] = self._now_ms

    def _next_id(self) -> int:
        """A packet id that is not in use, never 0 [2.3.1]."""
        while True:
            self._packet_id = self._packet_id % 0xFFFF + 1
            used = any(packet_id == self._packet_id for packet_id, _ in self._in_flight)
            if not used and self._packet_id != self._subscribe_id:
                return self._packet_id

    @property
    def _quiet_ms(self) -> int:
        """Since when one side says nothing."""
        return min(self._spoke_ms, self._heard_ms)

    def _pings(self) -> bool:
        return self.online and "PINGRESP" not in self._awaited()

    def _patience_ms(self, since_ms: int) -> int:
        """For how long to wait for a reply: half as long on a connection that was idle."""
        idle = since_ms - self._heard_ms >= self._reply_ms
        return self._reply_ms // 2 if idle else self._reply_ms

    def _awaited(self) -> dict[str, int]:
        """What is waited for, and since when: of a packet begun first of all its rest."""
        return {"rest of a packet": self._heard_ms} if self._in_body else self._since_ms
