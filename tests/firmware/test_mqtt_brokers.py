"""The unit's MQTT client under both interpreters, against both brokers, over a line that fails."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import WORDS, in_its_heap
from firmware.tools.paths import ROOT
from host.base.loopback import LOOPBACK
from host.service.broker import Broker, MosquittoBroker

pytestmark = pytest.mark.live

PEER = "tests.firmware.on_device.mqtt_peer"
UNIT = "B1"
WITHIN_S = 20.0


class Line:
    """A relay in front of the broker, which can be cut, and frozen towards the unit."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._ends: list[socket.socket] = []
        self._thawed = threading.Event()
        self._thawed.set()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        """Every connection ends at once."""
        for end in self._ends:
            _hang_up(end)

    def freeze(self) -> None:
        """What the broker says no longer arrives; the connection looks as if it stood."""
        self._thawed.clear()

    def thaw(self) -> None:
        """It arrives again."""
        self._thawed.set()

    def close(self) -> None:
        """Accept no more, and cut."""
        _hang_up(self._listener)
        self._threads[0].join()
        self._listener.close()
        self.thaw()
        self.cut()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # hung up
            while True:
                unit, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(unit,)))
                self._threads[-1].start()

    def _serve(self, unit: socket.socket) -> None:
        with unit, contextlib.suppress(ConnectionRefusedError), socket.socket() as broker:
            broker.connect((LOOPBACK, self._target))
            self._ends += [unit, broker]
            back = threading.Thread(target=self._carry, args=(broker, unit, self._thawed.wait))
            back.start()
            self._carry(unit, broker, lambda: True)
            back.join()

    def _carry(
        self, source: socket.socket, sink: socket.socket, may_pass: Callable[[], bool]
    ) -> None:
        with contextlib.suppress(OSError):  # cut
            while (data := source.recv(4096)) and may_pass():
                sink.sendall(data)
        _hang_up(source)
        _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended by itself
        end.shutdown(socket.SHUT_RDWR)


