"""The link over a real socket, with a broker that is these few lines."""

import select
import socket

from firmware.backoff import Backoff
from firmware.link import DISCONNECTED, Link
from firmware.mqtt import CONNECTED, MESSAGE, PUBLISHED, Client

CONNACK = b"\x20\x02\x00\x00"
WAIT_MS = 5_000


class Broker:
    """Takes one connection; reads and says only what the test wants."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for port in range(28_831, 28_931):
            address = socket.getaddrinfo("127.0.0.1", port)[0][-1]
            try:
                self._listener.bind(address)
            except OSError:  # somebody else's
                continue
            self.port = port
            break
        self._listener.listen(1)

    def accept(self):
        self._connection = self._listener.accept()[0]

    def say(self, data):
        self._connection.send(data)

    def read(self, size):
        data = b""
        while len(data) < size:
            data += self._connection.recv(size - len(data))
        return data

    def hang_up(self):
        self._connection.close()

    def close(self):
        self._listener.close()


def linked(port, **options):
    """A link with its client and poller; the first wait is 700 ms, the next 1400 ms."""
    client = Client("B1", **options)
    poller = select.poll()
    link = Link(client, "127.0.0.1", port, Backoff(lambda n: n - 1, 701, 1401), poller)
    return link, client, poller


def until(link, poller, now_ms, kind):
    """Step until such an event comes; returns it."""
    for _ in range(10):
        for event in link.step(now_ms):
            if event[0] == kind:
                return event
        poller.poll(WAIT_MS)
    raise AssertionError("no " + kind)


def connected(broker, **options):
    link, client, poller = linked(broker.port, **options)
    assert link.step(0) == []
    broker.accept()
    broker.read(16)
    broker.say(CONNACK)
    assert until(link, poller, 0, CONNECTED) == (CONNECTED,)
    return link, client, poller


def test_nobody_there():
    broker = Broker()
    broker.close()
    link, _, poller = linked(broker.port)
    assert until(link, poller, 0, DISCONNECTED) == (DISCONNECTED, "econnrefused")
    assert link.due_ms == 700
    assert link.step(699) == []
    assert until(link, poller, 700, DISCONNECTED) == (DISCONNECTED, "econnrefused")
    assert link.due_ms == 2100
    assert link.counters == {"econnrefused": 2}


def test_a_name_that_does_not_exist():
    client = Client("B1")
    link = Link(client, "nowhere.invalid", 1883, Backoff(lambda n: n - 1), select.poll())
    events = link.step(0)
    assert events[0][0] == DISCONNECTED
    assert not client.online


def test_both_ways():
    broker = Broker()
    link, client, poller = connected(broker)
    client.publish("u", b"x")
    assert link.due_ms == 0  # there is something to write
    link.step(0)
    assert broker.read(8) == b"\x32\x06\x00\x01u\x00\x01x"
    broker.say(b"\x40\x02\x00\x01\x32\x06\x00\x01t\x00\x09y")
    assert until(link, poller, 0, PUBLISHED) == (PUBLISHED, 1)
    assert broker.read(4) == b"\x40\x02\x00\x09"
    broker.say(b"\x30\x04\x00\x01tz")
    assert until(link, poller, 0, MESSAGE) == (MESSAGE, "t", b"z")
    link.stop(0)
    assert broker.read(2) == b"\xe0\x00"
    broker.hang_up()
    broker.close()


def test_a_broker_that_hangs_up_or_talks_nonsense_is_left():
    for said, reason in (
        (b"", "closed"),
        (b"\x00\x00", "malformed"),
        (b"\x40\xff\x7f", "oversized"),
    ):
        broker = Broker()
        link, client, poller = connected(broker)
        broker.say(said)
        broker.hang_up()
        assert until(link, poller, 5_000, DISCONNECTED) == (DISCONNECTED, reason)
        assert not client.online
        broker.close()


def test_a_broker_that_never_stops_talking_leaves_time_for_the_rest():
    broker = Broker()
    link, _, poller = connected(broker)
    broker.say(b"\x32\x80\x80\x02\x00\x01t\x00\x07")  # 32 KB of one message
    left = 0x8000 - 5
    steps = 0
    heard = []
    while not heard:
        for _ in range(3):
            broker.say(bytes(min(left, 4_096)))
            left -= min(left, 4_096)
        poller.poll(WAIT_MS)
        heard += link.step(0)
        steps += 1
    assert steps > 2
    assert [event[:2] for event in heard] == [(MESSAGE, "t")]
    assert broker.read(4) == b"\x40\x02\x00\x07"
    link.stop(0)
    broker.hang_up()
    broker.close()


def test_a_connection_that_lasted_starts_the_waiting_anew():
    broker = Broker()
    link, _, poller = linked(broker.port)
    for now_ms, lasted_ms, wait_ms in ((0, 0, 700), (700, 9_999, 1400), (12_099, 10_000, 700)):
        link.step(now_ms)
        broker.accept()
        broker.hang_up()
        end_ms = now_ms + lasted_ms
        assert until(link, poller, end_ms, DISCONNECTED)[0] == DISCONNECTED
        assert link.due_ms == end_ms + wait_ms
    broker.close()


def test_a_broker_that_does_not_read_gets_every_packet_whole_in_the_end():
    broker = Broker()
    link, client, poller = connected(broker)
    published = 0
    while not client.sends:  # until one packet waits behind another that the socket did not take
        published += 1
        client.publish("u", bytes((published & 0xFF,)) * 4000)
        link.step(0)
        broker.say(b"\x40\x02" + published.to_bytes(2, "big"))
        poller.poll(WAIT_MS)
        link.step(0)
    assert link.due_ms > 0  # it waits for the socket, and does not spin
    for number in range(1, published + 1):
        assert broker.read(8) == b"\x32\xa5\x1f\x00\x01u" + number.to_bytes(2, "big")
        for _ in range(8):
            assert broker.read(500) == bytes((number & 0xFF,)) * 500
            link.step(0)
    link.stop(0)
    broker.hang_up()
    broker.close()
