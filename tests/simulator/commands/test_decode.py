import argparse
import json
from pathlib import Path

import pytest

from firmware.gnss.ubx import fletcher
from host.base.errors import UsageError
from simulator.commands import decode


def _line(body: str) -> bytes:
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n".encode()


def _run(path: Path, *options: str) -> int:
    parser = argparse.ArgumentParser()
    decode.add_arguments(parser)
    return decode.run(parser.parse_args([str(path), *options]))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "walk.log"
    damaged = bytearray(_line("GPRMC,120002.00,A,4025.3,N,00341.5,W,2.0,90.0,280324,,,A"))
    damaged[20] ^= 1
    unknown = b"\xb5\x62\x0a\x04\x00\x00"
    path.write_bytes(
        b"# a recorded log; " + _line("GPRMC,110000,A,0000.6,N,00000.6,E,,,010120,,,A")
        + _line("GPGGA,120000.20,4025.1,N,00341.5,W,1,08,1.2,650,M,,M,,")
        + _line("GPRMC,120000.20,A,4025.1,N,00341.5,W,2.0,90.0,280324,,,A")
        + _line("GPGSV,1,1,00")
        + unknown + fletcher(unknown, 2, 6).to_bytes(2, "little")
        + _line("GPRMC,120001.20,V,,,,,,,280324,,,N")
        + bytes(damaged)
    )  # fmt: skip
    return path


def test_json_has_an_object_for_each_fix_and_a_summary(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(log, "--json") == 0
    located, lost, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert located == {
        "type": "fix",
        "time": "2024-03-28T12:00:00.200Z",
        "time_resolved": True,
        "lat": 40.4183333,
        "lon": -3.6916667,
        "accuracy_m": 12.0,
        "accuracy_estimated": True,
        "speed_m_s": 1.03,
        "course_deg": 90.0,
        "satellites": 8,
        "mode": 3,
        "valid": True,
    }
    assert lost["time"] == "2024-03-28T12:00:01.200Z"
    assert lost["lat"] is lost["lon"] is lost["accuracy_m"] is None
    assert lost["valid"] is lost["time_resolved"] is False
    assert summary == {
        "type": "summary",
        "fixes": 2,
        "valid": 1,
        "skipped": {"nmea": 1, "ubx": 1},
        "rejected": {"nmea_checksum": 1},
    }


def test_the_table_is_aligned_and_ends_in_counts(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(log) == 0
    assert capsys.readouterr().out.splitlines() == [
        "time                        latitude    longitude  accuracy  fix   sats  valid",
        "2024-03-28T12:00:00.200Z  40.4183333   -3.6916667   ~12.0 m  3D       8  yes",
        "2024-03-28T12:00:01.200Z           -            -         -  none     0  no",
        "2 fixes, 1 valid",
        "skipped:  1 nmea, 1 ubx",
        "rejected: 1 nmea_checksum",
    ]


def test_recorded_dates_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.log"
    old.write_bytes(_line("GPRMC,120000,A,4025.1,S,00341.5,E,,,170503,,,"))
    assert _run(old, "--json") == 0
    fix = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (fix["time"], fix["lat"], fix["accuracy_m"]) == (
        "2003-05-17T12:00:00.000Z",
        -40.4183333,
        6553.5,
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no NMEA sentence or UBX message in it: it is empty"),
        (b"\x89PNG\r\n\x1a", "no NMEA sentence or UBX message in it: 5 noise_bytes"),
        (b"$GPRMC,1\r\n", "no NMEA sentence or UBX message in it: 1 nmea_no_checksum"),
    ],
)
def test_a_file_without_gnss_data_is_refused(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "odd.log"
    file.write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        _run(file)
    assert str(refusal.value) == f"{file}: {complaint}"


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.log: No such file or directory"):
        _run(tmp_path / "none.log")
    with pytest.raises(UsageError, match="Is a directory"):
        _run(tmp_path)