class Unit:
    """A process that runs the peer; its lines are taken one by one."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "MICROPYPATH": ".frozen"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())

    def wait_for(self, *wanted: str) -> list[str]:
        """Returns the lines up to the last of those wanted, which come in this order."""
        seen: list[str] = []
        for start in wanted:
            while not (seen and seen[-1].startswith(start)):
                seen.append(self._lines.get(timeout=WITHIN_S))
        return seen

    def close(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Host:
    """The other side: hears the unit, and tells it what to do."""

    def __init__(self, port: int) -> None:
        self._heard: Queue[tuple[str, str]] = Queue()
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="host")
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [("up/+", 1), ("status/+", 1)]
        )
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _, __, m: self._heard.put((m.topic, m.payload.decode()))
        self._client.connect(LOOPBACK, port)
        self._client.loop_start()
        assert self._ready.wait(WITHIN_S)

    def tell(self, words: str) -> None:
        self._client.publish(f"down/{UNIT}", words, qos=1).wait_for_publish(WITHIN_S)

    def wait_until_back(self) -> None:
        """The broker was restarted, and this side has noticed."""
        self._ready.clear()
        assert self._ready.wait(WITHIN_S)

    def wait_for(self, *wanted: tuple[str, str]) -> list[tuple[str, str]]:
        """Returns all that is heard until everything wanted was."""
        heard: list[tuple[str, str]] = []
        while not set(wanted) <= set(heard):
            heard.append(self._heard.get(timeout=WITHIN_S))
        return heard

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(params=[Broker, MosquittoBroker], ids=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def line(broker: Broker) -> Iterator[Line]:
    with contextlib.closing(Line(broker.port)) as line:
        yield line


@pytest.fixture(params=[None, *WORDS], ids=["cpython", *map("micropython-{}-bit".format, WORDS)])
def unit(request: pytest.FixtureRequest, line: Line) -> Iterator[Unit]:
    if request.param is None:
        command, folder = [sys.executable, "-u"], ROOT
    else:
        command, folder = in_its_heap(request.param), compile_all()
    with contextlib.closing(Unit([*command, "-m", PEER, str(line.port), UNIT], folder)) as unit:
        yield unit


@pytest.fixture
def host(broker: Broker) -> Iterator[Host]:
    with contextlib.closing(Host(broker.port)) as host:
        yield host


def numbered(first: int, last: int) -> list[tuple[str, str]]:
    return [(f"up/{UNIT}", str(n)) for n in range(first, last + 1)]


ONLINE = (f"status/{UNIT}", "1")
OFFLINE = (f"status/{UNIT}", "0")


def test_both_ways_and_a_quiet_end(host: Host, unit: Unit) -> None:
    unit.wait_for("connected", "subscribed")
    host.wait_for(ONLINE)
    host.tell("say 20")
    assert host.wait_for(*numbered(0, 19)) == numbered(0, 19)
    unit.wait_for(*["published"] * 21)
    host.tell("stop")
    assert unit.process.wait(WITHIN_S) == 0
    host.tell("nobody hears this")
    assert host._heard.empty()  # no will after a DISCONNECT


def test_the_broker_tells_of_a_unit_that_dies(host: Host, unit: Unit) -> None:
    unit.wait_for("subscribed")
    host.wait_for(ONLINE)
    unit.process.kill()
    host.wait_for(OFFLINE)


def test_a_connection_that_is_cut_is_opened_again_and_subscribed(
    line: Line, host: Host, unit: Unit
) -> None:
    unit.wait_for("subscribed")
    host.wait_for(ONLINE)
    line.freeze()  # so that it cannot come back too soon
    line.cut()
    host.wait_for(OFFLINE)
    line.thaw()
    unit.wait_for("disconnected", "connected", "subscribed")
    host.wait_for(ONLINE)
    host.tell("say 3")
    host.wait_for(*numbered(0, 2))


def test_a_message_that_is_too_long_stands_in_no_later_ones_way(
    line: Line, host: Host, unit: Unit
) -> None:
    unit.wait_for("subscribed")
    for size in (600, 60_000):
        host.tell("x" * size)
        unit.wait_for("message")
        host.tell("say 1")
    host.wait_for(*numbered(0, 1))
    assert "disconnected" not in " ".join(unit.wait_for("published"))


def test_a_session_of_its_name_that_another_left_behind_does_no_harm(
    broker: Broker, host: Host, line: Line, unit: Unit
) -> None:
    unit.wait_for("subscribed")
    line.freeze()
    line.cut()
    impostor = paho.Client(CallbackAPIVersion.VERSION2, client_id=UNIT, clean_session=False)
    impostor.connect(LOOPBACK, broker.port)
    impostor.subscribe(f"down/{UNIT}", 1)
    impostor.loop_start()
    while not impostor.is_connected():
        pass
    impostor.unsubscribe(f"down/{UNIT}")
    impostor.disconnect()
    impostor.loop_stop()
    line.thaw()
    unit.wait_for("disconnected", "connected", "subscribed")
    host.tell("say 2")
    host.wait_for(*numbered(0, 1))


def test_nothing_is_lost_in_a_line_that_freezes(line: Line, host: Host, unit: Unit) -> None:
    # How much is unconfirmed at the freeze is chance; that it goes out again is held byte for byte
    # in on_device/test_mqtt.py.
    unit.wait_for("subscribed")
    host.wait_for(ONLINE)
    host.tell("say 20")
    unit.wait_for("message", "published")
    line.freeze()  # what it publishes arrives, but it does not hear so
    unit.wait_for("disconnected timed_out")
    line.thaw()
    unit.wait_for("connected")
    host.wait_for(*numbered(0, 19))


def test_a_broker_that_is_killed_and_comes_back(broker: Broker, host: Host, unit: Unit) -> None:
    unit.wait_for("subscribed")
    host.wait_for(ONLINE)
    os.kill(broker.pid, signal.SIGKILL)
    host.wait_until_back()
    unit.wait_for("disconnected", "connected")
    host.wait_for(ONLINE)
    host.tell("say 2")
    host.wait_for(*numbered(0, 1))
