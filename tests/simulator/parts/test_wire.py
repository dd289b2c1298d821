import socket
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from simulator.parts.network import Link
from simulator.parts.wire import Wire
from simulator.scenario.schema.units import Cut, Network
from simulator.worlds.pace import Pace

PINGREQ = b"\xc0\x00"
PUBACK_7 = b"\x40\x02\x00\x07"


def _publish(payload: bytes, packet_id: int = 7) -> bytes:
    body = b"\x00\x05up/B1" + packet_id.to_bytes(2, "big") + payload
    return bytes([0x32, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


class Rig:
    """A unit's socket, the wire, and a socket where a broker would be."""

    def __init__(self, **network: object) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        settings = {**Network().__dict__, "latency_ms": 0, "jitter_ms": 0, **network}
        link = Link(1, "B1", Network.model_construct(**settings), 0)
        port = self._listener.getsockname()[1]
        # A hundred times as fast, so that seconds of the network take hundredths.
        self._wire = Wire(port, {"B1": link}, Pace(0, monotonic(), 100.0))
        self._wire.start()
        self.unit = socket.create_connection(("127.0.0.1", self._wire.port_of["B1"]), 5)
        self.broker, _ = self._listener.accept()
        self.broker.settimeout(5)

    def close(self) -> None:
        self._wire.stop()
        for one in (self.unit, self.broker, self._listener):
            one.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.close()


def _read(end: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = end.recv(size - len(data))
        assert more, f"the connection ended after {data!r}"
        data += more
    return data


def test_packets_pass_whole_and_in_order_however_they_are_cut(rig: Rig) -> None:
    sent = b"".join(_publish(bytes(300), number) + PINGREQ for number in range(1, 20))
    for at in range(0, len(sent), 97):
        rig.unit.sendall(sent[at : at + 97])
    assert _read(rig.broker, len(sent)) == sent
    rig.broker.sendall(sent)
    assert _read(rig.unit, len(sent)) == sent


def test_the_end_of_a_connection_comes_after_what_was_sent(rig: Rig) -> None:
    rig.unit.sendall(PINGREQ)
    rig.unit.close()
    assert _read(rig.broker, 2) == PINGREQ
    assert rig.broker.recv(1) == b""


def test_what_is_lost_is_acknowledged_all_the_same() -> None:
    rig = Rig(loss=1)
    rig.unit.sendall(_publish(b"x") + PINGREQ)
    assert _read(rig.unit, 4) == PUBACK_7
    assert _read(rig.broker, 2) == PINGREQ
    rig.close()


def test_what_is_doubled_arrives_twice() -> None:
    rig = Rig(duplicate=1)
    packet = _publish(b"x")
    rig.unit.sendall(packet)
    assert _read(rig.broker, 2 * len(packet)) == 2 * packet
    rig.close()


def test_a_cut_holds_back_what_is_on_its_way() -> None:
    rig = Rig(cuts=(Cut(from_s=0, until_s=60),))
    rig.unit.sendall(PINGREQ)
    rig.broker.settimeout(0.2)
    with pytest.raises(TimeoutError):
        rig.broker.recv(1)
    rig.broker.settimeout(5)
    assert _read(rig.broker, 2) == PINGREQ
    rig.close()


def test_a_connection_that_was_idle_is_forgotten_and_nobody_told() -> None:
    rig = Rig(forgets_idle_s=30)
    rig.unit.sendall(PINGREQ)
    assert _read(rig.broker, 2) == PINGREQ
    sleep(0.4)  # 40 s of the network
    rig.broker.sendall(PINGREQ)
    rig.unit.sendall(PINGREQ)
    for end in (rig.unit, rig.broker):
        end.settimeout(0.2)
        with pytest.raises(TimeoutError):
            end.recv(1)
    rig.unit.close()
    with pytest.raises(TimeoutError):
        rig.broker.recv(1)
    rig.close()


def test_a_broker_that_is_gone_ends_the_units_connection() -> None:
    rig = Rig()
    rig.broker.close()
    assert rig.unit.recv(1) == b""
    rig.close()
