"""A link that is pulled and put back."""

import socket
import threading
from collections.abc import Iterator

import pytest

from simulator.parts.relay import Relay

LITTLE_S = 0.2


@pytest.fixture
def ends() -> Iterator[tuple[Relay, socket.socket, socket.socket]]:
    """(relay, the unit's end, the broker's)."""
    with socket.create_server(("127.0.0.1", 0)) as broker:
        relay = Relay("127.0.0.1", broker.getsockname()[1])
        relay.start()
        with socket.create_connection(("127.0.0.1", relay.port)) as near:
            far, _ = broker.accept()
            with far:
                yield relay, near, far
        relay.stop()


def test_what_is_said_passes_both_ways(
    ends: tuple[Relay, socket.socket, socket.socket],
) -> None:
    _, near, far = ends
    near.sendall(b"up")
    assert far.recv(9) == b"up"
    far.sendall(b"down")
    assert near.recv(9) == b"down"


def test_a_link_that_is_down_holds_what_is_said(
    ends: tuple[Relay, socket.socket, socket.socket],
) -> None:
    relay, near, far = ends
    relay.put(up=False)
    near.sendall(b"held")
    far.settimeout(LITTLE_S)
    with pytest.raises(TimeoutError):
        far.recv(9)
    relay.put(up=True)
    far.settimeout(5)
    assert far.recv(9) == b"held"


def test_the_end_of_a_connection_passes_once_the_link_is_up(
    ends: tuple[Relay, socket.socket, socket.socket],
) -> None:
    relay, near, far = ends
    relay.put(up=False)
    near.shutdown(socket.SHUT_WR)
    far.settimeout(LITTLE_S)
    with pytest.raises(TimeoutError):
        far.recv(9)
    threading.Timer(LITTLE_S, relay.put, [True]).start()
    far.settimeout(5)
    assert far.recv(9) == b""


def test_without_a_broker_the_unit_finds_its_connection_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    relay = Relay("127.0.0.1", port)
    relay.start()
    with socket.create_connection(("127.0.0.1", relay.port)) as near:
        near.settimeout(5)
        assert near.recv(9) == b""
    relay.stop()
