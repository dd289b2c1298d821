from pathlib import Path

import pytest

from firmware.tools.micropython import mirrors

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
