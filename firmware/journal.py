"""Store-and-forward: sealed records on raw flash until the host says that they are committed.

Each sector holds a header and slots of 64 bytes; the sectors in use are runs of rising
sequences that do not overlap. What is in memory is a few bytes per sector, never per record.

    header  0 "RSG1"   4 u32 first sequence   8 u32 last (of a merged sector, else 0)
           12 u32 watermark   16 u32 given up   20 u32 CRC of 0..19   24 marks, 40 bytes
    slot    0 u8, 0: acknowledged   4 the sealed record, 48 bytes   52 u32 CRC of 4..51

Power cuts. A slot is believed only if its CRC fits, so what a cut tears is as if never written.
A new run begins a new sector: what looks blank after a cut may be half-programmed. A sector
leaves use by zeroing its header and is erased just before it is used again, so a cut erase
brings nothing back. A merged sector gets its header last, with the range that it replaces.

Sequences. A header reserves BLOCK of them from `first` on, and each mark BLOCK more; after a
restart they go on beyond what was reserved. The newest sector is never given up, so that the
reservation stands.

Space. One sector is kept free to merge into. When no other is left, the oldest sector that holds
nothing unacknowledged is used again; else two neighbours are merged: whole where they fit into
one, else with as many fixes as fit, evenly chosen. Those are merged that stay densest, so at
first every second of the oldest fixes goes, and all have thinned out alike before any thin
further. Where the other records of no two neighbours fit, fixes are refused, and for anything
else the oldest sector is given up.
"""

import struct
from array import array
from binascii import crc32

from firmware.flash import Flash
from protocol.record import FIX, RECORD_BYTES_MAX, RESERVED, THINNED, TORN, sequence_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator  # MicroPython has none

BLOCK = 64  # sequences that are reserved at a time
SECTORS_MIN = 4

_MAGIC = b"RSG1"
_HEADER = "<4sIIIII"
_MARKS_AT = 24
_SLOT_BYTES = 64
_MARKS_MAX = _SLOT_BYTES - _MARKS_AT
_RECORD_AT = 4
_CRC_AT = _RECORD_AT + RECORD_BYTES_MAX
_CRC_OF_WHOLE = 0x2144DF1C  # the CRC-32 of anything that is followed by its own CRC-32
_ACKNOWLEDGED = b"\x00"
_BLANK = b"\xff" * _SLOT_BYTES
_ANSWERED_SPAN = 64  # bits of an answer's bitmap


