import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firmware.tools.paths import ROOT
from host.commands.cli import main
from tests.simulator.scenes import changed, write

SCENARIOS = ROOT / "simulator" / "scenarios"
READY_MADE = sorted(SCENARIOS.glob("*.yaml"))


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any], str]:
    code = main(["simulate", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.splitlines()], said.err


@pytest.mark.parametrize("file", READY_MADE, ids=lambda file: file.stem)
def test_ready_made_scenarios_come_out_as_they_expect(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, complaints = _run(capsys, file)
    assert (code, complaints) == (0, "")
    summary = lines[-1]
    assert summary["type"] == "summary"
    assert summary["lost"] == 0
    assert summary["fixes_made"] == summary["stored"] + summary["waiting"]
    assert summary["waiting"] <= 2
    assert len(summary["lead_times_s"]) == summary["breaches"]


def test_each_warning_is_presented_once(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines, _ = _run(capsys, SCENARIOS / "rough-network.yaml")
    told: dict[str, list[str]] = {"warning": [], "presented": [], "receipt": []}
    for line in lines:
        if line["type"] in told:
            told[line["type"]].append(line["warning"])
    assert len(told["warning"]) == 5
    for warnings in told.values():
        assert sorted(warnings) == sorted(told["warning"])


def _bytes(file: Path, hash_seed: str, *options: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "host.commands.cli", "simulate", str(file), "--json", *options],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert done.stdout
    return done.stdout


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    rough = SCENARIOS / "rough-network.yaml"
    once = _bytes(rough, "1")
    assert once == _bytes(rough, "2", "--seed", "1")
    assert once != _bytes(rough, "1", "--seed", "2")


def test_a_report_changes_nothing_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, report = write(tmp_path, changed()), tmp_path / "out.html"
    plain = _run(capsys, scene)
    assert _run(capsys, scene, "--report", report, "--language", "en") == plain
    html = report.read_text()
    assert '<html lang="en">' in html
    assert json.dumps(plain[1][-1]) in html


def test_a_report_that_could_not_be_written_is_refused_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "none" / "out.html"
    code, lines, complaint = _run(capsys, write(tmp_path, changed()), "--report", nowhere)
    assert (code, lines) == (2, [])
    assert f"--report {nowhere}: there is no folder {nowhere.parent}" in complaint


def test_a_missed_breach_fails_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    near = {"at": {"north_m": 300}}
    silent = {"cuts": [{"from_s": 0, "until_s": 120}]}
    document = changed(units__B1__movement=near, units__B1__network=silent)
    code, lines, complaints = _run(capsys, write(tmp_path, document))
    assert code == 1
    assert "a breach was missed: o1, victim:ana, 2026-03-02T14:00:00.000Z" in complaints
    breach = next(line for line in lines if line["type"] == "breach")
    assert (breach["missed"], breach["expected"], breach["lead_time_s"]) == (True, False, None)
    assert (lines[-1]["breaches"], lines[-1]["breaches_warned"]) == (1, 0)
    assert lines[-1]["waiting"] > 0


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"breaches": 1}, "expected 1 breaches, there were 0"),
        ({"alarms": ["panic", "case"]}, "expected the alarms case, panic, there were no alarms"),
        ({"highest": {"o1": "alert"}}, "expected highest level alert of o1, it was clear"),
        ({"final": {"o1": "breach"}}, "expected final level breach of o1, it was clear"),
        ({"unassured": {"o1": 7}}, "expected o1 unassured 7 times, it was 0 times"),
    ],
)
def test_an_expectation_that_is_not_met_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expect: dict[str, Any], complaint: str
) -> None:
    code, _, complaints = _run(capsys, write(tmp_path, changed(expect=expect)))
    assert code == 1
    assert complaint in complaints


def test_a_missed_breach_that_is_expected_is_told_as_such(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["simulate", str(SCENARIOS / "late-backlog.yaml")]) == 0
    out = capsys.readouterr().out
    assert "truly within distance (victim:ana), MISSED, as expected: nobody was warned" in out
    assert "missed as expected  1" in out


def test_an_alarm_that_lasts_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sinking = [
        {"fault": "battery", "unit": "B1", "at_s": at_s, "pct": pct}
        for at_s, pct in ((20, 15), (30, 8), (40, 60))
    ]
    _, lines, _ = _run(capsys, write(tmp_path, changed(faults=sinking)))
    alarms = [line for line in lines if line["type"] == "alarm"]
    assert [one["raised"] for one in alarms if one["code"] == "battery_low"] == [True, False]


def test_people_read_sentences_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(SCENARIOS / "strap-cut.yaml")]) == 0
    out = capsys.readouterr().out
    assert "14:02:00  -- strap_cut B1 --\n14:02:00  B1: strap\n" in out
    assert "lead times s        -" in out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["none.yaml"], "none.yaml: No such file or directory"),
        (["none.yaml", "--speed", "0"], "'0' is no speed: more than 0, at most 100"),
        (["none.yaml", "--speed", "5"], "--speed is for --live"),
    ],
)
def test_wrong_use_is_refused(
    capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    assert main(["simulate", *options]) == 2
    assert complaint in capsys.readouterr().err


def test_live_without_micropython_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.tools.micropython.HOME", tmp_path)
    monkeypatch.setattr("simulator.commands.simulate.end_on_signals", lambda: None)
    code, lines, complaint = _run(capsys, SCENARIOS / "approach.yaml", "--live")
    assert (code, lines) == (1, [])
    assert complaint == "resguardo: MicroPython is not here yet: run `make micropython`\n"
