"""The whole unit as it ships, run after run, and the least of a host, for tests on real brokers."""

import itertools
import json
import signal
import subprocess
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

import paho.mqtt.client as paho
import pytest

from firmware.boards.file_flash import FileFlash
from firmware.identity import Identity, adopt
from firmware.storage import open_settings
from firmware.tools.micropython import in_its_heap
from host.base.loopback import LOOPBACK
from host.registry.types import Role, Unit
from host.service.broker_address import make_client, parse_address
from protocol import command, record, topics
from protocol.seal import down_channel, up_channel
from simulator.parts.noise import Sight
from simulator.parts.receiver import epoch

START_MS = 1_780_000_000_000
SPOT = (146349150, -905068820)
WITHIN_S = 20.0
STARVED = 70  # the exit status that firmware/boards/unix.py gives a starved run


class Board:
    """One run of the unit's process; `lines` is all that it said, `errors` its traceback."""

    errors = ""

    def __init__(self, bits: int, code: Path, folder: Path, **config: Any) -> None:
        """`bits`: of a word."""
        file = folder / "unit.json"
        clock = {"epoch_ms": START_MS, "speed": 10}
        file.write_text(json.dumps({"flash": str(folder / "flash"), "clock": clock, **config}))
        self.lines: list[str] = []
        self._said: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [*in_its_heap(bits), "-m", "firmware.main", str(file)],
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
        self.say("gnss " + epoch(Sight(SPOT, 4.0, 0), at_ms, 0.0, 0.0).hex())

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

    def __init__(self, port: int, name: str, url: str = "") -> None:
        """`url`: with a login, where the broker asks for one."""
        self.name = name
        self.port = port
        self.records: dict[int, Any] = {}
        self.status: list[bytes] = []
        self.silent = False
        self._news: Queue[None] = Queue()
        self._committed: set[int] = set()
        self._number = START_MS
        subscribed = threading.Event()
        self._client = make_client(
            parse_address(url or f"mqtt://{LOOPBACK}:{port}"), f"hostOf{name}"
        )
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
                record.decode(one, self._up) for one in record.split(bytes(message.payload))[0]
            ]
            for said in heard:
                self.records[said.sequence] = said
                if isinstance(said, record.Tombstone):
                    self._committed.update(range(said.first, said.last + 1))
            self._committed.update(said.sequence for said in heard)
            if not self.silent:
                self._answer(max(said.sequence for said in heard))
        self._news.put(None)

    def _answer(self, answered: int) -> None:
        watermark = next(n for n in itertools.count() if n + 1 not in self._committed)
        bitmap = sum(1 << i for i in range(64) if answered - i in self._committed)
        until_s = START_MS // 1000 + 3600
        self.send(command.Answer, watermark, bitmap, answered, 0, until_s, 100, 0)

    def send(self, kind: Any, *payload: int) -> None:
        self._number += 1
        said = kind(self._number, 0, START_MS // 1000 + 3600, *payload)
        sealed = command.encode(said, self._down)
        self._client.publish(topics.down(self.name), sealed, qos=0)

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


class ShippedUnit:
    """Starts one run after the other of the same enrolled unit."""

    def __init__(self, bits: int, code: Path, folder: Path, host: Host) -> None:
        self.folder = folder
        self._bits = bits
        self._code = code
        self._host = host
        flash = FileFlash(str(folder / "flash"), 1 << 20)
        self.unit = unit = Unit(host.name, Role.VICTIM, bytes(range(32)), 1)
        host.know(unit)
        adopt(open_settings(flash), Identity(unit.id, "victim", unit.key, unit.epoch), unit.floor_s)
        flash.close()

    def run(self, broker: str | None = None, **config: Any) -> Board:
        broker = broker or f"{LOOPBACK}:{self._host.port}"
        return Board(self._bits, self._code, self.folder, role="victim", broker=broker, **config)
