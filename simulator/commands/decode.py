"""Show what the firmware's parser makes of a GNSS receiver's log."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from firmware.gnss.fix import Fix
from firmware.gnss.receiver import Receiver
from host.base.clock import iso
from host.base.errors import UsageError
from simulator.tracks.receiver_log import LINE_BYTES_MAX, received

_HEADING = f"{'time':24} {'latitude':>11} {'longitude':>12} {'accuracy':>9}  fix   sats  valid"
_MODES = {1: "none", 2: "2D", 3: "3D"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="NMEA or UBX as recorded")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Print one line a fix, then counts. Raises UsageError for a file that holds no GNSS data."""
    receiver = Receiver()  # without week rollover: a recorded log's old dates are right
    count = valid = 0
    for fix in _fixes(args.file, receiver):
        if count == 0 and not args.json:
            print(_HEADING)
        print(json.dumps(_as_json(fix)) if args.json else _as_line(fix))
        count += 1
        valid += fix.valid
    if count == 0 and not any(receiver.skipped.values()):
        reasons = _counts(receiver.rejected) or "it is empty"
        raise UsageError(f"{args.file}: no NMEA sentence or UBX message in it: {reasons}")
    if args.json:
        summary = {
            "type": "summary",
            "fixes": count,
            "valid": valid,
            "skipped": receiver.skipped,
            "rejected": receiver.rejected,
        }
        print(json.dumps(summary))
    else:
        print(f"{count} fixes, {valid} valid")
        print(f"skipped:  {_counts(receiver.skipped) or 'nothing'}")
        print(f"rejected: {_counts(receiver.rejected) or 'nothing'}")
    return 0


def _fixes(path: Path, receiver: Receiver) -> Iterator[Fix]:
    try:
        with path.open("rb") as log:
            yield from received(iter(lambda: log.readline(LINE_BYTES_MAX), b""), receiver)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _as_json(fix: Fix) -> dict[str, object]:
    lat_e7, lon_e7 = fix.lat_e7, fix.lon_e7
    return {
        "type": "fix",
        "time": _time(fix),
        "time_resolved": fix.time_resolved,
        "lat": None if lat_e7 is None else lat_e7 / 1e7,
        "lon": None if lon_e7 is None else lon_e7 / 1e7,
        "accuracy_m": None if lat_e7 is None else fix.a95_dm / 10,
        "accuracy_estimated": fix.estimated,
        "speed_m_s": fix.speed_cm_s / 100,
        "course_deg": fix.course * 360 / 256,
        "satellites": fix.satellites,
        "mode": fix.mode,
        "valid": fix.valid,
    }


def _as_line(fix: Fix) -> str:
    time = _time(fix) or "time not known"
    if fix.lat_e7 is None or fix.lon_e7 is None:
        place = f"{'-':>11} {'-':>12} {'-':>9}"
    else:
        accuracy = f"{'~' if fix.estimated else ''}{fix.a95_dm / 10:.1f} m"
        place = f"{fix.lat_e7 / 1e7:11.7f} {fix.lon_e7 / 1e7:12.7f} {accuracy:>9}"
    validity = "yes" if fix.valid else "no"
    return f"{time:24} {place}  {_MODES[fix.mode]:4} {fix.satellites:5}  {validity}"


def _time(fix: Fix) -> str | None:
    return iso(fix.time_s * 1000 + fix.ms) if fix.time_s else None


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()) if count)
