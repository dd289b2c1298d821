"""The emergency file: durable lines, and a plain "no" when it cannot be written."""

import json
from pathlib import Path
from threading import Event

import pytest

from host.store.emergency import Emergency


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
