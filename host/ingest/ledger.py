"""Which sequences of a unit are committed, and whether a second one says the same as the first."""

from bisect import bisect_left, bisect_right
from typing import Any

NEW = ""
DUPLICATE = "duplicate"
REPLAYED = "replayed"  # seen before, too long ago to compare its content
TAMPER = "tamper"  # the same sequence with other content: two devices, or a forger with the key
TOO_MANY_GAPS = "too_many_gaps"

RUNS_MAX = 512  # stretches beyond the watermark; one that grows a stretch is always taken
_REMEMBERED = 8
_DIGEST_BYTES = 8


class Ledger:
    """Deduplication of one unit: a watermark, the runs committed beyond it, recent digests.

    The digest of a record is the head of its seal, which is a MAC over all of it.
    """

    __slots__ = ("_digests", "_edges", "watermark")

    def __init__(self) -> None:
        self.watermark = 0
        # Begin and end (not included) of each run beyond the watermark, ascending and apart.
        self._edges: tuple[int, ...] = ()
        self._digests = b""  # newest last, each the sequence and the digest

    @property
    def newest(self) -> int:
        """The greatest committed sequence."""
        return self._edges[-1] - 1 if self._edges else self.watermark

    def admit(self, sequence: int, seal: bytes) -> str:
        """NEW, and from then on committed; or why it is not new. Changes nothing otherwise."""
        if self.has(sequence):
            digest = self._digest_of(sequence)
            if digest is None:
                return REPLAYED
            return DUPLICATE if digest == seal[:_DIGEST_BYTES] else TAMPER
        if not self.cover(sequence, sequence):
            return TOO_MANY_GAPS
        entry = sequence.to_bytes(4, "little") + seal[:_DIGEST_BYTES]
        keep = (_REMEMBERED - 1) * len(entry)
        self._digests = self._digests[-keep:] + entry
        return NEW

    def has(self, sequence: int) -> bool:
        """Whether a sequence is committed (0, which no unit uses, counts as such)."""
        return sequence <= self.watermark or bisect_right(self._edges, sequence) % 2 == 1

    def cover(self, first: int, last: int) -> bool:
        """Take a range as committed: a record, or the range that a tombstone gives up.

        False, and nothing is taken, where that would leave more runs than RUNS_MAX.
        """
        if first == self.watermark + 1 and not self._edges:
            self.watermark = max(self.watermark, last)
            return True
        edges = [0, self.watermark + 1, *self._edges]
        if first <= last:
            # An even place is between runs: there the range has an edge of its own.
            begin, end = bisect_left(edges, first), bisect_right(edges, last + 1)
            edges[begin:end] = [first] * (begin % 2 == 0) + [last + 1] * (end % 2 == 0)
        if len(edges) > 2 * RUNS_MAX + 2:
            return False
        self.watermark, self._edges = edges[1] - 1, tuple(edges[2:])
        return True

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
        return [self.watermark, list(self._edges), self._digests.hex()]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.watermark, edges, digests = state
        self._edges = tuple(edges)
        self._digests = bytes.fromhex(digests)
