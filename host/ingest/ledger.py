"""Which sequences of a unit are committed, and whether a second one says the same as the first."""

from bisect import bisect_left, bisect_right
from typing import Any

NEW = ""
DUPLICATE = "duplicate"
REPLAYED = "replayed"  # seen before, too long ago to compare its content
TAMPER = "tamper"  # the same sequence with other content: two devices, or a forger with the key
MAYBE_REPLAYED = "maybe_replayed"  # among what the ledger has forgotten: new, or seen before

RUNS_MAX = 512  # stretches beyond the watermark; where there would be more, half are forgotten
_REMEMBERED = 8
_DIGEST_BYTES = 8


class Ledger:
    """Deduplication of one unit: a watermark, the runs committed beyond it, recent digests.

    The digest of a record is the head of its seal, which is a MAC over all of it.

    A backlog full of gaps leaves a run between any two of them until the unit has sent all of it
    and gives up what is not there. Memory is bounded all the same: of too many runs those in the
    middle are forgotten, and between the first and the last of them any sequence may have been
    committed or not. What comes from there is committed, for else it might be lost, and is called
    MAYBE_REPLAYED, for it may be a copy. A unit sends its newest records first, then downwards:
    in the middle is what it sent longest ago, and all that is still to come lies below.
    """

    __slots__ = ("_digests", "_edges", "_forgotten", "watermark")

    def __init__(self) -> None:
        self.watermark = 0
        # Begin and end (not included) of each run beyond the watermark, ascending and apart.
        self._edges: tuple[int, ...] = ()
        # From where to where (included) runs have been forgotten; empty for none.
        self._forgotten: tuple[int, ...] = ()
        self._digests = b""  # newest last, each the sequence and the digest

    @property
    def newest(self) -> int:
        """The greatest committed sequence."""
        return self._edges[-1] - 1 if self._edges else self.watermark

    def admit(self, sequence: int, seal: bytes) -> str:
        """NEW or MAYBE_REPLAYED, and from then on committed; or why it is not new.

        Changes nothing otherwise.
        """
        if self.has(sequence):
            digest = self._digest_of(sequence)
            if digest is None:
                return REPLAYED
            return DUPLICATE if digest == seal[:_DIGEST_BYTES] else TAMPER
        if len(self._edges) >= 2 * RUNS_MAX:
            self._forget()
        forgotten = self._forgotten
        self.cover(sequence, sequence)
        entry = sequence.to_bytes(4, "little") + seal[:_DIGEST_BYTES]
        keep = (_REMEMBERED - 1) * len(entry)
        self._digests = self._digests[-keep:] + entry
        if forgotten and forgotten[0] <= sequence <= forgotten[1]:
            return MAYBE_REPLAYED
        return NEW

    def has(self, sequence: int) -> bool:
        """Whether a sequence is committed (0, which no unit uses, counts as such)."""
        return sequence <= self.watermark or bisect_right(self._edges, sequence) % 2 == 1

    def cover(self, first: int, last: int) -> None:
        """Take a range as committed: a record, or the range that a tombstone gives up."""
        if first == self.watermark + 1 and not self._edges:
            self.watermark = max(self.watermark, last)
            return
        edges = [0, self.watermark + 1, *self._edges]
        if first <= last:
            # An even place is between runs: there the range has an edge of its own.
            begin, end = bisect_left(edges, first), bisect_right(edges, last + 1)
            edges[begin:end] = [first] * (begin % 2 == 0) + [last + 1] * (end % 2 == 0)
        self.watermark, self._edges = edges[1] - 1, tuple(edges[2:])
        if self._forgotten and self._forgotten[1] <= self.watermark:
            self._forgotten = ()

    def _forget(self) -> None:
        """Keep a quarter of the runs at either end."""
        kept = RUNS_MAX // 4 * 2  # edges
        middle = self._edges[kept:-kept]
        self._edges = self._edges[:kept] + self._edges[-kept:]
        first, last = self._forgotten or (middle[0], middle[-1] - 1)
        self._forgotten = min(first, middle[0]), max(last, middle[-1] - 1)

    def bitmap(self, answered: int) -> int:
        """64 bits for an answer: bit i says that sequence `answered` - i is committed."""
        if answered <= self.watermark:
            return (1 << min(64, answered)) - 1
        bits = 0
        for i in range(min(64, answered)):
            if self.has(answered - i):
                bits |= 1 << i
        return bits

    def _digest_of(self, sequence: int) -> bytes | None:
        size = 4 + _DIGEST_BYTES
        key = sequence.to_bytes(4, "little")
        for at in range(len(self._digests) - size, -1, -size):
            if self._digests[at : at + 4] == key:
                return self._digests[at + 4 : at + size]
        return None

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON."""
        return [self.watermark, list(self._edges), self._digests.hex(), *self._forgotten]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.watermark, edges, digests, *forgotten = state
        self._edges = tuple(edges)
        self._forgotten = tuple(forgotten)
        self._digests = bytes.fromhex(digests)
