import argparse
import json
import re
from pathlib import Path
from typing import Any

import pytest

from host.base.clock import iso
from host.base.errors import UsageError
from host.escalation.policy import DEFAULT
from simulator.commands import replay
from simulator.scenario.ground import moved

HOME = (146_000_000, -905_000_000)
T0_MS = 1_772_460_000_000


def _csv(folder: Path, name: str, north_m: list[float], start_s: int = 0) -> Path:
    """A track with a fix each second, so far north of HOME."""
    lines = ["time,lat,lon"]
    for second, metres in enumerate(north_m, start_s):
        lat_e7, lon_e7 = moved(HOME, metres, 0)
        lines.append(f"{iso(T0_MS + second * 1000)},{lat_e7 / 1e7:.7f},{lon_e7 / 1e7:.7f}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    parser = argparse.ArgumentParser(exit_on_error=False)
    replay.add_arguments(parser)
    assert replay.run(parser.parse_args([*map(str, arguments), "--json"])) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _there_and_back(folder: Path) -> Path:
    """From 1,500 m to 50 m and back at 10 m/s, then still for ten minutes."""
    there = [1500.0 - 10 * second for second in range(146)]
    return _csv(folder, "offender.csv", [*there, *reversed(there), *([1500.0] * 600)])


def test_an_approach_to_a_fixed_place_rises_at_each_limit_and_falls_on_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *events, summary = _run(
        capsys, "--offender", _there_and_back(tmp_path), "--victim", "14.6,-90.5"
    )
    changes = [
        (event["at"], event["from"], event["to"], event["distance_m"])
        for event in events
        if event["type"] == "transition"
    ]
    assert [change[1:3] for change in changes] == [
        ("clear", "pre_alert"),
        ("pre_alert", "alert"),
        ("alert", "breach"),
        ("breach", "alert"),
        ("alert", "pre_alert"),
        ("pre_alert", "clear"),
    ]
    ups, downs = changes[:3], changes[3:]
    assert [round(change[3], -1) for change in ups] == [1000, 500, 100]
    assert [change[0][14:19] for change in ups] == ["00:50", "01:40", "02:20"]
    # Beyond 150 m, 550 m and 1,100 m for two minutes of fixes, 95 % sure.
    assert [change[0][14:18] for change in downs] == ["04:3", "05:1", "06:1"]
    assert all(event["cause"] == "victim:victim" for event in events if "rule" in event)
    (track,) = summary.pop("tracks")
    assert (track["kind"], track["points"], track["left_out"]) == ("CSV", 892, {})
    assert summary == {
        "type": "summary",
        "fixes": 892,
        "stored": 892,
        "transitions": 6,
        "min_distance_m": pytest.approx(50, abs=0.02),
        "gaps": 0,
        "gaps_alarmed": 0,
        "gap_held_longest_s": None,
        "lead_time_cost_s": [],
        "left_out": 0,
        "not_believed": {},
    }


def test_who_moves_does_not_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mover = _csv(tmp_path, "mover.csv", [1500.0 - 10 * second for second in range(146)])
    sitter = _csv(tmp_path, "sitter.csv", [0.0] * 146)
    one = _run(capsys, "--offender", mover, "--victim", sitter)
    other = _run(capsys, "--offender", sitter, "--victim", mover)
    assert [line for line in one if line["type"] == "transition"] == [
        line for line in other if line["type"] == "transition"
    ]
    assert one[-1]["min_distance_m"] == other[-1]["min_distance_m"]
    assert one[-1]["fixes"] == one[-1]["stored"] == 292


def test_a_gap_while_near_is_unassured_and_its_end_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _csv(tmp_path, "gap.csv", [1200.0] * 120)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:80], *lines[120:]]) + "\n")
    assurance = [
        (line["from"], line["to"], line["cause"], line["at"][14:19])
        for line in _run(capsys, "--offender", path, "--victim", "14.6,-90.5")
        if line["type"] == "assurance"
    ]
    assert assurance == [
        ("watched", "unassured", "overdue_offender", "01:48"),
        ("unassured", "watched", "near", "01:59"),
    ]


