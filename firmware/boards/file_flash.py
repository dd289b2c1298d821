"""Raw NOR flash in a file."""

from firmware.flash import CHUNK_BYTES, ERASED, SECTOR_BYTES, Flash, cleared


class FileFlash(Flash):
    """Flash in a file, for the Unix board. What a new file lacks is erased flash."""

    def __init__(self, path: str, size: int, sector: int = SECTOR_BYTES) -> None:
        super().__init__(size, sector)
        # "a+b" makes the file where there is none and leaves it alone where there is one.
        with open(path, "a+b") as file:
            while file.seek(0, 2) < size:
                file.write(ERASED)
            if file.seek(0, 2) != size:
                raise ValueError("%s is no flash of %d bytes" % (path, size))
        # Without a buffer: what is written outlives the process. Flushing would do so too, but
        # MicroPython's waits for the disk each time, which no power cut here asks for.
        self._file = open(path, "r+b", 0)

    def read(self, at: int, buffer: bytearray) -> None:
        self._file.seek(at)
        self._file.readinto(buffer)

    def program(self, at: int, data: bytes | bytearray) -> None:
        cells = bytearray(len(data))
        self.read(at, cells)
        self._write(at, cleared(cells, data))

    def erase(self, at: int) -> None:
        for chunk in range(at, at + self.sector, CHUNK_BYTES):
            self._write(chunk, ERASED)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, at: int, cells: bytes) -> None:
        self._file.seek(at)
        self._file.write(cells)
