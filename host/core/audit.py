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
from collections.abc import Iterable, Mapping, Sequence
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

    __slots__ = ("_secret", "hash", "number")

    def __init__(self, secret: bytes, number: int = 0, last_hash: bytes = GENESIS) -> None:
        """`secret`: the host's own, which salts are derived from."""
        self._secret = secret
        self.number = number
        self.hash = last_hash

    def append(self, kind: str, order: str, data: Mapping[str, Any], at_ms: int) -> Entry:
        """Link what happened to an order ("" for none). `data` holds JSON's own types.

        The salt is HMAC-SHA-256 of the number under the secret, so the core needs no randomness
        and a replay makes the same chain.
        """
        salt = hmac_digest(self._secret, (self.number + 1).to_bytes(8, "big"), "sha256")
        return self._link(kind, order, at_ms, salt, _canonical(data).encode())

    def append_batch(
        self, digest: bytes, count: int, at_ms: int, parted: Sequence[int] = ()
    ) -> Entry:
        """Link a batch of the input log: how many rows, and SHA-256 over them in their order.

        parted: as in host.outcome, where the rows alone do not say how messages were cut.
        Some rows hold little that cannot be guessed (who acknowledged what): salted like the rest.
        """
        data: dict[str, Any] = {"count": count, "digest": digest.hex()}
        if parted:
            data["parted"] = list(parted)
        return self.append(BATCH, "", data, at_ms)

    def _link(self, kind: str, order: str, at_ms: int, salt: bytes, data: bytes) -> Entry:
        previous, number = self.hash, self.number + 1
        commitment = sha256(salt + data).digest()
        link = _hash(previous, number, at_ms, kind, order, commitment)
        self.number, self.hash = number, link
        return Entry(number, at_ms, kind, order, data, salt, commitment, previous, link)


def verify(entries: Iterable[Entry], number: int = 0, last_hash: bytes = GENESIS) -> int | None:
    """The first broken number, or None when every entry holds.

    `number` and `last_hash`: the entry before the first one given (the genesis by default).
    Checked are the numbers (none missing, none twice), the links, and the commitments of what
    has not been deleted.
    """
    for entry in entries:
        number += 1
        link = _hash(last_hash, number, entry.at_ms, entry.kind, entry.order, entry.commitment)
        if (entry.number, entry.previous, entry.hash) != (number, last_hash, link):
            return number
        if entry.data is not None or entry.salt is not None:
            if entry.data is None or entry.salt is None:
                return number
            if sha256(entry.salt + entry.data).digest() != entry.commitment:
                return number
        last_hash = link
    return None


def _hash(
    previous: bytes, number: int, at_ms: int, kind: str, order: str, commitment: bytes
) -> bytes:
    kind_bytes, order_bytes = kind.encode(), order.encode()
    head = _HEAD.pack(number, at_ms, len(kind_bytes), len(order_bytes))
    return sha256(previous + head + kind_bytes + order_bytes + commitment).digest()