def test_radii_and_accuracy_are_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still = _csv(tmp_path, "still.csv", [700.0] * 5)
    options = ("--offender", still, "--victim", "14.6,-90.5")

    def levels(*more: object) -> list[str]:
        lines = _run(capsys, *options, *more)
        return [line["to"] for line in lines if line["type"] == "transition"]

    assert levels() == ["pre_alert"]
    assert levels("--alert-m", 300) == []
    assert levels("--alert-m", 750) == ["alert"]
    assert levels("--alert-m", 800, "--contact-m", 750) == ["breach"]
    # A coarse fix at 700 m is within 650 m with a probability of more than a quarter.
    assert levels("--alert-m", 650) == ["pre_alert"]
    assert levels("--alert-m", 650, "--offender-accuracy-m", 400) == ["alert"]


def test_tracks_of_different_days_are_aligned_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = _csv(tmp_path, "one.csv", [2000.0, 1990.0])
    other = _csv(tmp_path, "other.csv", [0.0, 0.0], start_s=90_000)
    with pytest.raises(UsageError) as refusal:
        _run(capsys, "--offender", one, "--victim", other)
    assert (
        "do not overlap in time (2026-03-02T14:00:00.000Z to 2026-03-02T14:00:01.000Z and"
        in str(refusal.value)
    )
    lines = _run(capsys, "--offender", one, "--victim", other, "--align", "start")
    assert lines[-1]["min_distance_m"] == pytest.approx(1990, abs=0.1)


def test_a_fix_that_cannot_be_is_stored_and_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jump = _csv(tmp_path, "jump.csv", [3000.0] * 5 + [0.0] + [3000.0] * 5)
    summary = _run(capsys, "--offender", jump, "--victim", "14.6,-90.5")[-1]
    assert summary["stored"] == 11
    assert summary["transitions"] == 0
    assert summary["not_believed"] == {"impossible_speed": 1}


def test_people_read_sentences_and_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    still = _csv(tmp_path, "still.csv", [700.0] * 5)
    assert replay.run(parser.parse_args(["--offender", str(still), "--victim", "14.6,-90.5"])) == 0
    out = capsys.readouterr().out
    assert "14:00:00  replay: clear -> pre_alert (victim:victim, 700.0 m, by distance)" in out
    assert re.search(r"min distance m +699\.99\n", out)


def test_a_report_shows_what_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--offender", _there_and_back(tmp_path), "--victim", "14.6,-90.5")
    report = tmp_path / "out.html"
    said = _run(capsys, *options, "--report", report, "--language", "en")
    assert said == _run(capsys, *options)
    html = report.read_text()
    assert "It would have risen to “breach”; the nearest was 50 m." in html
    assert html.count("<td>protected person: rises to") == 3
    assert f"{tmp_path / 'offender.csv'}: CSV, UTF-8, 892 points" in html


LOGGER = f"""time,lat,lon,accuracy,provider
{iso(T0_MS)},14.614,-90.5,5,gps
{iso(T0_MS + 60_000)},14.6001,-90.5,1800,network
{iso(T0_MS + 120_000)},14.614,-90.5,5,gps
"""


