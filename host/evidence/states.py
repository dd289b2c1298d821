"""Whether the states from which a host would go on are those that the chain vouches for."""

from typing import Any

import orjson

from host.core.audit import Entry, holds, is_linked
from host.core.batch import StateSum
from host.evidence.chain import check_chain
from host.evidence.difference import Differs
from host.evidence.recompute import Evidence, States, recompute
from host.store.store import Store


def bound_sum(last: Entry | None) -> str | None:
    """The sum over all states that an audit's last entry binds; None where an earlier version
    wrote it, which bound none. Raises Differs for an entry that does not hold."""
    if last is None:
        return StateSum().hex
    if not is_linked(last, last.previous) or not holds(last):
        raise Differs("audit", last.number, "it is not what was linked to the entry before")
    if last.data is None:
        raise Differs("audit_data", last.number, "it has been deleted")
    data: dict[str, Any] = orjson.loads(last.data)
    return data.get("states")


def recomputed_states(store: Store, secret: bytes) -> States:
    """What the log leads to. Raises Differs where that cannot be told."""
    today = check_chain(store.audit(), secret).today
    rows, items = store.records(), store.changes(0)
    audit, hash_of = store.audit(), store.registry_hash
    return recompute(Evidence(rows, audit, items, secret, hash_of, today)).states
