"""The host as its user starts it: what it says, what it serves, how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from host.registry.types import Role, Unit
from host.service.broker import free_port
from host.service.broker_address import BrokerAddress, make_client, parse_address
from host.service.broker_rights import logins
from host.store.store import Store

pytestmark = pytest.mark.live
WITHIN_S = 30


@contextmanager
def host(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    tool = [sys.executable, "-m", "host.commands.cli"]
    command = [*tool, "host", "--folder", str(folder), "--present", "marta", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def said(process: subprocess.Popen[str]) -> dict[str, str]:
    """Its three first lines: console, broker, database."""
    assert process.stdout is not None
    lines = [process.stdout.readline().split() for _ in range(3)]
    return {line[0]: line[1] for line in lines}


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, ends: signal.Signals) -> None:
    folder = tmp_path / "host"
    with host(folder, "--console", "127.0.0.1:0") as process:
        where = said(process)
        with urllib.request.urlopen(f"{where['console']}api/v1/snapshot") as answer:
            snapshot = json.load(answer)
        assert snapshot["orders"] == []
        assert where["broker"].startswith("mqtt://127.0.0.1:")
        assert where["database"] == str(folder / "resguardo.db")
        process.send_signal(ends)
        assert process.wait(WITHIN_S) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    open_to_others = [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_a_second_host_on_the_same_data_is_refused_in_one_line(tmp_path: Path) -> None:
    with host(tmp_path, "--console", "127.0.0.1:0") as first:
        said(first)
        with host(tmp_path, "--console", "127.0.0.1:0") as second:
            assert second.wait(WITHIN_S) == 1
            assert second.stderr is not None
            assert second.stderr.read().startswith("resguardo: another host runs already")


def test_warnings_that_only_the_emergency_file_knows_are_told_at_the_start(tmp_path: Path) -> None:
    entry = {"at_ms": 1, "warnings": [{"warning_id": 7}], "records": []}
    (tmp_path / "emergency.jsonl").write_text(json.dumps(entry) + "\n")
    with host(tmp_path, "--console", "127.0.0.1:0") as process:
        said(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0
        assert process.stderr is not None
        (line,) = process.stderr.read().splitlines()
    assert "emergency.jsonl holds 1 entries of warnings" in line


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--emergency", "{}/none/x"], "emergency {}/none/x: No such file or directory"),
        (
            ["--folder", "{}/binary/x", "--database", "{}/y.db"],
            "folder {}/binary/x: Not a directory",
        ),
        (
            ["--broker", "mqtts://h", "--broker-authority", "{}/none.pem"],
            "broker-authority {}/none.pem: No such file or directory",
        ),
        (["--database", "{}/binary"], "the database {}/binary cannot be used: file is not a data"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_the_start(
    tmp_path: Path, flags: list[str], complaint: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\0 no database \0" * 100)
    with host(tmp_path, *(flag.format(tmp_path) for flag in flags)) as process:
        assert process.wait(WITHIN_S) == 2
        assert process.stderr is not None
        assert process.stderr.read().startswith(f"resguardo: {complaint.format(tmp_path)}")


def test_the_folder_is_made_also_where_the_database_is_elsewhere(tmp_path: Path) -> None:
    database, folder = tmp_path / "db" / "x.db", tmp_path / "new" / "data"
    with host(folder, "--console", "127.0.0.1:0", "--database", str(database)) as process:
        assert said(process)["database"] == str(database)
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0
    assert (folder / "emergency.jsonl").read_bytes() == b""
    assert database.is_file()


def test_its_broker_is_where_it_was_told_to_be_at_every_start(tmp_path: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        with host(tmp_path, "--console", "127.0.0.1:0", "--broker-port", port) as process:
            assert said(process)["broker"] == f"mqtt://127.0.0.1:{port}"
            process.send_signal(signal.SIGINT)
            assert process.wait(WITHIN_S) == 0


def test_its_broker_lets_in_whoever_is_enrolled_and_nobody_else(tmp_path: Path) -> None:
    unit = Unit("V17", Role.VICTIM, bytes(range(32)), 1)
    (password,) = logins([unit]).values()
    with host(tmp_path, "--console", "127.0.0.1:0") as process:
        where = said(process)
        broker = parse_address(where["broker"])
        enrolled = replace(broker, user="V17", password=password)
        assert not let_in(enrolled)
        store = Store.open(tmp_path / "resguardo.db", make=False)
        store.save_unit(unit, 1)
        store.close()
        deadline = time.monotonic() + WITHIN_S
        while not let_in(enrolled):
            assert time.monotonic() < deadline
        assert not let_in(broker)
        with urllib.request.urlopen(f"{where['console']}api/v1/snapshot") as answer:
            assert json.load(answer)["incidents"] == []  # as there would be if anybody were let in


def let_in(address: BrokerAddress) -> bool:
    client = make_client(address, "V17")
    client.connect(address.host, address.port)
    while client.loop(0.1) == paho.MQTT_ERR_SUCCESS and not client.is_connected():
        pass
    connected = client.is_connected()
    client.disconnect()
    return connected


def test_a_console_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "{}:{}".format(*taken.getsockname())
        with host(tmp_path, "--console", address) as process:
            assert process.wait(WITHIN_S) == 1
            assert process.stderr is not None
            error = process.stderr.read()
    assert address in error
    assert error.count("\n") == 1
