"""When the unit reports: at its floor, unless the host's answer to its last report lets it sleep.

A report is a fix or a heartbeat. At rest, at a place that it has told or sought in vain, the unit
does not search, and says that it rests (MOTION); while it moves without GNSS, GNSS_LOST. A lease
is taken only from the answer to the very newest record, and one that is no report only ever
shortens what the last report was granted (protocol.contact): silence never lengthens anything.
"""

from protocol.contact import speaks_ms

LOST_AFTER_MS = 30_000
# An epoch of GNSS may come a little before its due time; waiting for the next costs a second.
EARLY_MS = 500
# While nobody answers, heartbeats say nothing new: the journal need not fill with them.
UNANSWERED_BEAT_MS = 60_000
# A roof does not move off while one sits still: it is sought for so long, every so often.
SEARCH_MS = 120_000
SEARCH_AGAIN_MS = 1_200_000


class Reporting:
    """`searching`: GNSS is wanted. `pinned`: leases are not taken (a latch is set). `content_ms`:
    until then a report needs no position; 0 while the wearer moves."""

    def __init__(self, floor_s: int, now_ms: int) -> None:
        self._floor_s = floor_s
        self.pinned = False
        self.searching = True
        self.lost = False
        self.content_ms = 0
        self.lease_s = 0
        self._newest = 0  # sequence of the newest record, 0 when no answer fits any more
        self._made_ms = now_ms  # when that was made
        self._reports = False  # whether it is a report
        self._answered = False  # whether the newest report was
        self._reported_ms = now_ms
        self._due_ms = now_ms
        self._granted_ms = now_ms  # when it is due if what is not answered yet were answered
        self._sought_ms = now_ms  # searching since
        self._fixed_ms = now_ms  # last valid fix, or boot

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do."""
        if self.lost:
            return self._beat_ms()
        if self.searching:
            return self._sought_ms + LOST_AFTER_MS
        return self._beat_ms() if self.content_ms else self._due_ms

    def _beat_ms(self) -> int:
        if self._answered or not self._newest:
            return self._due_ms
        return max(self._due_ms, self._reported_ms + UNANSWERED_BEAT_MS)

    def tick(self, now_ms: int, at_rest: bool) -> bool:
        """Returns whether a heartbeat is to be reported, in place of a fix."""
        if self.lost and at_rest and now_ms - self._sought_ms >= SEARCH_MS:
            self.lost = self.searching = False
            self.content_ms = now_ms + SEARCH_AGAIN_MS
        if self.lost or (now_ms < self.content_ms and not self.searching):
            return now_ms >= self._beat_ms()
        if not self.searching and now_ms >= self._due_ms:
            self.searching = True
            self._sought_ms = now_ms
        self.lost = self.searching and now_ms - self._sought_ms >= LOST_AFTER_MS
        return self.lost

    def fix(self, now_ms: int) -> bool:
        """A valid fix came. Returns whether it is to be reported."""
        found, self.lost = self.lost, False
        self._fixed_ms = self._sought_ms = now_ms
        return found or now_ms >= self._due_ms - EARLY_MS

    def without_fix_s(self, now_ms: int) -> int:
        """Seconds since the last valid fix."""
        return (now_ms - self._fixed_ms) // 1000

    def reported(self, sequence: int, now_ms: int) -> None:
        """A report was made."""
        self._newest, self._made_ms, self._reports = sequence, now_ms, True
        self._answered = False
        self._reported_ms = now_ms
        # On the grid of the floor, so that a second's wait for GNSS does not add up.
        step_ms = self._floor_s * 1000
        on_grid = -EARLY_MS <= now_ms - self._due_ms < step_ms
        self._due_ms = (self._due_ms if on_grid else now_ms) + step_ms
        self._granted_ms = self._due_ms
        self.lease_s = 0
        if now_ms < self.content_ms:
            self.lost = self.searching = False
        else:
            self.searching = self.lost or step_ms <= LOST_AFTER_MS

    def noted(self, sequence: int, now_ms: int) -> None:
        """A record was made that is no report: until it is answered the host may not know it."""
        if not self._newest:
            return  # due at once
        self._newest, self._made_ms, self._reports = sequence, now_ms, False
        self._due_ms = min(self._due_ms, speaks_ms(now_ms, self._floor_s))

    def made_ms(self, sequence: int) -> int | None:
        """When a record was made; None unless it is the newest."""
        return self._made_ms if sequence == self._newest else None

    def answer(self, answered: int, lease_s: int) -> None:
        """The host's answer to a message whose newest record was `answered`."""
        if answered != self._newest:
            return
        due_ms = speaks_ms(self._made_ms, lease_s)
        if self._reports:
            self._answered = True
            if self.pinned or lease_s <= self._floor_s:
                return
            self.lease_s = lease_s
        else:
            due_ms = min(due_ms, self._granted_ms)
        if self._reports or (self.lease_s and due_ms > self._due_ms):
            self.searching = self.lost
        self._due_ms = self._granted_ms = due_ms

    def hurry(self, now_ms: int) -> None:
        """Report as soon as GNSS can; what was granted before does not count any more."""
        self._newest = 0
        self._due_ms = self._granted_ms = now_ms
        self.lease_s = 0
        if not self.searching:
            self.searching = True
            self._sought_ms = now_ms
