"""Starts a unit on the Unix board: `micropython -X heapsize=64K -m firmware.main CONFIG.json`.

On a chip the unit's code lies in flash, where it runs without taking memory. Here an image of it
(unit.romfs, beside this package's folder) is mapped into the process instead, and this module,
which was read from a file, gives way to the ones in there.

The configuration is the board's (firmware/boards/unix.py), and "broker": "host:port", or
"user:password@host:port" (the last "@" and the first ":" part it). The unit's name, key and floor
come by enrolment; until then only the serial cable is served.
"""

import gc
import json
import os
import sys

import ffi
import uctypes
import vfs

IMAGE = "unit.romfs"
_ROM = "/rom"
_PROT_READ = 1
_MAP_PRIVATE = 2
_SIZE = 6  # in what stat returns
# Collect after so many bytes: what is freed late leaves holes among what stays.
_LOADING_BYTES = 1024
RUNNING_BYTES = 4096


def map_rom(image: str) -> None:
    """Mount an image where imports look first, and forget what was imported from files.

    What is imported from now on lies close together.
    """
    gc.threshold(_LOADING_BYTES)
    size = int(os.stat(image)[_SIZE])
    with open(image, "rb") as file:
        mmap = ffi.open(None).func("P", "mmap", "PLiiil")
        at = mmap(None, size, _PROT_READ, _MAP_PRIVATE, file.fileno(), 0)
    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(at, size)), _ROM)
    sys.path.insert(0, _ROM)
    sys.modules.pop("firmware")


def main(path: str) -> int:
    """Run the configured unit. Returns the exit status."""
    with open(path) as file:
        config = json.load(file)
    map_rom(IMAGE)
    from firmware.boards.unix import Board
    from firmware.device import run

    gc.threshold(RUNNING_BYTES)
    return run(Board(config), config["broker"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
