"""What the wearer feels: each warning once, until silenced or worn out; texts stay readable.

The texts are the unit's own and neutral, known by number (README.md): somebody else may read
the screen. A bracelet shows text 0 whatever it is sent.
"""

import struct

from firmware.utc import NEVER_MS
from protocol.command import CLEAR, PATTERN_NOTICE, PATTERN_WARNING
from protocol.command import Warning as Warned

STILL = 0  # the pattern that ends all others

# The unit's own texts, beside those that the host asks for.
TEXT_NEUTRAL = 0
TEXT_NO_COVER = 200
TEXT_COVERED = 201
TEXT_CHARGE = 202

_REMEMBERED = 32
_READABLE = 4
# How long a pattern goes on when nobody silences it.
_WARNS_MS = 120_000
_URGES_MS = 600_000


def holds(ids: bytes, delivery_id: int) -> bool:
    """Whether it is among `ids`, 8 bytes each."""
    entry = struct.pack("<Q", delivery_id)
    return any(ids[i : i + 8] == entry for i in range(0, len(ids), 8))


def with_last(ids: bytes, delivery_id: int, most: int) -> bytes:
    """`ids` and one more; the oldest of more than `most` (at least two) is forgotten."""
    return ids[-8 * (most - 1) :] + struct.pack("<Q", delivery_id)


class Alerts:
    """`signals` fill up for the driver to drain: tuples (pattern, level, text, warning id).

    A signal starts a pattern, which the driver repeats, the strongest of those begun, until one
    with the pattern STILL ends them all. The id is 0 for the unit's own notices.
    `seen`: the ids presented, 8 bytes each, newest last, to be kept across restarts, but only
    once `settled`: a warning whose signal a power cut swallowed has not been presented.
    `readable`: the last few signals, for the screen.
    """

    def __init__(self, bracelet: bool, seen: bytes) -> None:
        self.signals: list[tuple[int, int, int, int]] = []
        self.readable: list[tuple[int, int, int, int]] = []
        self.seen = seen
        self.due_ms = NEVER_MS
        self._bracelet = bracelet
        self._felt: list[int] = []
        self._unsettled: list[int] = []

    def knows(self, warning_id: int) -> bool:
        """Whether this warning was presented already."""
        return holds(self.seen, warning_id)

    def warn(self, warning: Warned, now_ms: int) -> None:
        """Present a warning for the first time."""
        self.seen = with_last(self.seen, warning.warning_id, _REMEMBERED)
        text = TEXT_NEUTRAL if self._bracelet else warning.text
        self._unsettled.append(warning.warning_id)
        if warning.pattern != PATTERN_NOTICE:
            self._felt.append(warning.warning_id)
        self._present((warning.pattern, warning.level, text, warning.warning_id), now_ms)

    def notify(self, pattern: int, level: int, text: int, now_ms: int) -> None:
        """Present a notice of the unit's own."""
        self._present((pattern, level, text, 0), now_ms)

    def show(self, text: int) -> None:
        """Something to read, and nothing to feel."""
        self._read((STILL, CLEAR, text, 0))

    def _present(self, signal: tuple[int, int, int, int], now_ms: int) -> None:
        self.signals.append(signal)
        self._read(signal)
        pattern = signal[0]
        if pattern == PATTERN_NOTICE:  # felt once
            return
        until_ms = now_ms + (_WARNS_MS if pattern == PATTERN_WARNING else _URGES_MS)
        if self.due_ms == NEVER_MS or until_ms > self.due_ms:
            self.due_ms = until_ms

    def _read(self, signal: tuple[int, int, int, int]) -> None:
        self.readable.append(signal)
        del self.readable[:-_READABLE]

    @property
    def unsettled(self) -> bool:
        """Whether `settled` has something to say."""
        return bool(self._unsettled) and not self.signals

    def settled(self) -> list[int]:
        """Ids of the warnings whose signals the driver has taken since the last call."""
        if self.signals:
            return []
        settled, self._unsettled = self._unsettled, []
        return settled

    def still(self) -> list[int]:
        """Whatever is felt ends; returns the ids of the warnings among it."""
        felt, self._felt = self._felt, []
        if self.due_ms != NEVER_MS:
            self.due_ms = NEVER_MS
            self.signals.append((STILL, 0, 0, 0))
        return felt
