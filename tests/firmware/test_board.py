"""The whole unit as it ships: MicroPython in a capped heap, a real broker, a real serial port."""

import itertools
import json
import os
import signal
import subprocess
import threading
import time
from binascii import crc32
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.flash import FileFlash
from firmware.identity import Identity, adopt
from firmware.inputs import NEW, STILL_LATCHED
from firmware.storage import open_settings
from host import provision
from host.broker import LOOPBACK, Broker, free_port
from host.registry import Role, Unit
from protocol import command, record, topics
from protocol.seal import down_channel, up_channel
from simulator.bytecode import compile_all
from simulator.cable import Cable
from simulator.micropython import EXECUTABLE
from simulator.noise import Sight
from simulator.receiver import epoch

pytestmark = pytest.mark.live

HEAP = "128K"
START_MS = 1_780_000_000_000
SPOT = (146349150, -905068820)
WITHIN_S = 20.0
STARVED = 70  # the exit status that firmware/boards/unix.py gives a starved run


class Board:
    """One run of the unit's process; `lines` is all that it said, `errors` its traceback."""

    errors = ""

    def __init__(self, code: Path, folder: Path, **config: Any) -> None:
        file = folder / "unit.json"
        clock = {"epoch_ms": START_MS, "speed": 10}
        file.write_text(json.dumps({"flash": str(folder / "flash"), "clock": clock, **config}))
        self.lines: list[str] = []
        self._said: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [EXECUTABLE, "-X", f"heapsize={HEAP}", "-m", "firmware.main", str(file)],
            cwd=code,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._epochs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.ends()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            self._said.put(line.rstrip())

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")

    def gnss(self) -> None:
        """One epoch of the receiver, a second after the last."""
        self._epochs += 1
        at_ms = START_MS + 1000 * self._epochs
        self.say("gnss " + epoch(Sight(SPOT, 1.0, 4.0, 0), at_ms, 0.0, 0.0).hex())

    def expect(self, start: str) -> str:
        """Wait for a line that begins so."""
        deadline = time.monotonic() + WITHIN_S
        while True:
            try:
                line = self._said.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                pytest.fail(f"no line {start!r}; said was {self.lines}")
            if line.startswith(start):
                return line

    def ends(self) -> tuple[int, str]:
        """Wait for the process to end; its exit status and traceback."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        status = self.process.wait(WITHIN_S)
        if not self.process.stderr.closed:
            self.errors = self.process.stderr.read()
        self._listener.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return status, self.errors

    def stop(self) -> None:
        self.say("stop")
        assert self.ends() == (0, "")

    def kill(self) -> None:
        self.process.kill()
        assert self.ends()[0] == -signal.SIGKILL


class Host:
    """The least that a host must do: judge, keep, answer."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self.port = port
        self.records: dict[int, Any] = {}
        self.status: list[bytes] = []
        self._news: Queue[None] = Queue()
        self._committed: set[int] = set()
        self._number = START_MS
        subscribed = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, f"hostOf{name}")
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect(LOOPBACK, port)
        self._client.subscribe([(topics.up(name), 1), (topics.status(name), 1)])
        self._client.loop_start()
        assert subscribed.wait(WITHIN_S)

    def know(self, unit: Unit) -> None:
        """The unit's key, before it sends anything."""
        self._up = up_channel(unit.key, unit.id, unit.epoch)
        self._down = down_channel(unit.key, unit.id, unit.epoch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: paho.Client, _data: None, message: paho.MQTTMessage) -> None:
        if message.topic == topics.status(self.name):
            self.status.append(bytes(message.payload))
        else:
            heard: list[Any] = [
                record.decode(one, self._up) for one in record.split(bytes(message.payload))
            ]
            for said in heard:
                self.records[said.sequence] = said
                if isinstance(said, record.Tombstone):
                    self._committed.update(range(said.first, said.last + 1))
            self._committed.update(said.sequence for said in heard)
            self._answer(max(said.sequence for said in heard))
        self._news.put(None)

    def _answer(self, answered: int) -> None:
        watermark = next(n for n in itertools.count() if n + 1 not in self._committed)
        bitmap = sum(1 << i for i in range(64) if answered - i in self._committed)
        until_s = START_MS // 1000 + 3600
        self.send(command.Answer, watermark, bitmap, answered, 0, until_s, 100)

    def send(self, kind: Any, *payload: int) -> None:
        self._number += 1
        said = kind(self._number, 0, START_MS // 1000 + 3600, *payload)
        sealed = command.encode(said, self._down)
        self._client.publish(topics.down(self.name), sealed, qos=1)

    def expect(self, kind: Any, **wanted: int) -> Any:
        """Wait for a record of that kind with these fields; returns the newest such."""
        deadline = time.monotonic() + WITHIN_S
        while True:
            for sequence in sorted(self.records, reverse=True):
                said = self.records[sequence]
                if isinstance(said, kind) and all(
                    getattr(said, name) == value for name, value in wanted.items()
                ):
                    return said
            self.await_news(deadline, f"{kind.__name__} {wanted}")

    def await_news(self, deadline: float, what: str) -> None:
        try:
            self._news.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            pytest.fail(f"no {what}; heard was {list(self.records.values())}")

    def await_status(self, status: bytes) -> None:
        deadline = time.monotonic() + WITHIN_S
        while self.status[-1:] != [status]:
            self.await_news(deadline, f"status {status!r}")


@pytest.fixture(scope="module")
def code() -> Path:
    return compile_all()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def host(broker: Broker, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host for a unit of this test's own: the broker outlives tests, and keeps sessions."""
    with Host(broker.port, f"U{crc32(request.node.name.encode()):08x}") as running:
        yield running


class Bench:
    """Starts one run after the other of the same enrolled unit."""

    def __init__(self, code: Path, folder: Path, host: Host) -> None:
        self.folder = folder
        self._code = code
        self._host = host
        flash = FileFlash(str(folder / "flash"), 1 << 20)
        unit = Unit(host.name, Role.VICTIM, bytes(range(32)), 1)
        host.know(unit)
        adopt(open_settings(flash), Identity(unit.id, "victim", unit.key, unit.epoch), unit.floor_s)
        flash.close()

    def run(self, broker: str | None = None, **config: Any) -> Board:
        broker = broker or f"{LOOPBACK}:{self._host.port}"
        return Board(self._code, self.folder, role="victim", broker=broker, **config)


@pytest.fixture
def bench(code: Path, tmp_path: Path, host: Host) -> Bench:
    return Bench(code, tmp_path, host)


def test_from_the_box_to_a_silenced_warning(code: Path, tmp_path: Path, host: Host) -> None:
    with Cable() as cable:
        config = {"broker": f"{LOOPBACK}:{host.port}", "serial": cable.unit_end}
        with Board(code, tmp_path, role="victim", **config) as board:
            board.expect("ready")
            assert "say not enrolled" in board.lines
            with provision.open_port(cable.host_end) as port:
                provision.enrol(port, host.name, Role.VICTIM, host.know)
            board.expect("say connected")
            host.await_status(b"1")
            host.expect(record.Boot, boots=1)
            board.gnss()
            board.gnss()
            fix = host.expect(record.Fix)
            assert (fix.lat_e7, fix.lon_e7, fix.flags) == (*SPOT, record.UTC)
            assert fix.time_s * 1000 == START_MS + 1000
            host.send(command.Warning, 0xABC, command.ALERT, command.PATTERN_URGENT, 5)
            assert board.expect("feel") == "feel 3 2 5 0000000000000abc"
            host.expect(record.Receipt, warning_id=0xABC, outcome=record.PRESENTED)
            board.say("silence")
            board.expect("silenced")
            host.expect(record.Receipt, warning_id=0xABC, outcome=record.SILENCED)
            with (
                provision.open_port(cable.host_end) as port,
                pytest.raises(provision.ProvisionError, match=f"already enrolled as {host.name}"),
            ):
                provision.enrol(port, "New2", Role.VICTIM, host.know)
            board.stop()
            host.await_status(b"0")
    said = "\n".join(board.lines)
    assert not any(part in said for part in ("1463", "9050", "38.", "30."))


def test_what_it_senses_is_sent_at_once(bench: Bench, host: Host) -> None:
    with bench.run() as board:
        board.expect("say connected")
        board.say("no such line")
        board.expect("say line not understood")
        board.say("battery 9")
        host.expect(record.Event, code=record.BATTERY_LOW, raised=1, detail=9)
        board.say("pin case 1")
        host.expect(record.Event, code=record.CASE, raised=1)
        board.say("pin panic 1")
        host.expect(record.Event, code=record.PANIC, raised=1)
        board.stop()


def test_a_line_that_is_no_text_does_not_end_the_unit(bench: Bench) -> None:
    with bench.run() as board:
        board.expect("ready")
        assert board.process.stdin is not None
        board.process.stdin.buffer.write(b"pin \xff 1\n")
        board.say("battery 9")
        board.expect("say line not understood")
        board.stop()


def test_what_no_network_could_take_survives_a_power_cut(bench: Bench, host: Host) -> None:
    with bench.run(broker=f"{LOOPBACK}:{free_port()}") as board:
        board.expect("say gnss on")
        board.gnss()
        board.gnss()
        board.say("pin strap 1")
        board.say("battery 4")
        board.say("nonsense")
        board.expect("say line not understood")  # so what came before has been dealt with
        board.kill()
    with bench.run() as board:
        boot = host.expect(record.Boot, boots=2)
        assert (boot.cause, boot.clean) == (record.POWER_ON, 0)
        host.expect(record.Boot, boots=1)
        host.expect(record.Fix)
        host.expect(record.Event, code=record.STRAP, raised=1, detail=NEW)
        host.expect(record.Event, code=record.STRAP, raised=1, detail=STILL_LATCHED)
        host.expect(record.Event, code=record.BATTERY_LOW, detail=4)
        board.stop()


def test_the_next_boot_says_how_the_last_run_ended(bench: Bench, host: Host) -> None:
    with bench.run() as board:
        board.expect("ready")
        board.stop()

    with bench.run(watchdog_s=1) as board:
        boot = host.expect(record.Boot, boots=2)
        assert (boot.cause, boot.clean) == (record.POWER_ON, 1)
        os.kill(board.process.pid, signal.SIGSTOP)  # a task that hangs
        time.sleep(1.5)
        os.kill(board.process.pid, signal.SIGCONT)
        assert board.ends()[0] == STARVED

    with bench.run() as board:
        boot = host.expect(record.Boot, boots=3)
        assert (boot.cause, boot.clean) == (record.WATCHDOG, 0)
        board.stop()

    with bench.run(broker="nowhere") as board:
        status, errors = board.ends()
        assert status == 1
        assert "ValueError" in errors

    with bench.run() as board:
        boot = host.expect(record.Boot, boots=4)
        assert (boot.cause, boot.clean) == (record.EXCEPTION, 0)
        assert boot.exception == b"ValueError\x00\x00"
        board.stop()
