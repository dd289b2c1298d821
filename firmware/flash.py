"""Raw NOR flash: what the journal and the settings stand on, as the smallest thing that is true.

Erasing a sector sets all its bits; programming only clears bits; power may fail within either.
A board hands in its own Flash (on a device: three methods over the partition, unencrypted, so
that single bytes can be programmed; what the journal stores is encrypted and sealed by itself).
"""

SECTOR_BYTES = 4096
_CHUNK_BYTES = 256  # what is erased in one go: a whole sector at once is much for a small heap
_ERASED = b"\xff" * _CHUNK_BYTES


class PowerCut(Exception):
    """The power failed within a write."""


class Flash:
    """`size` bytes in sectors of `sector` bytes; addresses are byte offsets."""

    def __init__(self, size: int, sector: int = SECTOR_BYTES) -> None:
        if size <= 0 or size % sector or sector % _CHUNK_BYTES:
            raise ValueError("a flash of %d bytes is not made of sectors of %d" % (size, sector))
        self.size = size
        self.sector = sector

    def read(self, at: int, buffer: bytearray) -> None:
        """Fill `buffer` from address `at`."""
        raise NotImplementedError

    def program(self, at: int, data: bytes | bytearray) -> None:
        """Clear the bits that are clear in `data`; the others stay as they are."""
        raise NotImplementedError

    def erase(self, at: int) -> None:
        """Set every bit of the sector that begins at `at`."""
        raise NotImplementedError


class RamFlash(Flash):
    """Flash in memory, for virtual time and tests.

    cells: what is in it
    written: bytes programmed and erased so far
    cut_after: bytes that may still be programmed or erased before a PowerCut, None for no end.
    The byte that is cut is left half-way, and so is all that an erase had not yet reached: what
    such a cell reads is chance, here fixed by its address and the budget.
    """

    def __init__(self, size: int, sector: int = SECTOR_BYTES, cut_after: int | None = None) -> None:
        super().__init__(size, sector)
        self.cut_after = cut_after
        self.written = 0
        self.cells = bytearray(b"\xff" * size)

    def read(self, at: int, buffer: bytearray) -> None:
        buffer[:] = memoryview(self.cells)[at : at + len(buffer)]

    def program(self, at: int, data: bytes | bytearray) -> None:
        done = self._spend(len(data))
        self.cells[at : at + done] = _cleared(self.cells[at : at + done], data[:done])
        if done < len(data):
            self.cells[at + done] &= data[done] | self._chance(at + done)
            raise PowerCut

    def erase(self, at: int) -> None:
        done = self._spend(self.sector)
        for cell in range(at, at + done, _CHUNK_BYTES):
            end = min(cell + _CHUNK_BYTES, at + done)
            self.cells[cell:end] = _ERASED[: end - cell]
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


class FileFlash(Flash):
    """Flash in a file, for the Unix board. What a new file lacks is erased flash."""

    def __init__(self, path: str, size: int, sector: int = SECTOR_BYTES) -> None:
        super().__init__(size, sector)
        # "a+b" makes the file where there is none and leaves it alone where there is one.
        with open(path, "a+b") as file:
            while file.seek(0, 2) < size:
                file.write(_ERASED)
            if file.seek(0, 2) != size:
                raise ValueError("%s is no flash of %d bytes" % (path, size))
        self._file = open(path, "r+b")

    def read(self, at: int, buffer: bytearray) -> None:
        self._file.seek(at)
        self._file.readinto(buffer)

    def program(self, at: int, data: bytes | bytearray) -> None:
        cells = bytearray(len(data))
        self.read(at, cells)
        self._write(at, _cleared(cells, data))

    def erase(self, at: int) -> None:
        for chunk in range(at, at + self.sector, _CHUNK_BYTES):
            self._write(chunk, _ERASED)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, at: int, cells: bytes) -> None:
        self._file.seek(at)
        self._file.write(cells)
        self._file.flush()


def _cleared(cells: bytes | bytearray, data: bytes | bytearray) -> bytes:
    """What programming `data` leaves in `cells`."""
    both = int.from_bytes(cells, "little") & int.from_bytes(data, "little")
    return both.to_bytes(len(cells), "little")
