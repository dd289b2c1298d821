"""All units come at once, as when their broker has fallen: each connects, subscribes, reports, and
is answered."""

import resource
import selectors
import socket
import time
from multiprocessing.connection import Connection

from firmware import mqtt_packets as packets
from host.base.clock import Clock
from host.base.loopback import LOOPBACK
from host.service.broker import Broker, MosquittoBroker
from protocol import topics
from protocol.contact import keep_alive_s
from protocol.seal import login
from tests.benchmarks.alone import alone
from tests.benchmarks.figure import Figure
from tests.benchmarks.hosted import beside, hosted, wait_for_go
from tests.benchmarks.load import Fleet, key_of
from tests.benchmarks.raw_units import split

ORDERS = 5_000
_FILES = 4 * ORDERS  # descriptors, of the broker too, which inherits the limit
_UNDER_WAY_MAX = 500  # that connect at a time: what a socket's queue of callers bears
_STALLED_S = 20.0
_CONNACK, _SUBACK, _PUBLISH = 0x20, 0x90, 0x30
_REFUSED = 0x80


def run(runs: int) -> list[Figure]:
    """On both brokers."""
    return [
        Figure(
            f"{2 * ORDERS:,} units come at once, all answered: {broker.program}",
            "s",
            tuple(alone(seconds, broker) for _ in range(runs)),
        )
        for broker in (Broker, MosquittoBroker)
    ]


def seconds(broker: type[Broker]) -> float:
    """From the first connection to the last answer, at a broker that asks for logins."""
    _raise_limit()
    with hosted(Fleet(ORDERS).registry(), broker=broker, guarded=True) as host:
        took_s, answered = beside(_come, host.port)
    if answered < 2 * ORDERS:
        raise RuntimeError(f"{broker.program}: of {2 * ORDERS} units {answered} were answered")
    return float(took_s)


class _Comer:
    """One unit on its way in."""

    def __init__(self, name: str, password: str, report: bytes, number: int) -> None:
        will = (topics.status(name), b"0")
        keep_alive = keep_alive_s(number % 2 == 0)
        self._next = [
            (0, packets.connect(name, will, name, password, keep_alive)),
            (_CONNACK, packets.subscribe(1, (topics.down(name),))),
            (_SUBACK, packets.publish(2, topics.up(name), report, False)),
        ]
        self._received = b""
        self.socket = socket.socket()
        self.socket.setblocking(False)

    def connect(self, port: int) -> None:
        self.socket.connect_ex((LOOPBACK, port))

    def write(self) -> None:
        """The connection stands."""
        self._send()

    def read(self) -> bool:
        """Something has come. Returns whether the answer has. Raises RuntimeError if refused."""
        data = self.socket.recv(4096)
        if not data:
            raise RuntimeError("the broker ends the connection")
        found, self._received = split(self._received + data)
        for head, body in found:
            if head & 0xF0 == _PUBLISH:
                return True
            if head in (_CONNACK, _SUBACK) and body[-1] & (_REFUSED if head == _SUBACK else 0xFF):
                raise RuntimeError(f"the broker refuses: {head:#x} {body.hex()}")
            if self._next and head == self._next[0][0]:
                self._send()
        return False

    def _send(self) -> None:
        self.socket.sendall(self._next.pop(0)[1])


def _come(pipe: Connection, port: int) -> None:
    _raise_limit()
    fleet, now_ms = Fleet(ORDERS), Clock().now_ms()
    waiting = []
    for n in range(2 * ORDERS):
        name = fleet.name(n)
        waiting.append(_Comer(name, login(key_of(n), name, 1), fleet.fix(n, now_ms), n))
    came: list[_Comer] = []  # kept: a unit stays connected
    poll, under_way = selectors.DefaultSelector(), 0
    began = ended = wait_for_go(pipe)
    answered = 0
    while answered < 2 * ORDERS:
        while waiting and under_way < _UNDER_WAY_MAX:
            comer = waiting.pop()
            came.append(comer)
            comer.connect(port)
            poll.register(comer.socket, selectors.EVENT_WRITE, comer)
            under_way += 1
        ready = poll.select(_STALLED_S)
        if not ready:
            break
        for key, _ in ready:
            comer = key.data
            if key.events == selectors.EVENT_WRITE:
                comer.write()
                poll.modify(comer.socket, selectors.EVENT_READ, comer)
                under_way -= 1
            elif comer.read():
                answered += 1
                poll.unregister(comer.socket)
        ended = time.perf_counter()
    pipe.send((ended - began, answered))


def _raise_limit() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < _FILES:
        raise RuntimeError(f"{_FILES} open files are needed, {most} are allowed: see ulimit -n")
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, most))
