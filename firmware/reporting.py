"""When the unit reports: at its floor, unless the host's answer to its last report lets it sleep.

A report is a fix or a heartbeat: of a unit at rest that it rests (MOTION), whether it searches or
not; of one that moves without GNSS, GNSS_LOST. At rest, at a place that it has told or sought in
vain, it does not search, but for a look every so often. A lease is taken only from the answer to
the very newest record, and one that is no report only ever shortens what the last report was
granted (protocol.contact): silence never lengthens anything.
"""

from firmware.utc import NEVER_MS
from protocol.contact import speaks_ms

LOST_AFTER_MS = 30_000
# An epoch of GNSS may come a little before its due time; waiting for the next costs a second.
EARLY_MS = 500
# While nobody answers, heartbeats say nothing new: after some the journal need not fill with them.
UNANSWERED = 3
UNANSWERED_BEAT_MS = 60_000
# At rest the sky is sought for so long at the most, so often: a sixteenth of the time.
LOOK_MS = 120_000
LOOK_AGAIN_MS = 1_800_000


# Where the sky is sought in vain, the modem is asked: after so long, and again while it moves.
ASK_AFTER_MS = 10_000
ASK_AGAIN_MS = 20_000


class Reporting:
    """`searching`: GNSS is wanted. `pinned`: leases are not taken (a latch is set). `lost`: that
    there is no GNSS is the last that was said of it. `at_rest`: the wearer is; `content_ms`: until
    then no position is needed, 0 for none known since it stopped."""

    def __init__(self, floor_s: int, now_ms: int) -> None:
        self._floor_s = floor_s
        self.pinned = False
        self.searching = True
        self.lost = False
        self.at_rest = False
        self.content_ms = 0
        self._looks = False  # a fix is to be reported as soon as it comes
        self.lease_s = 0
        self._newest = 0  # sequence of the newest record, 0 when no answer fits any more
        self._made_ms = now_ms  # when that was made
        self._reports = False  # whether it is a report
        self._vain = 0  # reports since anything was answered
        self._reported_ms = now_ms
        self._due_ms = now_ms
        self._granted_ms = now_ms  # when it is due if what is not answered yet were answered
        self._sought_ms = now_ms  # searching since
        self._fixed_ms = now_ms  # last valid fix, or boot
        self._asked_ms = now_ms - ASK_AGAIN_MS  # the modem, last
        self._asks = False

    @property
    def _ask_ms(self) -> int:
        """When the modem is to be asked for a position."""
        if not self.searching:
            return NEVER_MS
        return max(self._sought_ms + ASK_AFTER_MS, self._asked_ms + ASK_AGAIN_MS)

    def asks(self) -> bool:
        """Whether it is to be asked; once each time."""
        wanted, self._asks = self._asks, False
        return wanted

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do."""
        return min(self._report_ms(), self._ask_ms)

    def _report_ms(self) -> int:
        if self.at_rest:
            sought_ms = self._sought_ms + LOOK_MS if self.searching else self.content_ms
            return min(sought_ms, self._beat_ms())
        if self.lost:
            return self._beat_ms()
        return self._sought_ms + LOST_AFTER_MS if self.searching else self._due_ms

    def _beat_ms(self) -> int:
        if self._vain <= UNANSWERED or not self._newest:
            return self._due_ms
        return max(self._due_ms, self._reported_ms + UNANSWERED_BEAT_MS)

    def tick(self, now_ms: int) -> bool:
        """Returns whether a heartbeat is to be reported, in place of a fix."""
        if now_ms >= self._ask_ms:
            self._asked_ms = now_ms
            self._asks = True
        if self.at_rest:
            if self.searching and now_ms - self._sought_ms >= LOOK_MS:
                self.content(now_ms)
            elif now_ms >= self.content_ms:
                self._look(now_ms)
            return now_ms >= self._beat_ms()
        if self.lost:
            return now_ms >= self._beat_ms()
        if not self.searching and now_ms >= self._due_ms:
            self.searching = True
            self._sought_ms = now_ms
        self.lost = self.searching and now_ms - self._sought_ms >= LOST_AFTER_MS
        return self.lost

    def content(self, now_ms: int) -> None:
        """At rest, where it has told or sought in vain: it need not look for a while."""
        self.searching = self._looks = False
        self.content_ms = now_ms + LOOK_AGAIN_MS

    def _look(self, now_ms: int) -> None:
        self._looks = True
        if not self.searching:
            self.searching = True
            self._sought_ms = now_ms

    def fix(self, now_ms: int) -> bool:
        """A valid fix came. Returns whether it is to be reported."""
        wanted = self.lost or self._looks
        self.lost = self._looks = False
        self._fixed_ms = self._sought_ms = now_ms
        return wanted or now_ms >= self._due_ms - EARLY_MS

    def without_fix_s(self, now_ms: int) -> int:
        """Seconds since the last valid fix."""
        return (now_ms - self._fixed_ms) // 1000

    def reported(self, sequence: int, now_ms: int) -> None:
        """A report was made."""
        self._newest, self._made_ms, self._reports = sequence, now_ms, True
        self._vain += 1
        self._reported_ms = now_ms
        # On the grid of the floor, so that a second's wait for GNSS does not add up.
        step_ms = self._floor_s * 1000
        on_grid = -EARLY_MS <= now_ms - self._due_ms < step_ms
        self._due_ms = (self._due_ms if on_grid else now_ms) + step_ms
        self._granted_ms = self._due_ms
        self.lease_s = 0
        if not self._looks:
            near = self.lost or step_ms <= LOST_AFTER_MS
            self.searching = near and now_ms >= self.content_ms

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
        self._vain = 0
        due_ms = speaks_ms(self._made_ms, lease_s)
        if self._reports:
            if self.pinned or lease_s <= self._floor_s:
                return
            self.lease_s = lease_s
        else:
            due_ms = min(due_ms, self._granted_ms)
        if self._reports or (self.lease_s and due_ms > self._due_ms):
            self.searching &= self.lost or self._looks
        self._due_ms = self._granted_ms = due_ms

    def hurry(self, now_ms: int) -> None:
        """Report as soon as GNSS can."""
        self.speak(now_ms)
        self._look(now_ms)

    def speak(self, now_ms: int) -> None:
        """Report; what was granted before does not count any more."""
        self._newest = 0
        self._due_ms = self._granted_ms = now_ms
        self.lease_s = 0
