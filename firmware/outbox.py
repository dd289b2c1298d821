"""What is sent next: what is new at once, and the backlog while the host answers.

One message holds only what one Answer can acknowledge: sequences within ANSWERED_SPAN, which is
well within MESSAGE_BYTES_MAX.
"""

from firmware.journal import Journal
from protocol.command import Answer
from protocol.record import sequence_of

ANSWERED_SPAN = 64  # bits of Answer.bitmap
TIMEOUT_MS = 10_000
_PROBE_RECORDS = 8
NEVER_MS = 1 << 62


class Outbox:
    """`newest`: sequence of the record made last; those up to `sent` are no news any more."""

    def __init__(self, journal: Journal, sent: int) -> None:
        self._journal = journal
        self.newest = sent
        self._sent = sent
        self._answering = False
        # Messages on their way: (sent at, least sequence, greatest sequence).
        self._flights: list[tuple[int, int, int]] = []

    @property
    def due_ms(self) -> int:
        """When a message will have waited too long for its answer."""
        return self._flights[0][0] + TIMEOUT_MS if self._flights else NEVER_MS

    def tick(self, now_ms: int) -> None:
        """Give up waiting for what is due: what it held may be sent again."""
        while self._flights and now_ms >= self.due_ms:
            self._flights.pop(0)
            self._answering = False

    def message(self, now_ms: int) -> bytes | None:
        """The next message (sealed records, newest first), from now on on its way; or None."""
        fresh = self.newest > self._sent
        if self._flights and not fresh:
            return None
        backlog = ANSWERED_SPAN if self._answering and not self._flights else 0
        if not (fresh or backlog):
            backlog = _PROBE_RECORDS
        chosen = []
        greatest = least = 0
        for sealed in self._journal.pending():
            sequence = sequence_of(sealed)
            greatest = greatest or sequence
            if sequence <= self._sent:
                backlog -= 1
            if backlog < 0 or greatest - sequence >= ANSWERED_SPAN:
                break
            chosen.append(sealed)
            least = sequence
        if not chosen:
            return None
        self._sent = self.newest
        self._flights.append((now_ms, least, greatest))
        return b"".join(chosen)

    def answer(self, answer: Answer) -> None:
        """The host has committed what it names."""
        self._journal.acknowledge(answer.watermark, answer.answered, answer.bitmap)
        self._answering = True
        self._flights = [flight for flight in self._flights if flight[2] != answer.answered]
