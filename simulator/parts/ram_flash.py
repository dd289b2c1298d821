"""Raw NOR flash in memory, whose power can be cut. Runs under MicroPython too, for tests."""

from firmware.flash import CHUNK_BYTES, ERASED, SECTOR_BYTES, Flash, cleared


class PowerCut(Exception):
    """The power failed within a write."""


class RamFlash(Flash):
    """Flash for virtual time and tests.

    cells: what is in it; its own memory, unless some is handed in
    written: bytes programmed and erased so far
    cut_after: bytes that may still be programmed or erased before a PowerCut, None for no end.
    The byte that is cut is left half-way, and so is all that an erase had not yet reached: what
    such a cell reads is chance, here fixed by its address and the budget.
    """

    def __init__(
        self,
        size: int,
        sector: int = SECTOR_BYTES,
        cut_after: int | None = None,
        cells: bytearray | None = None,
    ) -> None:
        super().__init__(size, sector)
        self.cut_after = cut_after
        self.written = 0
        self.cells = bytearray(size) if cells is None else cells
        for at in range(0, size, CHUNK_BYTES):
            self.cells[at : at + CHUNK_BYTES] = ERASED

    def read(self, at: int, buffer: bytearray) -> None:
        buffer[:] = memoryview(self.cells)[at : at + len(buffer)]

    def program(self, at: int, data: bytes | bytearray) -> None:
        done = self._spend(len(data))
        self.cells[at : at + done] = cleared(self.cells[at : at + done], data[:done])
        if done < len(data):
            self.cells[at + done] &= data[done] | self._chance(at + done)
            raise PowerCut

    def erase(self, at: int) -> None:
        done = self._spend(self.sector)
        for cell in range(at, at + done, CHUNK_BYTES):
            end = min(cell + CHUNK_BYTES, at + done)
            self.cells[cell:end] = ERASED[: end - cell]
        if done < self.sector:
            for cell in range(at + done, at + self.sector):
                self.cells[cell] |= self._chance(cell)
            raise PowerCut

    def _spend(self, wanted: int) -> int:
        """How many of the wanted bytes still get done."""
        done = wanted
        if self.cut_after is not None:
            done = min(wanted, self.cut_after)
            self.cut_after -= done
        self.written += done
        return done

    def _chance(self, cell: int) -> int:
        mixed = (cell * 2654435761 + self.written * 40503) & 0xFFFFFFFF
        return (mixed ^ mixed >> 15) >> 8 & 0xFF
