"""Rules of the house that no linter knows, over every file of the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tools.paths import ROOT

PARTS = {"firmware", "host", "protocol", "simulator", "tests"}
LOCKS = sorted((ROOT / "host" / "requirements").glob("*.txt"))
MADE = {"node_modules", "__pycache__"}

# Spelt so that this file does not hold what it looks for.
REGISTRY = re.compile(
    r"(pypi|pythonhosted|npmjs|deb\.debian|(snapshot|security)\.debian)[.]\w+[/:]"
    r"|index[-]url|find[-]links|\"resolved[\"]"
)


def files() -> Iterator[Path]:
    # A work tree of Git has a file of that name, which says where the repository is.
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    for folder in sorted(PARTS | {".ci"}):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not MADE.intersection(path.parts):
                yield path


def test_the_root_holds_the_parts_and_little_else() -> None:
    shown = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert shown <= PARTS | {"Makefile", "README.md", "pyproject.toml"}


def test_no_file_names_a_registry_or_a_mirror() -> None:
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files()}
    assert len(texts) > 50
    assert [path for path, text in texts.items() if REGISTRY.search(text)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_package_has_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    for entry in entries:
        assert re.fullmatch(r"[\w.-]+==\S+( ; [^\\\n]+)?( \\\n    --hash=sha256:\w{64})+", entry)
