"""A unit that has run for a month, under words of both sizes, switched on shortly before its ticks
begin anew; with words of 32 bits they do so twice more."""

import re
import subprocess
from pathlib import Path

import pytest

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import HEAPS_KB, WORDS, in_its_heap
from tests.firmware.shipped_unit import STARVED

DAYS = 30
BEFORE_WRAP_MS = 3_600_000
SECONDS_MAX = 300
A_DAY = {"reports": 24, "felt": 1, "receipts": 1, "uncovered": 0}
LATE_MAX_S = 2  # after its lease: GNSS speaks once a second
GROWN_BYTES = 2_048  # 32 warnings that it remembers; 2**30 ms and more are no small integers


@pytest.mark.parametrize("bits", WORDS, ids="{}-bit".format)
def test_a_month(bits: int, tmp_path: Path) -> None:
    """It reports, feels, holds leases and the promise; at last its watchdog starves."""
    program = (
        "import gc; from firmware.main import IMAGE, RUNNING_BYTES, map_rom; map_rom(IMAGE); "
        "from tests.firmware.on_device.month import live; gc.threshold(RUNNING_BYTES); "
        f"live({str(tmp_path / 'flash')!r}, {BEFORE_WRAP_MS})"
    )
    ran = subprocess.run(
        # The world around it lives in the same heap: an eighth more, so that as much is free.
        [*in_its_heap(bits, HEAPS_KB[bits] // 8), "-c", program],
        cwd=compile_all(),
        env={"MICROPYPATH": ".frozen"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    assert (ran.returncode, ran.stderr) == (STARVED, "")
    assert (tmp_path / "flash.starved").exists()  # where the next boot finds why
    told = [line for line in ran.stdout.splitlines() if line.startswith("reports")]
    days = [{name: int(value) for name, value in re.findall(r"(\w+) (\d+)", line)} for line in told]
    heaps = [day.pop("heap") for day in days]
    assert max(day.pop("late_s") for day in days) <= LATE_MAX_S
    assert days == [A_DAY | {"felt": 0, "receipts": 0}] + [A_DAY] * (DAYS - 1)
    assert heaps[-1] - heaps[0] < GROWN_BYTES
    assert "no cover 0" in ran.stdout.splitlines()[-2:]  # felt when what was promised ended
