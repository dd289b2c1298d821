import pytest

from simulator.tracks.points import BadTrack
from simulator.tracks.text import Text, decoded, printable

TEXT = "Latitud;Precisión\r\n14,6;5 ñ"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16LE"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "UTF-16BE"),
        ("latin-1", "Windows-1252"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_text_is_found_in_each_encoding(codec: str, encoding: str) -> None:
    assert decoded(TEXT.encode(codec)) == Text(TEXT, encoding)


def test_bytes_that_are_no_letters_leave_a_mark() -> None:
    assert decoded(b"\x81a") == Text("\ufffda", "Windows-1252")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", bytes(range(32)), b"\xb5b\x01\x07\x00\x00"])
def test_what_is_no_text(data: bytes) -> None:
    assert decoded(data) is None


def test_text_that_breaks_off_in_a_character_is_refused() -> None:
    with pytest.raises(BadTrack, match="no UTF-16LE text, as it begins: byte 4 is wrong"):
        decoded("a".encode("utf-16") + b"\0")


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert printable("a\x1b[31m\r\nñ") == "a\ufffd[31m\ufffd\ufffdñ"
