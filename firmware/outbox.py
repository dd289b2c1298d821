"""What is sent next: news at once, and the backlog while the host answers.

One message holds only what one Answer can acknowledge: sequences that lie close together.
"""

from firmware.journal import Journal
from firmware.utc import NEVER_MS
from protocol.command import Answer
from protocol.record import sequence_of

_RECORDS_MAX = 16  # well within the bits of Answer.bitmap, and 0.8 kB: memory is what is short
_TIMEOUT_MS = 10_000
_PROBE_RECORDS = 8
_IN_VAIN = (12, 96)  # messages, doubling from the one to the other


class Outbox:
    """Newest records go first. What is on its way is not sent again before it timed out."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._news = 0  # records never sent since the restart
        self._answering = False
        self._flights: list[tuple[int, int]] = []  # (sent at, greatest sequence) of messages
        self._in_vain = 0  # messages in a row that nobody answered
        self._bears = _IN_VAIN[0]

    @property
    def due_ms(self) -> int:
        """When a message will have waited too long for its answer."""
        return self._flights[0][0] + _TIMEOUT_MS if self._flights else NEVER_MS

    def add(self, sealed: bytes) -> None:
        """Journal a new record; it is to be sent at once."""
        if self._journal.append(sealed):
            self._news += 1

    def tick(self, now_ms: int) -> None:
        """Give up waiting for what is due: what it held may be sent again."""
        while now_ms >= self.due_ms:
            self._flights.pop(0)
            self._answering = False
            self._in_vain += 1

    def despairs(self) -> bool:
        """Whether so many messages went unanswered that the link may be to blame, although the
        broker takes them: it is to be opened anew, ever more rarely."""
        if self._in_vain < self._bears:
            return False
        self._in_vain = 0
        self._bears = min(2 * self._bears, _IN_VAIN[1])
        return True

    def message(self, now_ms: int) -> bytes | None:
        """The next message, from now on on its way; or None."""
        if self._flights:
            limit = self._news
        elif self._answering:
            limit = _RECORDS_MAX
        else:  # nobody has answered lately: whatever is new, or a few as a trial
            limit = self._news or _PROBE_RECORDS
        limit = min(limit, self._journal.backlog, _RECORDS_MAX)
        if limit == 0:
            return None
        chosen: list[bytes] = []
        greatest = 0
        for sealed in self._journal.pending():
            sequence = sequence_of(sealed)
            greatest = greatest or sequence
            if greatest - sequence >= _RECORDS_MAX:
                break
            chosen.append(sealed)
            if len(chosen) == limit:
                break
        self._news = 0
        self._flights.append((now_ms, greatest))
        return b"".join(chosen)

    def answer(self, answer: Answer) -> None:
        """The host has committed what it names."""
        self._journal.acknowledge(answer.watermark, answer.answered, answer.bitmap)
        self._answering = True
        self._in_vain = 0
        self._bears = _IN_VAIN[0]
        for i, (_, greatest) in enumerate(self._flights):
            if greatest == answer.answered:  # what was sent before it was answered, or is lost
                del self._flights[: i + 1]
                return
