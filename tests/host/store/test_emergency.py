"""The emergency file: durable lines, and a plain "no" when it cannot be written."""

import json
import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Event

import pytest

from host.store.emergency import Emergency, unstored


def test_each_entry_is_a_line(tmp_path: Path) -> None:
    file = Emergency(tmp_path / "elsewhere" / "emergency.jsonl")
    assert file.append({"n": 1})
    assert file.append({"n": 2})
    file.close()
    lines = (tmp_path / "elsewhere" / "emergency.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"n": 1}, {"n": 2}]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = Emergency(tmp_path)  # a folder
    assert not file.append({})
    file.close()


def test_a_disk_that_hangs_does_not_hold_a_warning_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = Event()
    monkeypatch.setattr("host.store.emergency.os.fsync", lambda _: free.wait())
    file = Emergency(tmp_path / "a.jsonl")
    assert not file.append({})
    free.set()
    file.close()


def test_a_disk_that_hangs_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = Event()
    waits: list[float] = []
    monkeypatch.setattr("host.store.emergency.os.fsync", lambda _: free.wait())
    monkeypatch.setattr("concurrent.futures.Future.result", _noting(waits))
    file = Emergency(tmp_path / "a.jsonl")
    assert [file.append({"n": n}) for n in range(4)] == [False] * 4
    assert waits == [0.1, 0, 0, 0]
    free.set()
    file.close()


def _noting(waits: list[float]) -> Callable[..., None]:
    result = Future.result

    def noting(self: "Future[None]", timeout: float) -> None:
        waits.append(timeout)
        result(self, timeout)

    return noting


def test_a_line_that_did_not_fit_is_taken_back_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    file = Emergency(path)
    assert file.append({"n": 1})
    write = os.write
    with monkeypatch.context() as full:
        full.setattr("host.store.emergency.os.write", lambda to, line: write(to, line[:5]))
        assert not file.append({"n": 2})
    assert file.append({"n": 3})
    file.close()
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"n": 1}, {"n": 3}]


def test_what_the_database_does_not_know_is_counted_by_entry(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert unstored(path, set) == 0
    file = Emergency(path)
    for warnings in ([1], [2, 3], [], [4, 1]):
        file.append({"warnings": [{"warning_id": one} for one in warnings], "records": []})
    file.close()
    assert unstored(path, lambda ids: {1, 4} & set(ids)) == 1
    assert unstored(path, lambda _: set()) == 3
    assert unstored(path, set) == 0
    path.write_bytes(path.read_bytes() + b'{"warnings":[{"warn')
    assert unstored(path, set) == 1
    with pytest.raises(OSError, match="directory"):
        unstored(tmp_path, set)
