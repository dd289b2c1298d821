"""What a unit must know after a power cut: a few named values on two sectors of flash.

One sector is in force and takes each change as one more entry; when it is full, and at the first
change after a restart (what looks blank after a cut may be half-programmed), all values move to
the other one. That one's header comes last: the values are the old ones or the new ones, whole.

    header  0 "RSGS"   4 u32 generation   8 u32 CRC of 0..7
    entry   0 u8 length of the name   1 u8 kind   2 u16 length of the value   name   value
            u32 CRC of all this
"""

import struct
from binascii import crc32

from firmware.flash import Flash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # MicroPython has none

SECTORS = 2

_MAGIC = b"RSGS"
_HEADER = "<4sI"
_HEADER_BYTES = 12
_ENTRY = "<BBH"
_ENTRY_BYTES = 4
_CRC_BYTES = 4

# Kinds of value
_REMOVED = 0
_INT = 1
_STR = 2
_BYTES = 3


class Settings:
    """Named values: int (64 bits), str or bytes. The two sectors of `flash` from `first_sector`.

    `mount()` before anything else. A `put` or `remove` that has returned survives a power cut;
    one that was cut has happened or has not.
    """

    def __init__(self, flash: Flash, first_sector: int = 0) -> None:
        self._flash = flash
        self._base = first_sector * flash.sector
        self._values: dict[str, Any] = {}
        self._in_force = 0
        self._generation = 0
        self._end = flash.sector  # where the next entry goes; here: into the other sector

    def mount(self) -> None:
        """Read the values back."""
        self._values = {}
        self._generation = 0
        self._end = self._flash.sector
        for index in range(SECTORS):
            head = self._read(index, 0, _HEADER_BYTES)
            magic, generation = struct.unpack_from(_HEADER, head)
            if magic == _MAGIC and _whole(head) and generation > self._generation:
                self._in_force = index
                self._generation = generation
        at = _HEADER_BYTES if self._generation else self._flash.sector
        while at:
            at = self._replay(at)

    def get(self, name: str, default: "Any" = None) -> "Any":
        """The value of that name, or `default`."""
        return self._values.get(name, default)

    def put(self, name: str, value: int | str | bytes) -> None:
        """Set one value for good."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._write(_entry(name, value))

    def remove(self, name: str) -> None:
        """Forget one value, if it is there."""
        if name in self._values:
            del self._values[name]
            self._write(_entry(name, None))

    def _replay(self, at: int) -> int:
        """Take in the entry at `at`. Returns where the next one begins, 0 after the last."""
        room = self._flash.sector - at
        if room < _ENTRY_BYTES:
            return 0
        name_size, kind, value_size = struct.unpack(
            _ENTRY, self._read(self._in_force, at, _ENTRY_BYTES)
        )
        size = _ENTRY_BYTES + name_size + value_size + _CRC_BYTES
        if size > room:
            return 0
        entry = self._read(self._in_force, at, size)
        if not _whole(entry):
            return 0
        name = entry[_ENTRY_BYTES : _ENTRY_BYTES + name_size].decode()
        value = bytes(entry[_ENTRY_BYTES + name_size : -_CRC_BYTES])
        if kind == _REMOVED:
            self._values.pop(name, None)
        elif kind == _INT:
            self._values[name] = struct.unpack("<q", value)[0]
        else:
            self._values[name] = value.decode() if kind == _STR else value
        return at + size

    def _write(self, entry: bytes) -> None:
        if self._end + len(entry) > self._flash.sector:
            self._move()
            return
        self._program(self._in_force, self._end, entry)
        self._end += len(entry)

    def _move(self) -> None:
        """Write all values to the other sector, then put that one in force."""
        other = 1 - self._in_force
        self._flash.erase(self._base + other * self._flash.sector)
        at = _HEADER_BYTES
        for name, value in self._values.items():
            entry = _entry(name, value)
            if at + len(entry) > self._flash.sector:
                raise ValueError("the settings do not fit into a sector any more: " + name)
            self._program(other, at, entry)
            at += len(entry)
        self._generation += 1
        head = struct.pack(_HEADER, _MAGIC, self._generation)
        self._program(other, 0, head + struct.pack("<I", crc32(head)))
        self._in_force = other
        self._end = at

    def _read(self, index: int, at: int, size: int) -> bytearray:
        buffer = bytearray(size)
        self._flash.read(self._base + index * self._flash.sector + at, buffer)
        return buffer

    def _program(self, index: int, at: int, data: bytes) -> None:
        self._flash.program(self._base + index * self._flash.sector + at, data)


def _entry(name: str, value: int | str | bytes | None) -> bytes:
    """One change; None removes."""
    if value is None:
        kind, content = _REMOVED, b""
    elif isinstance(value, int):
        kind, content = _INT, struct.pack("<q", value)
    elif isinstance(value, str):
        kind, content = _STR, value.encode()
    else:
        kind, content = _BYTES, value
    key = name.encode()
    entry = struct.pack(_ENTRY, len(key), kind, len(content)) + key + content
    return entry + struct.pack("<I", crc32(entry))


def _whole(data: bytearray) -> bool:
    """Whether what ends with a CRC-32 fits it."""
    body = memoryview(data)[:-_CRC_BYTES]
    return crc32(body) == int.from_bytes(data[-_CRC_BYTES:], "little")
