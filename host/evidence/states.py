"""Whether the states from which a host would go on are those that the chain vouches for."""

from typing import Any, NamedTuple

import orjson

from host.core.audit import GENESIS, Entry, holds, is_linked
from host.core.batch import StateSum
from host.evidence.chain import check_chain
from host.evidence.difference import Differs
from host.evidence.recompute import Evidence, States, recompute
from host.store.store import Store


class Bound(NamedTuple):
    """What the last entry of an audit says of the live states.

    sum: over them; "" where nothing was ever written, None where an earlier version wrote it.
    """

    number: int
    hash: bytes
    sum: str | None


def bound_by(entry: Entry | None) -> Bound:
    """`entry`: the last one, with the hash before it. Raises Differs for one that does not hold."""
    if entry is None:
        return Bound(0, GENESIS, StateSum().hex)
    if not is_linked(entry, entry.previous) or not holds(entry):
        raise Differs("audit", entry.number, "it is not what was linked to the entry before")
    if entry.data is None:
        raise Differs("audit_data", entry.number, "it has been deleted")
    data: dict[str, Any] = orjson.loads(entry.data)
    return Bound(entry.number, entry.hash, data.get("states"))


def recomputed_states(store: Store, secret: bytes) -> States:
    """What the log leads to. Raises Differs where that cannot be told."""
    check_chain(store.audit(), secret)
    rows, items = store.records(), store.changes(0)
    return recompute(Evidence(rows, store.audit(), items, secret, store.registry_hash)).states
