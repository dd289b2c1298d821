"""Modules stay small, and no file knows the machine that it was written on."""

import re

import pytest

from simulator.paths import ROOT
from tests.test_repository import files

LINES_MAX = 350
MODULES = [str(path.relative_to(ROOT)) for path in files() if path.suffix in {".py", ".js", ".ts"}]

# A path that only one machine has.
MACHINE = re.compile(r"(?<![\w.~/-])/(work|root|home|tmp|Users)/\w")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_on_a_few_screens(module: str) -> None:
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= LINES_MAX


def test_no_file_names_a_place_of_one_machine() -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert places == []


def test_the_pattern_finds_what_it_looks_for() -> None:
    for place in ("home", "root", "tmp"):
        assert MACHINE.search(f'open("/{place}/somebody/file")')
    assert not MACHINE.search("protocol/work/x and ./tmp/y and https://example.org/home/z")
