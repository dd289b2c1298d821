"""The whole unit as it ships: MicroPython in a capped heap, a real broker, a real serial port."""

import os
import signal
import time
from binascii import crc32
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import WORDS
from host.base.loopback import LOOPBACK
from host.commands import provision
from host.registry.types import Role
from host.service.broker import Broker, free_port
from protocol import command, record
from simulator.parts.cable import Cable
from tests.firmware.shipped_unit import SPOT, START_MS, STARVED, Board, Host, ShippedUnit

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def code() -> Path:
    return compile_all()


@pytest.fixture(params=WORDS, ids="{}-bit".format)
def bits(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def host(broker: Broker, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host for a unit of this test's own: the broker outlives tests, and keeps sessions."""
    with Host(broker.port, f"U{crc32(request.node.name.encode()):08x}") as running:
        yield running


@pytest.fixture
def shipped(bits: int, code: Path, tmp_path: Path, host: Host) -> ShippedUnit:
    return ShippedUnit(bits, code, tmp_path, host)


def test_from_the_box_to_a_silenced_warning(
    bits: int, code: Path, tmp_path: Path, host: Host
) -> None:
    with Cable() as cable:
        config = {"broker": f"{LOOPBACK}:{host.port}", "serial": cable.unit_end}
        with Board(bits, code, tmp_path, role="victim", **config) as board:
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
            host.expect(record.Receipt, delivery_id=0xABC, outcome=record.PRESENTED)
            board.say("silence")
            board.expect("silenced")
            host.expect(record.Receipt, delivery_id=0xABC, outcome=record.SILENCED)
            with (
                provision.open_port(cable.host_end) as port,
                pytest.raises(provision.ProvisionError, match=f"already enrolled as {host.name}"),
            ):
                provision.enrol(port, "New2", Role.VICTIM, host.know)
            board.stop()
            host.await_status(b"0")
    said = "\n".join(board.lines)
    assert not any(part in said for part in ("1463", "9050", "38.", "30."))


def test_what_it_senses_is_sent_at_once(shipped: ShippedUnit, host: Host) -> None:
    with shipped.run() as board:
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


def test_a_line_that_is_no_text_does_not_end_the_unit(shipped: ShippedUnit) -> None:
    with shipped.run() as board:
        board.expect("ready")
        assert board.process.stdin is not None
        os.write(board.process.stdin.fileno(), b"pin \xff 1\n")
        board.say("battery 9")
        board.expect("say line not understood")
        board.stop()


def test_what_no_network_could_take_survives_a_power_cut(shipped: ShippedUnit, host: Host) -> None:
    with shipped.run(broker=f"{LOOPBACK}:{free_port()}") as board:
        board.expect("say gnss on")
        board.gnss()
        board.gnss()
        board.say("pin strap 1")
        board.say("battery 4")
        board.say("nonsense")
        board.expect("say line not understood")  # so what came before has been dealt with
        board.kill()
    with shipped.run() as board:
        boot = host.expect(record.Boot, boots=2)
        assert (boot.cause, boot.clean) == (record.POWER_ON, 0)
        host.expect(record.Boot, boots=1)
        host.expect(record.Fix)
        host.expect(record.Event, code=record.STRAP, raised=1, detail=record.NEW)
        host.expect(record.Event, code=record.STRAP, raised=1, detail=record.STILL_LATCHED)
        host.expect(record.Event, code=record.BATTERY_LOW, detail=4)
        board.stop()


def test_a_link_on_which_nobody_answers_is_opened_anew(shipped: ShippedUnit, host: Host) -> None:
    host.silent = True  # the broker takes all, and acknowledges it
    with shipped.run(clock={"epoch_ms": START_MS, "speed": 40}) as board:
        board.expect("say connected")
        board.expect("say connected")
        board.stop()


def test_a_long_backlog_leaves_in_a_small_heap(shipped: ShippedUnit, host: Host) -> None:
    with shipped.run(broker=f"{LOOPBACK}:{free_port()}") as board:
        board.expect("ready")
        for _ in range(130):
            board.say("battery 4")
            board.say("battery 90")
        board.say("nonsense")
        board.expect("say line not understood")
        board.kill()
    with shipped.run() as board:
        host.expect(record.Boot, boots=1)  # the oldest comes last
        told = [one for one in host.records.values() if isinstance(one, record.Event)]
        assert sum(one.code == record.BATTERY_LOW for one in told) == 260
        for _ in range(20):
            board.gnss()
        host.expect(record.Fix)
        board.stop()


def test_the_next_boot_says_how_the_last_run_ended(shipped: ShippedUnit, host: Host) -> None:
    with shipped.run() as board:
        board.expect("ready")
        board.stop()

    with shipped.run(watchdog_s=1) as board:
        boot = host.expect(record.Boot, boots=2)
        assert (boot.cause, boot.clean) == (record.POWER_ON, 1)
        os.kill(board.process.pid, signal.SIGSTOP)  # a task that hangs
        time.sleep(1.5)
        os.kill(board.process.pid, signal.SIGCONT)
        assert board.ends()[0] == STARVED

    with shipped.run() as board:
        boot = host.expect(record.Boot, boots=3)
        assert (boot.cause, boot.clean) == (record.WATCHDOG, 0)
        board.stop()

    with shipped.run(broker="nowhere") as board:
        status, errors = board.ends()
        assert status == 1
        assert "ValueError" in errors

    with shipped.run() as board:
        boot = host.expect(record.Boot, boots=4)
        assert (boot.cause, boot.clean) == (record.EXCEPTION, 0)
        assert boot.exception == b"ValueError\x00\x00"
        board.stop()
