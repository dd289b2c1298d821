"""Store-and-forward: sealed records on raw flash until the host says that they are committed.

Sequences. A sector's header reserves BLOCK of them from its first on, and each mark in it BLOCK
more; after a restart they go on beyond what was reserved, and in a new sector (what looks blank
after a power cut may be half-programmed). The newest sector is never given up, so that the
reservation stands.

Space. One sector is kept free to merge into. When no other is left, the oldest sector that holds
nothing unacknowledged is used again; else two neighbours are merged: whole where they fit into
one, else with as many fixes as fit, evenly chosen. Those are merged that stay densest, so at
first every second of the oldest fixes goes, and all have thinned out alike before any thin
further. Where the other records of no two neighbours fit, fixes are refused, and for anything
else the oldest sector is given up.
"""

from firmware.flash import Flash
from firmware.sectors import MARKS_MAX, Sectors
from protocol.record import FIX, RECORD_BYTES_MAX, RESERVED, THINNED, TORN, sequence_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator  # MicroPython has none

BLOCK = 64  # sequences that are reserved at a time
_ANSWERED_SPAN = 64  # bits of an answer's bitmap


class Journal:
    """The records of one unit, on the sectors of `flash` from `first_sector` on (at least 4).

    `mount()` before anything else. Records are appended at once, in the order of their sequences.

    backlog: how many records are unacknowledged
    counters: {reason: records} since mounting: torn (cut by the end of the last run), thinned,
        refused, given_up
    """

    def __init__(self, flash: Flash, first_sector: int = 0) -> None:
        self._sectors = Sectors(flash, first_sector)
        # Of each sector: its unacknowledged fixes and others.
        self._fixes = bytearray(self._sectors.count)
        self._others = bytearray(self._sectors.count)

    def mount(self) -> None:
        """Read the flash: the sectors in use, what is unacknowledged, what was reserved."""
        sectors = self._sectors
        sectors.find()
        self.backlog = self._answered = self._told = 0
        self.counters = {"torn": 0, "thinned": 0, "refused": 0, "given_up": 0}
        self._end = sectors.slots  # where the next record goes; here: into a new sector
        for sector in sectors.order:
            self._fixes[sector] = self._others[sector] = 0
            slot = self._seek(sector, 1)
            while slot:
                self._tally(sector, 1)
                slot = self._seek(sector, slot + 1)
        self._marks = self._reserved = 0
        if sectors.order:
            newest = sectors.order[-1]
            self._marks = sectors.marks(newest)
            self._reserved = sectors.first[newest] + BLOCK * (1 + self._marks) - 1
            for slot in range(1, sectors.slots):
                if not sectors.load(newest, slot) and not sectors.blank:
                    self.counters["torn"] += 1
        self._next = self._reserved + 1
        self.acknowledge(sectors.watermark, 0, 0)  # a cut may have kept a slot from hearing of it

    # Writing

    def next_sequence(self) -> int:
        """A number that this unit never had before, not even before a restart."""
        if self._next > self._reserved:
            if self._sectors.order and self._marks < MARKS_MAX:
                self._sectors.mark(self._sectors.order[-1], self._marks)
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
        sectors = self._sectors
        fix = sealed[0] & 0x0F == FIX
        if self._end == sectors.slots and not self._open(sequence_of(sealed), not fix):
            self._lose("refused", 1, sequence_of(sealed))
            return False
        head = sectors.order[-1]
        sectors.prepare(sealed)
        sectors.store(head, self._end)
        self._end += 1
        self._tally(head, 1)
        return True

    def _open(self, sequence: int, force: bool) -> bool:
        """Begin a new sector; by force even at the cost of the oldest."""
        sectors = self._sectors
        while sectors.count - len(sectors.order) < 2:
            if not self._reclaim(force):
                return False
        sector = sectors.erase_next()
        sectors.begin(sector, sequence, 0)
        sectors.order.append(sector)
        self._fixes[sector] = self._others[sector] = 0
        self._end = 1
        self._marks = 0
        self._reserved = sequence + BLOCK - 1
        return True

    # Space

    def _reclaim(self, force: bool) -> bool:
        """Free one sector, never the newest. Returns False where that costs more than thinning."""
        order = self._sectors.order
        for i in range(len(order) - 1):
            if not self._unacknowledged(order[i]):
                self._sectors.free(order.pop(i))
                return True
        for thin in (False, True):
            i = self._densest_pair(thin)
            if i >= 0:
                self._merge(i)
                return True
        if force:
            records = self._unacknowledged(order[0])
            self._lose("given_up", records, self._sectors.first[order[1]] - 1)
            self.backlog -= records
            self._told = 0  # a tombstone may have been among them
            self._sectors.free(order.pop(0))
        return force

    def _densest_pair(self, thin: bool) -> int:
        """Where in the order those neighbours begin that make the densest sector, or -1."""
        order, first = self._sectors.order, self._sectors.first
        best, least = -1, 0
        for i in range(len(order) - 2):
            fixes, others = self._both(order[i], order[i + 1])
            room = self._sectors.slots - 1 - others
            if room < (0 if thin else fixes):
                continue
            spacing = (first[order[i + 2]] - first[order[i]]) * 256 // (min(fixes, room) + 1)
            if best < 0 or spacing < least:
                best, least = i, spacing
        return best

    def _merge(self, i: int) -> None:
        """Copy what two neighbours hold unacknowledged into one sector, the header last.

        All but the fixes, and of those as many as there is room for, evenly.
        """
        sectors, order = self._sectors, self._sectors.order
        a, b = order[i], order[i + 1]
        merged = sectors.erase_next()
        self._fixes[merged] = self._others[merged] = 0
        fixes, others = self._both(a, b)
        kept = min(fixes, sectors.slots - 1 - others)
        due = fixes - 1  # so that the first is kept
        end = 1
        for source in (a, b):
            slot = self._seek(source, 1)
            while slot:
                if sectors.is_fix:
                    due += kept
                if due >= fixes or not sectors.is_fix:
                    sectors.store(merged, end)
                    self._tally(merged, 1)
                    end += 1
                else:
                    self._lose("thinned", 1, sectors.sequence)
                if due >= fixes:
                    due -= fixes
                slot = self._seek(source, slot + 1)
        self.backlog -= fixes + others
        sectors.begin(merged, sectors.first[a], sectors.first[order[i + 2]] - 1)
        order[i : i + 2] = [merged]
        sectors.free(a)
        sectors.free(b)

    def _both(self, a: int, b: int) -> tuple[int, int]:
        return self._fixes[a] + self._fixes[b], self._others[a] + self._others[b]

    def _lose(self, reason: str, records: int, sequence: int) -> None:
        """Count what is lost for space, and remember up to where something was."""
        self.counters[reason] += records
        self._sectors.given_up = max(self._sectors.given_up, sequence)

    # What the host hears, and what it says

    def pending(self) -> "Iterator[bytes]":
        """The unacknowledged records, newest first. Write nothing until done with it."""
        sectors = self._sectors
        for i in range(len(sectors.order) - 1, -1, -1):
            sector = sectors.order[i]
            if not self._unacknowledged(sector):
                continue
            slot = self._seek(sector, self._used(sector) - 1, -1)
            while slot:
                yield bytes(sectors.record[: sectors.record[1]])
                slot = self._seek(sector, slot - 1, -1)

    def acknowledge(self, watermark: int, answered: int, bitmap: int) -> None:
        """Mark erasable what the host has committed.

        Sequences up to `watermark`, and each `answered` - i for which bit i of `bitmap` is set.
        """
        sectors, order = self._sectors, self._sectors.order
        issued = self._next - 1
        sectors.watermark = max(sectors.watermark, min(watermark, issued))
        self._answered = max(self._answered, min(answered, issued))
        for i in range(len(order)):
            sector = order[i]
            if not self._unacknowledged(sector):
                continue
            first = sectors.first[sector]
            end = sectors.first[order[i + 1]] if i + 1 < len(order) else self._next
            named = first <= answered and end > answered - _ANSWERED_SPAN
            if first > watermark and not named:
                continue
            slot = self._seek(sector, 1)
            while slot:
                behind = answered - sectors.sequence
                if sectors.sequence <= watermark or (behind >= 0 and bitmap >> behind & 1):
                    sectors.acknowledge(sector, slot)
                    self._tally(sector, -1)
                slot = self._seek(sector, slot + 1)

    @property
    def given_up(self) -> int:
        """The greatest sequence that was given up for space."""
        return self._sectors.given_up

    def tombstones(self) -> list[tuple[int, int, int]]:
        """The range (first, last, reason) that the host waits for in vain, if there is one.

        Ask after each answer. It is where the watermark is stuck: nothing unacknowledged is
        stored of it, so what the host lacks of it will never come. Each is told once; store the
        tombstone like any record. RESERVED and TORN stand for what a restart cost, THINNED for
        what may have been given up for space.
        """
        first = self._sectors.watermark + 1
        if self._told >= first:
            return []  # the host has not yet answered the last one
        last = min(self._lowest(), self._answered) - 1
        if last < first:
            return []
        self._told = last
        if first <= self._sectors.given_up:
            return [(first, last, THINNED)]
        return [(first, last, TORN if self.counters["torn"] else RESERVED)]

    def _lowest(self) -> int:
        """The lowest unacknowledged sequence, or the next that will be."""
        for sector in self._sectors.order:
            if self._unacknowledged(sector) and self._seek(sector, 1):
                return self._sectors.sequence
        return self._next

    # Slots

    def _unacknowledged(self, sector: int) -> int:
        return self._fixes[sector] + self._others[sector]

    def _tally(self, sector: int, change: int) -> None:
        """Count the record at hand in or out."""
        if self._sectors.is_fix:
            self._fixes[sector] += change
        else:
            self._others[sector] += change
        self.backlog += change

    def _used(self, sector: int) -> int:
        """Slots to look at, the header's included."""
        return self._end if sector == self._sectors.order[-1] else self._sectors.slots

    def _seek(self, sector: int, slot: int, step: int = 1) -> int:
        """Take the next unacknowledged record at hand. Returns its slot, 0 when there is none."""
        used = self._used(sector)
        while 0 < slot < used:
            if self._sectors.load(sector, slot) and not self._sectors.acknowledged:
                return slot
            slot += step
        return 0
