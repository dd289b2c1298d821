"""Modules stay small, the core pure, and no file knows the machine that it was written on."""

import re

import pytest

from firmware.tools.paths import ROOT
from tests.test_repository import files

LINES_MAX = 350
# Hidden folders below the root are some tool's cache.
NAMES = [
    str(path.relative_to(ROOT))
    for path in files()
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[1:-1])
]
MODULES = [name for name in NAMES if name.endswith((".py", ".js", ".ts"))]

# What decides, and what it may not know of: clocks, threads, sockets, files, databases.
CORE = ("host/core/", "host/ingest/", "host/proximity/", "host/escalation/")
DRIVERS = re.compile(
    r"^\s*(?:from|import) (?:asyncio|os|paho|random|secrets|socket|sqlalchemy|sqlite3|sqlmodel|time"
    r"|threading|uuid|host\.(?:commands|console|evidence|service|store))\b",
    re.MULTILINE,
)

# A path that only one machine has.
MACHINE = re.compile(r"(?<![\w.~/-])/(work|root|home|Users)/\w")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_on_a_few_screens(module: str) -> None:
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith(CORE)])
def test_what_decides_has_no_clock_no_thread_no_socket_and_no_database(module: str) -> None:
    assert DRIVERS.findall((ROOT / module).read_text(encoding="utf-8")) == []


def test_the_drivers_are_found_where_they_are() -> None:
    loop = (ROOT / "host/service/loop.py").read_text(encoding="utf-8")
    assert len(DRIVERS.findall(loop)) > 5


def test_no_file_names_a_place_of_one_machine() -> None:
    places = [
        f"{name}:{number}: {line.strip()}"
        for name in NAMES
        for number, line in enumerate((ROOT / name).read_text("utf-8", "replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert places == []


def test_the_pattern_finds_what_it_looks_for() -> None:
    for place in ("home", "root", "Users"):
        assert MACHINE.search(f'open("/{place}/somebody/file")')
    assert not MACHINE.search("protocol/work/x and ./home/y and https://example.org/home/z")
