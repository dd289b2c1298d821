"""Enrolment over a real serial port: a pseudo-terminal, with the unit's own code at its far end."""

import argparse
import json
import os
import pty
import re
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware.enrol import Enrolment
from firmware.identity import load
from firmware.settings import Settings
from firmware.storage import open_settings
from host.base.errors import UsageError
from host.commands import provision
from host.commands.provision import ProvisionError
from host.registry.types import Role, Unit
from host.store.store import Store
from protocol.enrolment import frame
from simulator.parts.ram_flash import RamFlash

Answer = Callable[[bytes], bytes]


@contextmanager
def cable(answer: Answer) -> Iterator[str]:
    """A serial port's path; what comes in is answered line by line until the end."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)

    def serve() -> None:
        begun = b""
        while True:
            try:
                begun += os.read(master, 256)
            except OSError:  # unplugged
                return
            *lines, begun = begun.split(b"\n")
            for line in lines:
                if line == b"unplug":
                    return
                os.write(master, answer(line))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield path
    finally:
        os.write(slave, b"unplug\n")
        thread.join()
        os.close(master)
        os.close(slave)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "ANSWER_S", 0.2)


class Bench:
    """A unit that has never been enrolled, and what the host has stored."""

    def __init__(self, role: str = "victim") -> None:
        self.settings: Settings = open_settings(RamFlash(6 * 512, 512))
        self.unit = Enrolment(self.settings, role)
        self.stored: list[Unit] = []

    def answer(self, line: bytes) -> bytes:
        return self.unit.feed(line, os.urandom(32))

    def enrol(self, path: str, role: Role = Role.VICTIM, last_epoch: int = 0) -> Unit:
        with provision.open_port(path) as port:
            return provision.enrol(port, "V1", role, self.stored.append, last_epoch=last_epoch)


def test_both_ends_have_the_same_key() -> None:
    bench = Bench()
    with cable(bench.answer) as path:
        unit = bench.enrol(path, last_epoch=6)
    assert bench.stored == [unit]
    identity = load(bench.settings)
    assert identity is not None
    assert (unit.id, unit.key, unit.epoch) == (identity.unit, identity.key, identity.epoch)
    assert unit.epoch == 7
    assert unit.role is Role.VICTIM


def test_an_enrolled_unit_is_refused_until_its_factory_pin_is_pressed() -> None:
    bench = Bench()
    with cable(bench.answer) as path:
        first = bench.enrol(path)
        with pytest.raises(ProvisionError, match="already enrolled as V1, epoch 1"):
            bench.enrol(path)
        bench.unit.open()
        second = bench.enrol(path)
    assert second.epoch == 2
    assert second.key != first.key


def test_the_wrong_role_is_refused_before_anything_is_stored() -> None:
    bench = Bench("bracelet")
    with cable(bench.answer) as path, pytest.raises(ProvisionError, match="built as a bracelet"):
        bench.enrol(path)
    assert bench.stored == []


def test_chatter_and_damage_on_the_line_are_survived() -> None:
    bench = Bench()
    damaged = iter((True, False) * 10)

    def noisy(line: bytes) -> bytes:
        if next(damaged):
            line = b"#" + line
        return b"boot: ESP-ROM\r\n\xff\xfe\n" + bench.answer(line)

    with cable(noisy) as path:
        bench.enrol(path)
    assert load(bench.settings) is not None


def test_a_lost_confirmation_is_asked_for_again() -> None:
    bench = Bench()
    confirmations = 0

    def lossy(line: bytes) -> bytes:
        nonlocal confirmations
        answer = bench.answer(line)
        if line.startswith(b"CONFIRM"):
            confirmations += 1
            return answer if confirmations == 2 else b""
        return answer

    with cable(lossy) as path:
        bench.enrol(path)
    assert confirmations == 2


def test_the_unit_is_not_told_to_lock_when_storing_fails() -> None:
    bench = Bench()

    def fail(_: Unit) -> None:
        raise OSError("disk full")

    with (
        cable(bench.answer) as path,
        provision.open_port(path) as port,
        pytest.raises(OSError, match="disk full"),
    ):
        provision.enrol(port, "V1", Role.VICTIM, fail)
    assert load(bench.settings) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _: b"", "no answer to HELLO after 3 tries"),
        (lambda _: frame("ERROR tired"), "the unit refused HELLO: tired"),
        (lambda _: frame("UNIT 2 OPEN victim - 0"), "speaks version 2"),
        (lambda _: frame("UNIT 1 AJAR victim - 0"), "which says nothing"),
        (lambda _: frame("WHO ARE YOU"), "heard WHO ARE"),
    ],
)
def test_a_strange_unit_is_named_in_one_line(answer: Answer, message: str) -> None:
    with cable(answer) as path, pytest.raises(ProvisionError, match=message):
        Bench().enrol(path)


def test_a_false_proof_is_not_believed() -> None:
    bench = Bench()

    def liar(line: bytes) -> bytes:
        answer = bench.answer(line)
        return frame("ENROLLED " + "00" * 16) if line.startswith(b"CONFIRM") else answer

    with cable(liar) as path, pytest.raises(ProvisionError, match="proof does not fit"):
        bench.enrol(path)


def test_a_port_that_is_none_is_named(tmp_path: Path) -> None:
    none = re.escape(f"{tmp_path / 'ttyNone'}: cannot be opened as a serial port: No such file")
    with pytest.raises(UsageError, match=f"^{none} or directory .on this machine: "):
        provision.open_port(str(tmp_path / "ttyNone"))


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    provision.add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_stores_the_unit_and_never_shows_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench("bracelet")
    database = tmp_path / "host.db"
    Store.open(database).close()
    words = ("--unit", "B7", "--role", "bracelet", "--database", str(database), "--json")
    with cable(bench.answer) as path:
        assert provision.run(arguments("--port", path, *words)) == 0
    said = json.loads(capsys.readouterr().out)
    enrolled = {"unit": "B7", "role": "bracelet", "epoch": 1, "floor_s": 5}
    assert said == {**enrolled, "database": str(database)}
    store = Store.open(database)
    (unit,) = store.registry().units
    store.close()
    identity = load(bench.settings)
    assert identity is not None
    assert unit == Unit("B7", Role.OFFENDER, identity.key, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--unit", "B-7", "--role", "bracelet"), "letters and digits"),
        (("--unit", "B7", "--role", "bracelet", "--floor-s", "0"), "1 to 600 seconds"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        provision.run(arguments("--port", "none", *words))


def test_no_database_is_made(tmp_path: Path) -> None:
    words = (
        "--port",
        "none",
        "--unit",
        "B7",
        "--role",
        "bracelet",
        "--folder",
        str(tmp_path / "f"),
    )
    with pytest.raises(UsageError, match="a host makes its database when it first starts"):
        provision.run(arguments(*words))
    assert not (tmp_path / "f").exists()


def test_the_port_is_for_one_process_alone() -> None:
    with (
        cable(lambda _: b"") as path,
        provision.open_port(path),
        pytest.raises(ProvisionError, match="another program has this serial port"),
    ):
        provision.open_port(path)
