"""Which sequences of a unit are committed, and whether a second one says the same as the first."""

from typing import Any

NEW = ""
DUPLICATE = "duplicate"
REPLAYED = "replayed"  # seen before, too long ago to compare its content
TAMPER = "tamper"  # the same sequence with other content: two devices, or a forger with the key
BEYOND = "beyond_window"

WINDOW = 1 << 20  # how far ahead of the watermark a sequence may be
_REMEMBERED = 8
_DIGEST_BYTES = 8


class Ledger:
    """Deduplication of one unit: a watermark, what is committed beyond it, recent digests.

    The digest of a record is the head of its seal, which is a MAC over all of it.
    """

    __slots__ = ("_beyond", "_digests", "watermark")

    def __init__(self) -> None:
        self.watermark = 0
        self._beyond = 0  # bit i: sequence watermark + 1 + i
        self._digests = b""  # newest last, each the sequence's low 32 bits and the digest

    def admit(self, sequence: int, seal: bytes) -> str:
        """NEW, and from then on committed; or why it is not new. Changes nothing otherwise."""
        if self.has(sequence):
            digest = self._digest_of(sequence)
            if digest is None:
                return REPLAYED
            return DUPLICATE if digest == seal[:_DIGEST_BYTES] else TAMPER
        if sequence - self.watermark > WINDOW:
            return BEYOND
        self.cover(sequence, sequence)
        entry = sequence.to_bytes(4, "little") + seal[:_DIGEST_BYTES]
        keep = (_REMEMBERED - 1) * len(entry)
        self._digests = self._digests[-keep:] + entry
        return NEW

    def has(self, sequence: int) -> bool:
        """Whether a sequence is committed (0, which no unit uses, counts as such)."""
        if sequence <= self.watermark:
            return True
        return bool(self._beyond >> (sequence - self.watermark - 1) & 1)

    def cover(self, first: int, last: int) -> None:
        """Take a range as committed: a record, or the range that a tombstone gives up."""
        first = max(first, self.watermark + 1)
        last = min(last, self.watermark + WINDOW)
        if last < first:
            return
        if first == last == self.watermark + 1 and not self._beyond:
            self.watermark = last
            return
        span = (1 << (last - first + 1)) - 1
        self._beyond |= span << (first - self.watermark - 1)
        while self._beyond & 1:
            # Count the run of ones at the low end in one go: the lowest zero bit ends it.
            run = (~self._beyond & (self._beyond + 1)).bit_length() - 1
            self._beyond >>= run
            self.watermark += run

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
        return [self.watermark, f"{self._beyond:x}", self._digests.hex()]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.watermark, beyond, digests = state
        self._beyond = int(beyond, 16)
        self._digests = bytes.fromhex(digests)
