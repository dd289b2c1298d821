"""Packs a unit's bytecode into one image, which MicroPython runs where it lies, as in a flash chip.

The format is MicroPython's ROMFS: records of kind, length (both in 7-bit groups, most significant
first, all but the last with bit 7 set) and content.
"""

import os
from pathlib import Path

IMAGE = "unit.romfs"
PARTS = ("firmware", "protocol")

_MAGIC = b"\xd2\xcd\x31"
_VERBATIM, _FOLDER, _FILE = 2, 4, 5


def pack(folder: Path) -> Path:
    """Write the image of what `folder` holds of the PARTS, where it is out of date; its path."""
    image = folder / IMAGE
    content = b"".join(_folder(folder / part) for part in PARTS)
    size = _number(len(content))
    if (len(_MAGIC) + len(size) + len(content)) % 2:
        size = b"\x80" + size
    packed = _MAGIC + size + content
    if not image.exists() or image.read_bytes() != packed:
        aside = image.with_suffix(f".{os.getpid()}")  # a unit may be running from the image
        aside.write_bytes(packed)
        aside.replace(image)
    return image


def _folder(folder: Path) -> bytes:
    entries = sorted(folder.iterdir())
    content = b"".join(_folder(entry) if entry.is_dir() else _file(entry) for entry in entries)
    return _record(_FOLDER, _name(folder) + content)


def _file(file: Path) -> bytes:
    if file.suffix != ".mpy":
        return b""
    return _record(_FILE, _name(file) + _record(_VERBATIM, file.read_bytes()))


def _name(path: Path) -> bytes:
    return _number(len(path.name)) + path.name.encode()


def _record(kind: int, content: bytes) -> bytes:
    return _number(kind) + _number(len(content)) + content


def _number(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
