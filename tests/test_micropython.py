"""The on-device tests again, where they count: under MicroPython, in the heap that a unit has."""

import subprocess
from pathlib import Path

import pytest

from simulator.bytecode import compile_all
from simulator.micropython import EXECUTABLE
from simulator.paths import ROOT

MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in ROOT.glob("tests/*/on_device/test_*.py")
)


@pytest.fixture(scope="session")
def bytecode() -> Path:
    return compile_all()


@pytest.mark.parametrize("module", MODULES)
def test_under_micropython(module: str, bytecode: Path) -> None:
    ran = subprocess.run(
        [EXECUTABLE, "-X", "heapsize=128K", "-m", "tests.on_device.runner", module],
        cwd=bytecode,
        env={"MICROPYPATH": ".frozen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, f"{module} under MicroPython:\n{ran.stdout}{ran.stderr}"
