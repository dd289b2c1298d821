"""The chains' ends are kept elsewhere; where that fails it is an alarm, and nothing else."""

from pathlib import Path

import pytest

from host.evidence.chains import verify_chains
from host.service.anchoring import Anchoring
from tests.host.host_at_work import HostAtWork, until


def test_the_ends_are_appended_and_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("host.service.anchoring.EVERY_S", 0.05)
    host = HostAtWork(tmp_path)
    anchors = tmp_path / "elsewhere.jsonl"
    anchoring = Anchoring(host.store, anchors, host.clock.now_ms)
    anchoring.start()
    until(lambda: anchors.is_file() and len(anchors.read_text().splitlines()) > 2)
    anchoring.stop()
    host.end()
    found = verify_chains(tmp_path / "a.db", anchors.read_text().splitlines())
    assert (found.differences, len(found.anchored) > 2) == ([], True)


def test_a_failure_is_an_alarm_and_the_host_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.service.anchoring.AGAIN_S", 0.05)
    host = HostAtWork(tmp_path, anchor=tmp_path / "away" / "elsewhere.jsonl")
    until(lambda: "anchor_failed" in host.alarms())
    host.says(host.victim, host.victim.fix(host.clock.now_ms()))
    until(host.answers)
    (tmp_path / "away").mkdir()
    until(lambda: host.alarms()["anchor_failed"]["state"] == "returned_unacknowledged")
    host.end()
