"""The text in a file's bytes: UTF-8 with or without a mark, UTF-16, or what Windows writes."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import NamedTuple

from simulator.tracks.points import BadTrack

_MARKS = ((BOM_UTF8, "UTF-8"), (BOM_UTF16_LE, "UTF-16LE"), (BOM_UTF16_BE, "UTF-16BE"))
_HEAD_BYTES = 400
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")


class Text(NamedTuple):
    """A file's text, without a mark, and the encoding that it was found to have."""

    text: str
    encoding: str


def printable(text: str) -> str:
    """A text in one line, whatever a file has put into it: a terminal obeys some signs."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def decoded(data: bytes) -> Text | None:
    """The text in these bytes; None where they are none, but a picture, a program, noise.

    Bytes that are no UTF-8 are Windows-1252, of which Latin-1 is a part: every byte has a
    meaning there, and what differs is letters in names, never digits. Raises BadTrack for text
    that breaks off in the middle of a character.
    """
    encoding, mark = _encoding(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "UTF-8" or mark:
            at = error.start + len(mark)
            raise BadTrack(f"no {encoding} text, as it begins: byte {at} is wrong") from error
        encoding = "Windows-1252"
        text = data.decode(encoding, "replace")  # five bytes have no letter
    return None if _CONTROL.search(text[:_HEAD_BYTES]) else Text(text, encoding)


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, mark
    # Without a mark, UTF-16 shows in its zeros: every other byte of what is mostly ASCII.
    head = data[:_HEAD_BYTES]
    if len(head) >= 8:
        for zeros, encoding in ((head[1::2], "UTF-16LE"), (head[::2], "UTF-16BE")):
            if zeros.count(0) > 0.8 * len(zeros):
                return encoding, b""
    return "UTF-8", b""