def test_a_position_of_the_mobile_network_raises_a_pre_alert_at_most(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logger.csv"
    path.write_text(LOGGER)
    *events, summary = _run(capsys, "--offender", path, "--victim", "14.6,-90.5")
    changes = [event for event in events if event["type"] == "transition"]
    assert [(event["to"], event["distance_m"]) for event in changes] == [("pre_alert", 11.1)]
    (track,) = summary["tracks"]
    assert track["accuracy"] == {"accuracy": 3}
    assert track["sources"] == {"gnss": 2, "cell": 1}


def test_times_without_a_zone_are_taken_in_the_one_given_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("Fecha;Latitud;Longitud\n02/03/2026 8:00:00;14,606;-90,5\n")
    options = ("--offender", path, "--victim", "14.6,-90.5", "--time-zone", "America/Guatemala")
    change, summary = _run(capsys, *options)
    assert change["at"] == iso(T0_MS)
    (track,) = summary["tracks"]
    assert (track["without_zone"], track["time_zone"]) == (1, "America/Guatemala")
    assert track["date_order"] == "day-first, as decimal commas tell"
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    assert replay.run(parser.parse_args([*map(str, options)])) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        f"{path}: CSV, UTF-8, 1 points",
        "  times without a zone: 1, taken as America/Guatemala",
        "  dates: day-first, as decimal commas tell",
        "  accuracy: 10 m where unsaid (1)",
    ]


def test_what_is_left_out_and_ignored_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "time,lat,lon,hdop,vdop,note\n"
        f"{iso(T0_MS)},14.7,-90.5,1.5,2,a\n,14.7,-90.5,1,1,b\nlater,14.7,-90.5,1,1,c\n"
    )
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    options = ["--offender", str(path), "--victim", "14.6,-90.5"]
    assert replay.run(parser.parse_args(options)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1:6] == [
        "  left out: 1 no time (first: line 3)",
        "  left out: 1 unreadable time (first: line 4: later)",
        "  accuracy: hdop x 10 m (1)",
        "  ignored, like accuracy: vdop (3)",
        "  ignored: note (3)",
    ]
    assert _run(capsys, *options)[-1]["left_out"] == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--alert-m", "0"], "'0' is no radius"),
        (["--alert-m=-5"], "'-5' is no radius"),
        (["--contact-m", "nan"], "'nan' is no radius"),
        (["--pre-alert-m", "1e9"], "'1e9' is no radius"),
        (["--offender-accuracy-m", "0"], "'0' is no accuracy"),
        (["--victim-accuracy-m", "nan"], "'nan' is no accuracy"),
        (["--alert-m", "500", "--pre-alert-m", "400"], "--pre-alert-m 400 is less than"),
        (["--contact-m", "600"], "--contact-m 600 is more than"),
        (["--victim", "95,0"], "95,0: no such place"),
        (["--victim", "48.13"], "--victim 48.13: there is no such file, and a place is LAT,LON"),
        (["--time-zone", "Mars"], "no time zone is called Mars; America/Guatemala would be one"),
        (["--dates", "first"], "argument --dates: invalid"),
        (["--offender", "none.gpx"], "none.gpx: No such file or directory"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    still = _csv(tmp_path, "still.csv", [700.0] * 5)
    with pytest.raises((UsageError, argparse.ArgumentError)) as refusal:
        _run(capsys, "--offender", still, "--victim", "14.6,-90.5", *arguments)
    assert complaint in str(refusal.value)


def test_a_policys_quiet_clock_is_tried_and_what_it_costs_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """He is silent for five minutes, and then close."""
    path = _csv(tmp_path, "gap.csv", [6000.0] * 60 + [6000.0 - 20.0 * s for s in range(290)])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:61], *lines[345:]]) + "\n")
    hasty, patient = tmp_path / "hasty.yaml", tmp_path / "patient.yaml"
    written = DEFAULT.read_text()
    hasty.write_text(re.sub(r"hold_s: \d+", "hold_s: 1", written))
    patient.write_text(re.sub(r"(still|town|road)_m_s: \d+", r"\1_m_s: 1", written))
    command = "--offender", path, "--victim", "14.6,-90.5", "--strength", "supervised"
    costs_s = {
        policy.stem: _run(capsys, *command, "--policy", policy)[-1]["lead_time_cost_s"]
        for policy in (hasty, patient)
    }
    (at_once,), (waited,) = costs_s.values()
    assert at_once < 2 < waited
