"""Reads the tables of protocol/README.md, and unseals by them alone: a second implementation.

Nothing of the package is used here: HMAC is the standard library's, HKDF written from RFC 5869.
"""

import hmac
import re
import struct
from typing import NamedTuple

from firmware.tools.paths import ROOT

PAGE = (ROOT / "protocol" / "README.md").read_text()
_CODES = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i32": "i"}
_ROW = re.compile(r"^\| (\d+) \| (\w+|\d+ bytes) \| `(\w+)` \|", re.MULTILINE)
_TYPE = re.compile(r"^(\d+) `(\w+)`\n")


class Layout(NamedTuple):
    """One table of bytes."""

    fields: tuple[str, ...]
    struct: str
    offsets: tuple[int, ...]

    def read(self, data: bytes) -> dict[str, int | bytes]:
        """The fields of `data`, which may be longer."""
        return dict(zip(self.fields, struct.unpack_from(self.struct, data)))


def _layout(text: str) -> Layout:
    rows = _ROW.findall(text)
    codes = [_CODES.get(kind) or f"{kind.split()[0]}s" for _, kind, _ in rows]
    return Layout(
        tuple(field for _, _, field in rows),
        "<" + "".join(codes),
        tuple(int(at) for at, _, _ in rows),
    )


def _chapter(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _types(title: str) -> dict[int, tuple[str, Layout]]:
    sections = _chapter(title).split("\n### ")[1:]
    found = [_TYPE.match(section) for section in sections]
    return {
        int(match[1]): (match[2], _layout(section))
        for match, section in zip(found, sections)
        if match
    }


RECORD_HEADER = _layout(_chapter("Records").split("\n### ")[0])
RECORDS = _types("Records")
COMMAND_HEADER, COMMAND_HEAD = (
    _layout(table) for table in _chapter("Commands").split("\n### ")[0].split("The body has")
)
COMMANDS = _types("Commands")
CONSTANTS = re.findall(r"^\| (\d+) \| `([A-Z][A-Z0-9_]+)` \|", PAGE, re.MULTILINE)
REASONS = set(re.findall(r"^\| `([a-z_]+)` \|", _chapter("Rules"), re.MULTILINE))
SIZES = re.findall(r"^\| `(\w+)` \| (\d+) \|", _chapter("Sizes"), re.MULTILINE)


def hkdf(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256, RFC 5869, section 2."""
    pseudo_random_key = hmac.digest(salt, key, "sha256")
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(pseudo_random_key, block + info + bytes((counter,)), "sha256")
        output += block
        counter += 1
    return output[:length]


def working_key(unit_key: bytes, purpose: str, unit: str, epoch: int) -> bytes:
    """One of a unit's derived keys."""
    info = f"{purpose}/{unit}/".encode() + struct.pack("<I", epoch)
    return hkdf(b"resguardo/1", unit_key, info, 32)


def unseal(
    sealed: bytes, unit_key: bytes, direction: str, unit: str, epoch: int, number: int, header: int
) -> bytes:
    """The decrypted body behind a header of `header` bytes; asserts that the seal fits."""
    message, seal = sealed[:-16], sealed[-16:]
    seal_key = working_key(unit_key, f"seal/{direction}", unit, epoch)
    context = f"{direction}/{unit}\0".encode()
    assert hmac.digest(seal_key, context + message, "sha256")[:16] == seal
    cipher_key = working_key(unit_key, f"cipher/{direction}", unit, epoch)
    body = bytearray(message[header:])
    for at in range(len(body)):
        counter = struct.pack("<QB", number, at // 32)
        body[at] ^= hmac.digest(cipher_key, counter, "sha256")[at % 32]
    return bytes(body)
