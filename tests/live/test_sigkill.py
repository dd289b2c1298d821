"""The host is killed with SIGKILL at random moments while units report, over a real broker.

Units keep each record until the host's sealed answer covers it, and send again what is not
answered, as the firmware does. In the end: no record that was acknowledged is missing from the
database, none is there twice, each warning exists once, under one identifier, and every decision
of all the hosts can be recomputed.
"""

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from host.base.clock import Clock
from host.commands.cli import main
from host.registry.types import Assignment, Order, Registry, Role, Unit
from host.service.broker import Broker
from host.store.store import Store
from protocol import command, record
from protocol.topics import unit_of
from tests.host.units import FieldUnit

PAIRS = 4
KILLS = 4
APART_M = 1100.0
CLOSING_M_S = 38.0  # so that they are within the alert distance however soon the host starts
REPORT_S = 0.1
AGAIN_S = 1.0
WITHIN_S = 60.0


class Reporter(FieldUnit):
    """A unit that moves, reports, and keeps what is not answered."""

    def __init__(self, unit: Unit, north_m: float, speed_m_s: float) -> None:
        super().__init__(unit)
        self.acknowledged: set[bytes] = set()
        self.warned: dict[int, int] = {}  # warning -> its level
        self._kept: dict[int, tuple[bytes, float]] = {}  # sequence -> record, when last sent
        self._lock = Lock()
        self._start_m, self._speed_m_s = north_m, speed_m_s
        self._started = time.monotonic()

    def report(self) -> list[bytes]:
        """A new fix, and whatever has waited too long for its answer; one message each."""
        now = time.monotonic()
        moved_m = self._speed_m_s * (now - self._started)
        north_m = max(0.0, self._start_m - moved_m)
        with self._lock:
            sealed = self.fix(Clock().now_ms(), north_m)
            self._kept[self.sequence] = (sealed, now)
        return [sealed, *self.waiting()]

    def waiting(self) -> list[bytes]:
        """What has waited too long for its answer, up to a message full."""
        now = time.monotonic()
        with self._lock:
            late = [one for one, (_, sent) in self._kept.items() if now - sent > AGAIN_S][:80]
            for sequence in late:
                self._kept[sequence] = (self._kept[sequence][0], now)
            again = b"".join(self._kept[sequence][0] for sequence in late)
        return [again] if again else []

    def hear(self, sealed: bytes) -> bytes | None:
        """Take a command; the receipt for a warning, sealed, to be sent."""
        told = self.read(sealed)
        with self._lock:
            if isinstance(told, command.Answer):
                for sequence in list(self._kept):
                    if _covers(told, sequence):
                        self.acknowledged.add(self._kept.pop(sequence)[0])
            elif isinstance(told, command.Warning):
                self.warned[told.warning_id] = told.level
                receipt = self.receipt(Clock().now_ms(), told.warning_id, record.PRESENTED)
                self._kept[self.sequence] = (receipt, time.monotonic())
                return receipt
        return None

    @property
    def owes_nothing(self) -> bool:
        return not self._kept


def _covers(answer: command.Answer, sequence: int) -> bool:
    behind = answer.answered - sequence
    return sequence <= answer.watermark or (0 <= behind < 64 and bool(answer.bitmap >> behind & 1))


class Fleet:
    """All units, over one connection."""

    def __init__(self, broker: Broker, units: list[Reporter]) -> None:
        self.units = {unit.id: unit for unit in units}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="fleet")
        self._client.on_connect = lambda client, *_: client.subscribe("down/+", 1)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def _on_message(self, _: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        unit = self.units.get(unit_of(message.topic))
        if unit is None:  # the host's canary
            return
        receipt = unit.hear(bytes(message.payload))
        if receipt is not None:
            self._client.publish(f"up/{unit.id}", receipt, 1)

    def report_for(self, seconds: float) -> None:
        self._go_on(lambda unit: unit.report(), time.monotonic() + seconds, lambda: False)

    def settle(self) -> None:
        """Send again until everything is answered."""
        deadline = time.monotonic() + WITHIN_S
        self._go_on(lambda unit: unit.waiting(), deadline, self._settled)
        assert self._settled()

    def _settled(self) -> bool:
        return all(unit.owes_nothing for unit in self.units.values())

    def _go_on(
        self, say: Callable[[Reporter], list[bytes]], until: float, done: Callable[[], bool]
    ) -> None:
        while time.monotonic() < until and not done():
            for unit in self.units.values():
                for payload in say(unit):
                    self._client.publish(f"up/{unit.id}", payload, 1)
            time.sleep(REPORT_S)

    def end(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def host(folder: Path, broker: Broker) -> Iterator[None]:
    """The host as its user starts it; killed on leaving."""
    command_line = [sys.executable, "-m", "host.commands.cli", "host", "--folder", str(folder)]
    command_line += ["--broker", broker.url, "--console", "127.0.0.1:0"]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("console")
        yield
        process.kill()


@pytest.mark.live
def test_no_acknowledged_record_is_lost_and_each_warning_exists_once(tmp_path: Path) -> None:
    folder = tmp_path / "host"
    registry = _registry()
    store = Store.open(folder / "resguardo.db")
    store.enter(registry, 1)
    chance = random.Random(7)
    units = [
        Reporter(unit, *((APART_M, CLOSING_M_S) if unit.role is Role.OFFENDER else (0.0, 0.0)))
        for unit in registry.units
    ]
    with Broker(tmp_path / "broker") as broker:
        fleet = Fleet(broker, units)
        for _ in range(KILLS):
            with host(folder, broker):
                fleet.report_for(chance.uniform(0.2, 2.5))
            fleet.report_for(0.3)  # into the void
        with host(folder, broker):
            fleet.report_for(3.0)
            fleet.settle()
        fleet.end()
    _records_are_all_there_once(store, units)
    _warnings_exist_once(folder / "resguardo.db", units)
    assert main(["verify", "--database", str(folder / "resguardo.db")]) == 0


def _registry() -> Registry:
    units, assignments, orders = [], [], []
    for n in range(PAIRS):
        for role, letter in ((Role.OFFENDER, "B"), (Role.VICTIM, "V")):
            unit = f"{letter}{n}"
            units.append(Unit(unit, role, bytes([n, ord(letter)]) * 16, 1))
            assignments.append(Assignment(unit, f"person {unit}", 0))
        orders.append(Order(f"O{n}", 1, f"person B{n}", (f"person V{n}",)))
    return Registry(tuple(units), tuple(assignments), tuple(orders))


def _records_are_all_there_once(store: Store, units: list[Reporter]) -> None:
    stored = Counter(row.sealed for _, row in store.records() if row.kind in ("fix", "receipt"))
    for unit in units:
        assert unit.sequence > 50
        assert len(unit.acknowledged) == unit.sequence
        assert {stored[sealed] for sealed in unit.acknowledged} == {1}
    assert stored.total() == sum(unit.sequence for unit in units)


def _warnings_exist_once(database: Path, units: list[Reporter]) -> None:
    rows = sqlite3.connect(database).execute("SELECT body FROM delivery WHERE channel = 'unit'")
    deliveries = [json.loads(body) for (body,) in rows]
    keys = Counter(
        (one["order"], one["cause"], one["kind"], one["rise"], one["step"], one["person"])
        for one in deliveries
    )
    assert set(keys.values()) == {1}
    assert {one["state"] for one in deliveries} == {"delivered"}
    for unit in units:
        mine = {int(one["id"], 16) for one in deliveries if one["person"] == f"person {unit.id}"}
        assert set(unit.warned) == mine
        assert max(unit.warned.values()) >= command.ALERT