class Journal:
    """The records of one unit, on the sectors of `flash` from `first_sector` on (at least 4).

    `mount()` before anything else. Records are appended at once, in the order of their sequences.

    backlog: how many records are unacknowledged
    watermark: every sequence up to it is committed, by the host's word
    counters: {reason: records} since mounting: torn (cut by the end of the last run), thinned,
        refused, given_up
    """

    def __init__(self, flash: Flash, first_sector: int = 0) -> None:
        self._flash = flash
        self._base = first_sector * flash.sector
        self._sectors = flash.size // flash.sector - first_sector
        self._slots = flash.sector // _SLOT_BYTES  # the header's included
        if self._sectors < SECTORS_MIN:
            raise ValueError("a journal needs 4 sectors, this flash leaves %d" % self._sectors)
        # Of each sector: its first sequence (0: free), its unacknowledged fixes and others.
        self._first = array("I", [0] * self._sectors)
        self._fixes = bytearray(self._sectors)
        self._others = bytearray(self._sectors)
        self._order: list[int] = []  # the sectors in use, oldest first
        self._slot = bytearray(_SLOT_BYTES)
        self._record = memoryview(self._slot)[_RECORD_AT:_CRC_AT]
        self._checked = memoryview(self._slot)[_RECORD_AT : _CRC_AT + 4]
        self._header = memoryview(self._slot)[:_MARKS_AT]

    # At boot

    def mount(self) -> None:
        """Read the flash: the sectors in use, what is unacknowledged, what was reserved."""
        self.backlog = self.watermark = 0
        self.counters = {"torn": 0, "thinned": 0, "refused": 0, "given_up": 0}
        self._answered = self._told = self._given_up = 0
        self._end = self._slots  # where the next record goes; here: into a new sector
        self._next = 1
        self._reserved = self._marks = 0
        self._find_sectors()
        for sector in self._order:
            self._fixes[sector] = self._others[sector] = 0
            slot = self._seek(sector, 1)
            while slot:
                self._tally(sector, 1)
                slot = self._seek(sector, slot + 1)
        if self._order:
            self._examine_newest(self._order[-1])
        self.acknowledge(self.watermark, 0, 0)  # a cut may have kept a slot from hearing of it

    def _find_sectors(self) -> None:
        """Read all headers; finish a merging that a cut interrupted."""
        first = self._first
        last = array("I", [0] * self._sectors)
        for sector in range(self._sectors):
            self._flash.read(self._address(sector, 0), self._slot)
            first[sector] = 0
            if self._slot[:4] == _MAGIC and crc32(self._header) == _CRC_OF_WHOLE:
                _, first[sector], last[sector], watermark, given_up, _ = struct.unpack_from(
                    _HEADER, self._slot
                )
                self.watermark = max(self.watermark, watermark)
                self._given_up = max(self._given_up, given_up)
        self._order = []
        found = [sector for sector in range(self._sectors) if first[sector]]
        for sector in sorted(found, key=lambda sector: first[sector]):
            if self._order:
                before = self._order[-1]
                if first[sector] == first[before] and last[sector] > last[before]:
                    self._free(self._order.pop())
                elif first[sector] <= last[before]:
                    self._free(sector)
                    continue
            self._order.append(sector)
        self._cursor = self._order[-1] if self._order else self._sectors - 1

    def _examine_newest(self, newest: int) -> None:
        """Go on beyond what the last run reserved; count what it left cut."""
        self._flash.read(self._address(newest, 0), self._slot)
        while self._marks < _MARKS_MAX and self._slot[_MARKS_AT + self._marks] != 0xFF:
            self._marks += 1
        self._reserved = self._first[newest] + BLOCK * (1 + self._marks) - 1
        self._next = self._reserved + 1
        for slot in range(1, self._slots):
            if not self._load(newest, slot) and self._slot != _BLANK:
                self.counters["torn"] += 1

    # Writing

    def next_sequence(self) -> int:
        """A number that this unit never had before, not even before a restart."""
        if self._next > self._reserved:
            if self._order and self._marks < _MARKS_MAX:
                mark = self._address(self._order[-1], 0) + _MARKS_AT + self._marks
                self._flash.program(mark, b"\x00")
                self._marks += 1
                self._reserved += BLOCK
            else:
                self._open(self._next, True)
        self._next += 1
        return self._next - 1

    def append(self, sealed: bytes) -> bool:
        """Store one sealed record. Returns False for a fix that was refused for want of space."""
        if len(sealed) > RECORD_BYTES_MAX:
            raise ValueError("%d bytes, a record has at most 48" % len(sealed))
        if self._end == self._slots and not self._open(sequence_of(sealed), not _is_fix(sealed)):
            self._give_up("refused", 1, sequence_of(sealed))
            return False
        self._slot[:] = _BLANK
        self._slot[_RECORD_AT : _RECORD_AT + len(sealed)] = sealed
        struct.pack_into("<I", self._slot, _CRC_AT, crc32(self._record))
        head = self._order[-1]
        self._flash.program(self._address(head, self._end), self._slot)
        self._end += 1
        self._tally(head, 1)
        return True

    def _open(self, sequence: int, force: bool) -> bool:
        """Begin a new sector; by force even at the cost of the oldest."""
        while self._sectors - len(self._order) < 2:
            if not self._reclaim(force):
                return False
        sector = self._erase_next()
        self._begin(sector, sequence, 0)
        self._order.append(sector)
        self._end = 1
        self._marks = 0
        self._reserved = sequence + BLOCK - 1
        return True

    # Space

    def _reclaim(self, force: bool) -> bool:
        """Free one sector, never the newest. Returns False where that costs more than thinning."""
        order = self._order
        for i in range(len(order) - 1):
            if not self._unacknowledged(order[i]):
                self._free(order.pop(i))
                return True
        for thin in (False, True):
            i = self._densest_pair(thin)
            if i >= 0:
                self._merge(i)
                return True
        if force:
            self._give_up("given_up", self._unacknowledged(order[0]), self._first[order[1]] - 1)
            self.backlog -= self._unacknowledged(order[0])
            self._told = 0  # a tombstone may have been among them
            self._free(order.pop(0))
        return force

    def _densest_pair(self, thin: bool) -> int:
        """Where in the order those neighbours begin that make the densest sector, or -1."""
        order = self._order
        best, least = -1, 0
        for i in range(len(order) - 2):
            fixes, others = self._both(order[i], order[i + 1])
            room = self._slots - 1 - others
            if room < (0 if thin else fixes):
                continue
            span = self._first[order[i + 2]] - self._first[order[i]]
            spacing = span * 256 // (min(fixes, room) + 1)
            if best < 0 or spacing < least:
                best, least = i, spacing
        return best

    def _both(self, a: int, b: int) -> tuple[int, int]:
        return self._fixes[a] + self._fixes[b], self._others[a] + self._others[b]

    def _merge(self, i: int) -> None:
        """Copy what two neighbours hold unacknowledged into one sector, the header last.

        All but the fixes, and of those as many as there is room for, evenly.
        """
        order = self._order
        a, b = order[i], order[i + 1]
        merged = self._erase_next()
        fixes, others = self._both(a, b)
        kept = min(fixes, self._slots - 1 - others)
        due = fixes - 1  # so that the first is kept
        end = 1
        for source in (a, b):
            slot = self._seek(source, 1)
            while slot:
                if _is_fix(self._record):
                    due += kept
                if due >= fixes or not _is_fix(self._record):
                    self._flash.program(self._address(merged, end), self._slot)
                    self._tally(merged, 1)
                    end += 1
                else:
                    self._give_up("thinned", 1, self._sequence())
                if due >= fixes:
                    due -= fixes
                slot = self._seek(source, slot + 1)
        self.backlog -= fixes + others
        self._begin(merged, self._first[a], self._first[order[i + 2]] - 1)
        order[i : i + 2] = [merged]
        self._free(a)
        self._free(b)

    def _erase_next(self) -> int:
        """The next free sector in turn, so that all wear alike, erased."""
        self._cursor = (self._cursor + 1) % self._sectors
        while self._first[self._cursor]:
            self._cursor = (self._cursor + 1) % self._sectors
        self._fixes[self._cursor] = self._others[self._cursor] = 0
        self._flash.erase(self._address(self._cursor, 0))
        return self._cursor

    def _begin(self, sector: int, first: int, last: int) -> None:
        """Write a header: from here on the sector is in use."""
        header = bytearray(_MARKS_AT)
        struct.pack_into(_HEADER, header, 0, _MAGIC, first, last, self.watermark, self._given_up, 0)
        struct.pack_into("<I", header, _MARKS_AT - 4, crc32(memoryview(header)[:-4]))
        self._flash.program(self._address(sector, 0), header)
        self._first[sector] = first

    def _free(self, sector: int) -> None:
        """Zero the header: no cut erase can make it fit its CRC again."""
        self._flash.program(self._address(sector, 0), bytes(_MARKS_AT))
        self._first[sector] = 0

    def _give_up(self, reason: str, records: int, sequence: int) -> None:
        self.counters[reason] += records
        self._given_up = max(self._given_up, sequence)

    # What the host hears, and what it says

    def pending(self) -> "Iterator[bytes]":
        """The unacknowledged records, newest first. Write nothing until done with it."""
        for i in range(len(self._order) - 1, -1, -1):
            sector = self._order[i]
            if not self._unacknowledged(sector):
                continue
            slot = self._seek(sector, self._used(sector) - 1, -1)
            while slot:
                yield bytes(self._record[: self._record[1]])
                slot = self._seek(sector, slot - 1, -1)

    def acknowledge(self, watermark: int, answered: int, bitmap: int) -> None:
        """Mark erasable what the host has committed.

        Sequences up to `watermark`, and each `answered` - i for which bit i of `bitmap` is set.
        """
        issued = self._next - 1
        self.watermark = max(self.watermark, min(watermark, issued))
        self._answered = max(self._answered, min(answered, issued))
        order = self._order
        for i in range(len(order)):
            sector = order[i]
            first = self._first[sector]
            end = self._first[order[i + 1]] if i + 1 < len(order) else self._next
            named = first <= answered and end > answered - _ANSWERED_SPAN
            if not self._unacknowledged(sector) or (first > watermark and not named):
                continue
            slot = self._seek(sector, 1)
            while slot:
                sequence = self._sequence()
                behind = answered - sequence
                if sequence <= watermark or (behind >= 0 and bitmap >> behind & 1):
                    self._flash.program(self._address(sector, slot), _ACKNOWLEDGED)
                    self._tally(sector, -1)
                slot = self._seek(sector, slot + 1)

    def tombstones(self) -> list[tuple[int, int, int]]:
        """The range (first, last, reason) that the host waits for in vain, if there is one.

        Ask after each answer. It is where the watermark is stuck: nothing unacknowledged is
        stored of it, so what the host lacks of it will never come. Each is told once; store the
        tombstone like any record. RESERVED and TORN stand for what a restart cost, THINNED for
        what may have been given up for space.
        """
        first = self.watermark + 1
        if self._told >= first:
            return []  # the host has not yet answered the last one
        last = min(self._lowest(), self._answered) - 1
        if last < first:
            return []
        self._told = last
        if first <= self._given_up:
            return [(first, last, THINNED)]
        return [(first, last, TORN if self.counters["torn"] else RESERVED)]

    def _lowest(self) -> int:
        """The lowest unacknowledged sequence, or the next that will be."""
        for sector in self._order:
            if self._unacknowledged(sector) and self._seek(sector, 1):
                return self._sequence()
        return self._next

    # Slots

    def _address(self, sector: int, slot: int) -> int:
        return self._base + sector * self._flash.sector + slot * _SLOT_BYTES

    def _unacknowledged(self, sector: int) -> int:
        return self._fixes[sector] + self._others[sector]

    def _sequence(self) -> int:
        """Of the record at hand."""
        return int.from_bytes(self._record[4:8], "little")

    def _used(self, sector: int) -> int:
        """Slots to look at, the header's included."""
        return self._end if sector == self._order[-1] else self._slots

    def _tally(self, sector: int, change: int) -> None:
        """Count the record at hand in or out."""
        if _is_fix(self._record):
            self._fixes[sector] += change
        else:
            self._others[sector] += change
        self.backlog += change

    def _load(self, sector: int, slot: int) -> bool:
        """Take a slot at hand. Returns whether it can be believed."""
        self._flash.read(self._address(sector, slot), self._slot)
        return crc32(self._checked) == _CRC_OF_WHOLE

    def _seek(self, sector: int, slot: int, step: int = 1) -> int:
        """Take the next unacknowledged record at hand. Returns its slot, 0 when there is none."""
        used = self._used(sector)
        while 0 < slot < used:
            if self._load(sector, slot) and self._slot[0] != 0:
                return slot
            slot += step
        return 0


def _is_fix(sealed: bytes | memoryview) -> bool:
    return sealed[0] & 0x0F == FIX
