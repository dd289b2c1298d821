"""A real store in a place that is gone afterwards, in memory where the machine has such a place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from host.store.store import Store

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 the commits of virtual time need not survive it


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for one run."""
    where = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="resguardo-", dir=where) as folder:
        yield Path(folder)


@contextmanager
def scratch_store() -> Iterator[Store]:
    """A new database, closed and removed afterwards."""
    with scratch_folder() as folder:
        store = Store.open(folder / "store.db")
        try:
            yield store
        finally:
            store.close()
