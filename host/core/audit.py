"""The audit chain: what happened, in an order that nobody can change without its showing.

    commitment = SHA-256(salt || data)                            data: canonical JSON
    hash       = SHA-256(previous || number || at_ms || kind || order || commitment)

Only the commitment is chained. A case whose data and salts have been deleted leaves the chain
verifiable, and without its salt nobody can guess the data back from a commitment, but for whoever
holds the host's secret: salts are derived from it. A chain cannot show that its own end is missing:
compare its last hash with one that was kept elsewhere.
"""

import json
import struct
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any, NamedTuple

GENESIS = bytes(32)  # the hash before the first entry
BATCH = "batch"  # the kind of an entry for a batch of the input log
STARTED = "host.started"  # of one for a host that begins, from what the store holds

_HEAD = struct.Struct(">QqHH")  # number, at_ms, and the lengths that keep kind and order apart
_canonical = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


class Entry(NamedTuple):
    """One link. `data` and `salt` are both None once they have been deleted."""

    number: int
    at_ms: int
    kind: str
    order: str
    data: bytes | None
    salt: bytes | None
    commitment: bytes
    previous: bytes
    hash: bytes


class Chain:
    """Appends entries; goes on after the last number and hash that the store holds."""

    __slots__ = ("_secret", "binds_states", "hash", "number")

    def __init__(
        self,
        secret: bytes,
        number: int = 0,
        last_hash: bytes = GENESIS,
        *,
        binds_states: bool = True,
    ) -> None:
        """`secret`: the host's own, which salts are derived from. `binds_states`: False only for
        recomputing what a host wrote whose version did not bind them."""
        self._secret = secret
        self.binds_states = binds_states
        self.number = number
        self.hash = last_hash

    def append(self, kind: str, order: str, data: Mapping[str, Any], at_ms: int) -> Entry:
        """Link what happened to an order ("" for none). `data` holds JSON's own types.

        The salt is HMAC-SHA-256 of the number under the secret, so the core needs no randomness
        and a replay makes the same chain.
        """
        salt = salt_of(self._secret, self.number + 1)
        return self._link(kind, order, at_ms, salt, _canonical(data).encode())

    def _link(self, kind: str, order: str, at_ms: int, salt: bytes, data: bytes) -> Entry:
        previous, number = self.hash, self.number + 1
        commitment = sha256(salt + data).digest()
        link = _hash(previous, number, at_ms, kind, order, commitment)
        self.number, self.hash = number, link
        return Entry(number, at_ms, kind, order, data, salt, commitment, previous, link)


def salt_of(secret: bytes, number: int) -> bytes:
    """An entry's salt."""
    return hmac_digest(secret, number.to_bytes(8, "big"), "sha256")


def is_linked(entry: Entry, previous: bytes) -> bool:
    """Whether an entry is the one that was linked to the hash before it."""
    try:
        link = _hash(previous, entry.number, entry.at_ms, entry.kind, entry.order, entry.commitment)
    except struct.error:  # longer than anything that was ever linked
        return False
    return (entry.previous, entry.hash) == (previous, link)


def holds(entry: Entry) -> bool:
    """Whether an entry's data is what it commits to, unless that has been deleted."""
    if entry.data is None or entry.salt is None:
        return entry.data is None and entry.salt is None
    return sha256(entry.salt + entry.data).digest() == entry.commitment


def _hash(
    previous: bytes, number: int, at_ms: int, kind: str, order: str, commitment: bytes
) -> bytes:
    kind_bytes, order_bytes = (text.encode(errors="surrogateescape") for text in (kind, order))
    head = _HEAD.pack(number, at_ms, len(kind_bytes), len(order_bytes))
    return sha256(previous + head + kind_bytes + order_bytes + commitment).digest()
