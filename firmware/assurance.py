"""The victim's unit holds both clocks itself: the promise's end, and when that is an alarm.

It is the only way to notice that the whole host is gone. Without a promise its light is out, at
once; only when the quiet clock has passed as well does it vibrate.
"""

from firmware.utc import NEVER_MS
from protocol.command import RESTING, WATCHED


class Assurance:
    """Until when the wearer is covered, in the unit's own milliseconds.

    The host's answers say so: assured until T; or watched, which holds for the floor plus a
    margin at a time; or neither, and then what was promised before ends within that time too.
    `silence_ms` is that time. `promised`: whether the last word was a time, and not that she is
    watched. `lost`: the promise has ended; `alarmed`: and the quiet clock has passed since.
    """

    def __init__(self, silence_ms: int, now_ms: int) -> None:
        self._silence_ms = silence_ms
        self.lost = self.alarmed = False
        self.promised = False
        self.until_ms = self._quiet_ms = now_ms + silence_ms
        self._resting = False
        self._left_pct = 100

    def answer(
        self,
        flags: int,
        until_ms: int | None,
        left_pct: int,
        quiet_ms: int,
        moved_ms: int | None,
        now_ms: int,
    ) -> None:
        """`moved_ms`: since when the wearer moves, None at rest. `left_pct`: see `moved`.
        `quiet_ms`: until when it is no alarm that nothing is promised."""
        self._quiet_ms = quiet_ms
        within_ms = now_ms + self._silence_ms
        # Of a time the host says no more, nobody knows whether it was of what is in force now.
        self.promised = until_ms is not None and not flags & WATCHED
        if flags & WATCHED:
            self.until_ms = within_ms if until_ms is None else max(until_ms, within_ms)
        else:
            self.until_ms = min(self.until_ms, within_ms) if until_ms is None else until_ms
        self._resting = bool(flags & RESTING) and until_ms is not None
        self._left_pct = left_pct
        if moved_ms is not None:  # the host has not heard of it yet
            self.moved(moved_ms)

    def moved(self, at_ms: int) -> None:
        """The wearer moves off: of a promise that counted on rest, `left_pct` percent is left."""
        if self._resting:
            self._resting = False
            self.until_ms = at_ms + (self.until_ms - at_ms) * self._left_pct // 100

    @property
    def due_ms(self) -> int:
        """When `turned` has something to say."""
        if self.alarmed:
            return NEVER_MS
        return max(self.until_ms, self._quiet_ms) if self.lost else self.until_ms

    def turned(self, now_ms: int) -> bool:
        """Whether there is an alarm, or none any more, since the last call: see `alarmed`."""
        self.lost = now_ms >= self.until_ms
        alarmed = self.lost and (self.alarmed or now_ms >= self._quiet_ms)
        if alarmed == self.alarmed:
            return False
        self.alarmed = alarmed
        return True
