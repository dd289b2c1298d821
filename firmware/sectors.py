"""Sectors of slots on raw flash: which are in use and in what order, and one slot at hand.

The sectors in use are runs of rising sequences that do not overlap. What is in memory is a few
bytes per sector, never per record.

    header  0 "RSG1"   4 u32 first sequence   8 u32 last (of a merged sector, else 0)
           12 u32 watermark   16 u32 given up   20 u32 CRC of 0..19   24 marks, 40 bytes
    slot    0 u8, 0: acknowledged   4 the sealed record, 48 bytes   52 u32 CRC of 4..51

Power cuts. A slot is believed only if its CRC fits, so what a cut tears is as if never written.
A sector leaves use by zeroing its header and is erased just before it is used again, so a cut
erase brings nothing back. A merged sector gets its header last, with the range that it replaces.
"""

import struct
from array import array
from binascii import crc32

from firmware.flash import Flash
from protocol.record import FIX, RECORD_BYTES_MAX

MARKS_MAX = 40
SECTORS_MIN = 4

_MAGIC = b"RSG1"
_HEADER = "<4sIIIII"
_HEADER_BYTES = 24
_SLOT_BYTES = 64
_RECORD_AT = 4
_CRC_AT = _RECORD_AT + RECORD_BYTES_MAX
_CRC_OF_WHOLE = 0x2144DF1C  # the CRC-32 of anything that is followed by its own CRC-32
_BLANK = b"\xff" * _SLOT_BYTES


class Sectors:
    """The sectors of `flash` from `first_sector` on; `find` before anything else.

    order: the sectors in use, oldest first
    first: of each sector the first sequence, 0 when it is free
    slots: of each sector; slot 0 is the header
    record: the sealed record of the slot at hand, with what pads it
    watermark, given_up: what every new header remembers
    """

    def __init__(self, flash: Flash, first_sector: int) -> None:
        self.count = flash.size // flash.sector - first_sector
        if self.count < SECTORS_MIN:
            raise ValueError("a journal needs 4 sectors, this flash leaves %d" % self.count)
        self.slots = flash.sector // _SLOT_BYTES
        self.order: list[int] = []
        self.first = array("I", [0] * self.count)
        self.watermark = self.given_up = 0
        self._flash = flash
        self._base = first_sector * flash.sector
        self._cursor = 0
        self._slot = bytearray(_SLOT_BYTES)
        self._header = memoryview(self._slot)[:_HEADER_BYTES]
        self._checked = memoryview(self._slot)[_RECORD_AT : _CRC_AT + 4]
        self.record = memoryview(self._slot)[_RECORD_AT:_CRC_AT]

    def find(self) -> None:
        """Read all headers; finish a merging that a cut interrupted."""
        self.order = []
        self.watermark = self.given_up = 0
        last = array("I", [0] * self.count)
        for sector in range(self.count):
            self._read(sector, 0)
            self.first[sector] = 0
            if self._slot[:4] == _MAGIC and crc32(self._header) == _CRC_OF_WHOLE:
                said = struct.unpack_from(_HEADER, self._slot)
                self.first[sector] = said[1]
                last[sector] = said[2]
                self.watermark = max(self.watermark, said[3])
                self.given_up = max(self.given_up, said[4])
        found = [sector for sector in range(self.count) if self.first[sector]]
        for sector in sorted(found, key=lambda sector: self.first[sector]):
            if self.order:
                before = self.order[-1]
                if self.first[sector] == self.first[before] and last[sector] > last[before]:
                    self.free(self.order.pop())
                elif self.first[sector] <= last[before]:
                    self.free(sector)
                    continue
            self.order.append(sector)
        self._cursor = self.order[-1] if self.order else self.count - 1

    # Whole sectors

    def erase_next(self) -> int:
        """The next free sector in turn, so that all wear alike, erased."""
        self._cursor = (self._cursor + 1) % self.count
        while self.first[self._cursor]:
            self._cursor = (self._cursor + 1) % self.count
        self._flash.erase(self._address(self._cursor, 0))
        return self._cursor

    def begin(self, sector: int, first: int, last: int) -> None:
        """Write a header: from here on the sector is in use."""
        head = struct.pack(_HEADER[:-1], _MAGIC, first, last, self.watermark, self.given_up)
        self._flash.program(self._address(sector, 0), head + struct.pack("<I", crc32(head)))
        self.first[sector] = first

    def free(self, sector: int) -> None:
        """Zero the header: no cut erase can make it fit its CRC again."""
        self._flash.program(self._address(sector, 0), bytes(_HEADER_BYTES))
        self.first[sector] = 0

    def marks(self, sector: int) -> int:
        """How many marks its header has."""
        self._read(sector, 0)
        marks = 0
        while marks < MARKS_MAX and self._slot[_HEADER_BYTES + marks] != 0xFF:
            marks += 1
        return marks

    def mark(self, sector: int, index: int) -> None:
        """Set one mark, in turn."""
        self._flash.program(self._address(sector, 0) + _HEADER_BYTES + index, b"\x00")

    # Single slots

    def load(self, sector: int, slot: int) -> bool:
        """Take a slot at hand. Returns whether its record can be believed."""
        self._read(sector, slot)
        return crc32(self._checked) == _CRC_OF_WHOLE

    def prepare(self, sealed: bytes) -> None:
        """Make a slot of a new record and take it at hand."""
        self._slot[:] = _BLANK
        self._slot[_RECORD_AT : _RECORD_AT + len(sealed)] = sealed
        struct.pack_into("<I", self._slot, _CRC_AT, crc32(self.record))

    def store(self, sector: int, slot: int) -> None:
        """Write the slot at hand."""
        self._flash.program(self._address(sector, slot), self._slot)

    def acknowledge(self, sector: int, slot: int) -> None:
        """Mark a slot erasable."""
        self._flash.program(self._address(sector, slot), b"\x00")

    @property
    def acknowledged(self) -> bool:
        """Whether the slot at hand is marked erasable."""
        return self._slot[0] == 0

    @property
    def blank(self) -> bool:
        """Whether nothing was written to the slot at hand."""
        return self._slot == _BLANK

    @property
    def is_fix(self) -> bool:
        """Whether the record at hand is a fix."""
        return self.record[0] & 0x0F == FIX

    @property
    def sequence(self) -> int:
        """Of the record at hand."""
        return int.from_bytes(self.record[4:8], "little")

    def _read(self, sector: int, slot: int) -> None:
        self._flash.read(self._address(sector, slot), self._slot)

    def _address(self, sector: int, slot: int) -> int:
        return self._base + sector * self._flash.sector + slot * _SLOT_BYTES
