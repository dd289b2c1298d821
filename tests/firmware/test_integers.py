"""No floats on a unit: many a chip's have 32 bits, which move a position by up to a metre."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.bytecode import NOT_ON_A_UNIT
from firmware.tools.paths import ROOT

# Simulated time may pass at any speed; only the Unix board knows of it.
WITH_FLOATS = Path("firmware/boards/unix.py")
MODULES = sorted(
    file.relative_to(ROOT)
    for part in ("firmware", "protocol")
    for file in (ROOT / part).rglob("*.py")
    if not file.is_relative_to(ROOT / NOT_ON_A_UNIT)
)


def floats(source: str) -> Iterator[int]:
    """The lines where a float is made."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.BinOp(op=ast.Div())
                | ast.AugAssign(op=ast.Div())
                | ast.Constant(value=float())
                | ast.Call(func=ast.Name(id="float" | "round"))
            ):
                yield node.lineno


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_what_runs_on_a_unit_is_integers(module: Path) -> None:
    found = list(floats((ROOT / module).read_text("utf-8")))
    assert bool(found) == (module == WITH_FLOATS), found


@pytest.mark.parametrize("source", ["a = b / 2", "a /= 2", "a = 0.5", "a = float('1')"])
def test_a_float_is_found(source: str) -> None:
    assert list(floats(source)) == [1]
