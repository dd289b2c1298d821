"""`resguardo days`: drawn days and given files, as a table, as JSON, and with a report."""

import json
from pathlib import Path

import pytest

from host.commands.cli import main
from simulator.days.draw import Drawn
from tests.simulator.scenes import changed, write


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days of ten minutes."""

    def cut(_seed: int, pairs: int, days: int) -> list[Drawn]:
        document = changed(duration_s=600, units__B1__movement={"at": {"north_m": 6000}})
        return [Drawn(f"day-{n}", "office", 6000.0, document) for n in range(pairs * days)]

    monkeypatch.setattr("simulator.commands.days.ordinary_days", cut)


@pytest.mark.usefixtures("short")
def test_a_day_of_a_pair_is_played_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "day.html"
    code = main(["days", "--pairs", "1", "--days", "1", "--json", "--report", str(report)])
    day, summary = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert code == 0
    assert (day["type"], day["kind"], day["strength"]) == ("day", "office", "strict")
    assert (day["alarms"], day["felt"], day["homes_m"]) == (0, 0, 6000)
    assert day["his"]["contacts"] > 0
    assert [one["name"] for one in summary["rows"]][-1] == "all"
    assert "Receptor y reposo" in report.read_text()


def test_files_are_played_as_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["days", str(write(tmp_path, changed(), "mine.yaml"))])
    said = capsys.readouterr().out
    assert code == 0
    assert "mine" in said
    assert "per unit and day" in said


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pairs", "0"], "--pairs is 0: at least 1"),
        (["--days", "-1"], "--days is -1: at least 1"),
        (["--pairs", "100000", "--days", "2"], "at most 100000 days"),
        (["x.yaml", "--seed", "1"], "--seed is for days that are drawn"),
        (["nowhere.yaml"], "nowhere.yaml"),
        (["--policy", "nowhere.yaml"], "nowhere.yaml"),
        (["--report", "/nowhere/x.html"], "there is no folder"),
    ],
)
def test_what_cannot_be_played_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(["days", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert complaint in said.err
