"""Where a chain of the audit breaks."""

from collections.abc import Iterable

from host.core.audit import GENESIS, Entry, holds, is_linked


def first_broken(
    entries: Iterable[Entry], number: int = 0, last_hash: bytes = GENESIS
) -> int | None:
    """The first number that does not hold, or None. `number`, `last_hash`: the entry before."""
    for entry in entries:
        number += 1
        if entry.number != number or not is_linked(entry, last_hash) or not holds(entry):
            return number
        last_hash = entry.hash
    return None
