import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.tools import micropython
from firmware.tools.micropython import NARROW, WIDE, WORDS, MicroPythonMissing, executable, mirrors

MIRROR = "http://mirror.example/debian"
CURRENT = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
OTHERS_KEY = CURRENT.replace("debian-archive-keyring", "a-vendor")
FOLDED = "Types: deb\nURIs:\n http://mirror.example/debian\nSuites: stable\nComponents:\n main\n"
SWITCHED_OFF = FOLDED + "Enabled: no\n"
SOURCE_ONLY = FOLDED.replace("deb\n", "deb-src\n", 1)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.sources", CURRENT, [MIRROR]),
        ("a.sources", FOLDED, [MIRROR]),
        ("a.sources", OTHERS_KEY, []),
        ("a.sources", SWITCHED_OFF, []),
        ("a.sources", SOURCE_ONLY, []),
        ("a.sources.off", CURRENT, []),
        ("a.list", "deb http://mirror.example/debian bookworm main contrib\n", [MIRROR]),
        (
            "a.list",
            "deb [arch=amd64] http://mirror.example/debian bookworm main # here\n",
            [MIRROR],
        ),
        ("a.list", "# deb http://mirror.example/debian bookworm main\n", []),
        ("a.list", "deb-src http://mirror.example/debian bookworm main\n", []),
        ("a.list", "deb http://mirror.example/debian bookworm-updates main\n", []),
        ("a.list", "deb http://mirror.example/vendor/ ./\n", []),
        ("a.list", "deb [signed-by=/etc/keys/vendor.gpg] http://v.example bookworm main\n", []),
    ],
)
def test_mirrors_are_debians_own(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / name).write_text(text)
    assert list(mirrors(tmp_path)) == found


def test_the_old_single_file_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb http://mirror.example/debian bookworm main\n")
    assert list(mirrors(tmp_path)) == [MIRROR]


def pretended(folder: Path, bits: int, version: str = "1 25") -> Path:
    """A MicroPython on PATH: all that is asked of it."""
    folder.mkdir(exist_ok=True)
    program = folder / "micropython"
    program.write_text(f"#!/bin/sh\necho {bits} {version}\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets PATH, and keeps the machine's own sources and this checkout's MicroPython out of it."""
    monkeypatch.setattr(micropython, "HOME", tmp_path / "home")
    monkeypatch.setattr(micropython, "mirrors", lambda: iter(()))

    def set_path(*folders: Path) -> None:
        monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))

    return set_path


@pytest.mark.parametrize("bits", WORDS)
def test_of_those_on_path_the_one_with_such_words_is_started(
    tmp_path: Path, on_path: Callable[..., None], bits: int
) -> None:
    broken = pretended(tmp_path / "broken", bits)
    (broken / "micropython").write_text("#!/no/such/interpreter\n")
    old = pretended(tmp_path / "old", bits, "1 23")
    on_path(tmp_path, broken, old, *(pretended(tmp_path / f"its {n}", n) for n in WORDS))
    micropython.set_up(bits)
    assert f"'{tmp_path}/its {bits}/micropython'" in executable(bits).read_text()
    ran = subprocess.run([executable(bits)], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{bits} 1 25\n"


def test_where_there_is_none_it_says_what_would_help(
    tmp_path: Path, on_path: Callable[..., None]
) -> None:
    on_path(pretended(tmp_path / "wide", WIDE))
    with pytest.raises(MicroPythonMissing, match=r"1\.24 or later, with words of 32 bits, on PATH"):
        micropython.set_up(NARROW)
    assert not executable(NARROW).exists()


@pytest.mark.parametrize(
    ("loader", "why"),
    [
        (b"\x7fELF\x01\x01\x01" + bytes(57), "Exec format error"),
        (b"#!/bin/sh\nkill -SYS $$", "SIG"),
    ],
    ids=["no such programs", "forbidden"],
)
def test_a_machine_that_cannot_run_it_says_what_would_help(
    on_path: Callable[..., None], monkeypatch: pytest.MonkeyPatch, loader: bytes, why: str
) -> None:
    def unpack(mirror: str, architecture: str, home: Path) -> None:
        assert (mirror, architecture) == (MIRROR, "i386")
        file = home / "root" / "ld-linux.so.2"
        file.parent.mkdir()
        file.write_bytes(loader)
        file.chmod(0o755)

    on_path()
    monkeypatch.setattr(micropython, "mirrors", lambda: iter((MIRROR,)))
    monkeypatch.setattr(micropython, "KEYRING", Path("/dev/null"))
    monkeypatch.setattr(micropython, "_unpack", unpack)
    with pytest.raises(MicroPythonMissing, match=rf"for i386 \(.*{why}.*ia32_emulation=1"):
        micropython.set_up(NARROW)
    assert not executable(NARROW).exists()
