"""The on-device tests again, where they count: under MicroPython, in the heap that a unit has,
with words of 32 bits, as a device has them, and of 64.

Each runs in an interpreter of its own, the unit's code where it lies in flash, as a unit that has
just started does.
"""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.bytecode import compile_all
from firmware.tools.micropython import WORDS, in_its_heap
from firmware.tools.paths import ROOT


def on_device_tests() -> Iterator[tuple[str, str]]:
    """Yield module and function; read, not imported, so that nothing runs under CPython here."""
    for file in sorted(ROOT.glob("tests/*/on_device/test_*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        defined = [
            node.name
            for node in ast.parse(file.read_text()).body
            if isinstance(node, ast.FunctionDef)
        ]
        tests = [name for name in defined if name.startswith("test_")]
        assert tests, f"{module} holds no test"
        yield from ((module, test) for test in tests)


@pytest.fixture(scope="session")
def bytecode() -> Path:
    return compile_all()


@pytest.mark.parametrize("bits", WORDS, ids="{}-bit".format)
@pytest.mark.parametrize(("module", "function"), list(on_device_tests()))
def test_under_micropython(module: str, function: str, bits: int, bytecode: Path) -> None:
    program = (
        "import gc; from firmware.main import IMAGE, RUNNING_BYTES, map_rom; map_rom(IMAGE); "
        f"from {module} import {function}; gc.threshold(RUNNING_BYTES); {function}()"
    )
    ran = subprocess.run(
        [*in_its_heap(bits), "-c", program],
        cwd=bytecode,
        env={"MICROPYPATH": ".frozen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, f"{module} {function}:\n{ran.stdout}{ran.stderr}"
