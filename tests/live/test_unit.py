"""The README's way to a simulated unit of one's own: host, unit, provision, enter."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from queue import Queue

import pytest

from firmware.tools.paths import ROOT
from host.commands.cli import main
from host.service.broker import free_port
from host.store.store import Store

pytestmark = pytest.mark.live
WITHIN_S = 60.0


class Command:
    """`resguardo ...` in a process; its lines one by one."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "host.commands.cli", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._lines: Queue[str] = Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line)

    def until(self, pattern: str) -> re.Match[str]:
        """The first line from here on that has it."""
        found = None
        while found is None:
            found = re.search(pattern, self._lines.get(timeout=WITHIN_S))
        return found

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(WITHIN_S)
        self._thread.join()
        if self.process.stdout is not None:
            self.process.stdout.close()
        assert code == 0


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_simulated_unit_is_provisioned_and_reports(tmp_path: Path, stack: ExitStack) -> None:
    folder, port = tmp_path / "data", str(free_port())

    def start(*arguments: str) -> Command:
        command = Command(*arguments)
        stack.callback(command.end)
        return command

    host = ("host", "--folder", str(folder), "--console", "127.0.0.1:0", "--broker-port", port)
    centre = start(*host, "--present", "marta")
    console = centre.until(r"^console +(\S+)")[1]
    centre.until("^database ")
    control = tmp_path / "wearer.sock"
    unit = start("unit", "--role", "victim", "--folder", str(folder), "--control", str(control))
    cable = unit.until(r"its serial port: (\S+);")[1]
    assert unit.until(r"it reports to (\S+);")[1] == f"127.0.0.1:{port}"
    named = ("--port", cable, "--role", "victim", "--unit", "V17")
    assert main(["provision", *named, "--folder", str(folder)]) == 0
    unit.until("connected")
    entry = tmp_path / "orders.yaml"
    entry.write_text("assignments: [{unit: V17, person: P-311}]")
    assert main(["enter", str(entry), "--folder", str(folder)]) == 0
    with closing(Store.open(folder / "resguardo.db", make=False)) as store:
        while not any(row.kind == "fix" for _, row in store.records()):
            threading.Event().wait(0.2)
        assert "standing, battery 80 %" in told(control, "where")
        assert "none of what a wearer can do" in told(control, "dance")
        told(control, "panic")
        while not any(row.kind == "event" for _, row in store.records()):
            threading.Event().wait(0.2)
    with urllib.request.urlopen(f"{console}api/v1/snapshot") as answer:
        counters = json.load(answer)["counters"]
    assert "unknown_unit" not in counters["rejected"]  # the host knew it when it connected


def told(control: Path, word: str) -> str:
    """What a unit's wearer answers to a word."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(control))
        caller.sendall(f"{word}\n".encode())
        return caller.recv(1000).decode()


def test_a_place_and_a_broker_are_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unit", "--role", "victim", "--at", "home"]) == 2
    assert "--at home: a place is LAT,LON" in capsys.readouterr().err
    assert main(["unit", "--role", "victim", "--broker", "here"]) == 2
    assert "'here' has no port" in capsys.readouterr().err
