"""Raw NOR flash: what the journal and the settings stand on, as the smallest thing that is true.

Erasing a sector sets all its bits; programming only clears bits; power may fail within either.
A board hands in its own Flash (on a device: three methods over the partition, unencrypted, so
that single bytes can be programmed; what the journal stores is encrypted and sealed by itself).
"""

SECTOR_BYTES = 4096
CHUNK_BYTES = 256  # what is erased in one go: a whole sector at once is much for a small heap
ERASED = b"\xff" * CHUNK_BYTES


class Flash:
    """`size` bytes in sectors of `sector` bytes; addresses are byte offsets.

    The three methods are the board's: MicroPython has no abstract classes to say so.
    """

    def __init__(self, size: int, sector: int = SECTOR_BYTES) -> None:
        if size <= 0 or size % sector or sector % CHUNK_BYTES:
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


def cleared(cells: bytes | bytearray, data: bytes | bytearray) -> bytes:
    """What programming `data` leaves in `cells`."""
    both = int.from_bytes(cells, "little") & int.from_bytes(data, "little")
    return both.to_bytes(len(cells), "little")
