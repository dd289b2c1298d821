"""A carrier that forgets a connection which is idle, and tells nobody; and how the unit finds out.

What is sent over a forgotten connection is gone, either way. The unit misses the broker's
acknowledgement, of a message or of its ping, gives the connection up and opens a new one. It learns
from that as firmware/mqtt.py does: its pings come twice as often, and each that is answered lets
the next wait a little longer.
"""

from firmware.mqtt import PING_MORE_MS

FOUND_MS = 10_000  # from a message in vain until the connection is given up
ANEW_MS = 2_000  # from then on until there is a new one


class Carrier:
    """Between one unit and its broker, from `now_ms` on. `keep_alive_s`: what it asked for."""

    def __init__(self, forgets_ms: int, keep_alive_s: int, now_ms: int) -> None:
        self._forgets_ms = forgets_ms
        self._ping_most_ms = self._ping_ms = keep_alive_s * 750
        self.connect(now_ms)

    def connect(self, now_ms: int) -> None:
        """There is a new connection."""
        self.away = False  # whether the unit is without one, and knows it
        self._passed_ms = now_ms
        self._found_ms: int | None = None  # when the unit knows that it is forgotten

    @property
    def due_ms(self) -> int:
        """When the unit pings, gives the connection up, or has a new one: then call `step`."""
        if self._found_ms is None:
            return self._passed_ms + self._ping_ms
        return self._found_ms + (ANEW_MS if self.away else 0)

    def step(self, now_ms: int) -> None:
        """`due_ms` may have come."""
        if now_ms < self.due_ms:
            return
        if self._found_ms is None:
            if self.passes(now_ms, sends=True):
                self._ping_ms = min(self._ping_ms + PING_MORE_MS, self._ping_most_ms)
        elif not self.away:
            self.away = True
            self._ping_ms //= 2
        else:
            self.connect(now_ms)

    def passes(self, now_ms: int, *, sends: bool) -> bool:
        """Whether something gets through; `sends`: the unit does, and misses an acknowledgement."""
        if self._found_ms is None and now_ms - self._passed_ms < self._forgets_ms:
            self._passed_ms = now_ms
            return True
        if sends and self._found_ms is None:
            self._found_ms = now_ms + FOUND_MS
        return False
