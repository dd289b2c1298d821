"""Who is thrown out of the broker again and again, as two clients of one name throw out each other.

A broker ends a client's connection when another one comes by the same name (MQTT 3.1.1, 3.1.4). Of
a unit the host hears only that it is connected, time after time. Neither shows who the other is.
"""

from collections import deque
from itertools import islice

from host.service.faults import HOST_EVICTED, UNIT_EVICTED

STEADY_MS = 10_000  # a connection that lasts as long counts as one that lasted
SHORT_MAX = 4  # shorter ones of a unit's
UNIT_WITHIN_MS = 300_000  # two units in turn back off from each other, up to a minute
LOST_MAX = 3  # of the host's own connections
HOST_WITHIN_MS = 60_000  # two hosts come back after a second
NAMED_MAX = 20  # units at a time: more of them are no pairs of rivals


class Evictions:
    """Connections that have not lasted. Times never go back."""

    def __init__(self) -> None:
        self._connected_ms: dict[str, int] = {}
        self._short_ms: dict[str, deque[int]] = {}
        self._lost_ms: deque[int] = deque(maxlen=LOST_MAX)

    def connected(self, unit: str, now_ms: int) -> None:
        """A unit has connected, and another connection of its name has ended if there was one."""
        before_ms = self._connected_ms.get(unit)
        self._connected_ms[unit] = now_ms
        if before_ms is not None and now_ms - before_ms < STEADY_MS:
            self._short_ms.setdefault(unit, deque(maxlen=SHORT_MAX)).append(now_ms)

    def lost(self, now_ms: int) -> None:
        """The host itself has lost its connection: what units do then says nothing of them."""
        self._connected_ms.clear()
        self._lost_ms.append(now_ms)

    def troubles(self, now_ms: int) -> dict[tuple[str, str], str]:
        """{(fault, of whom): reason} at this moment."""
        told = {}
        if _all_within(self._lost_ms, LOST_MAX, now_ms - HOST_WITHIN_MS):
            told[HOST_EVICTED, ""] = str(LOST_MAX)
        often = (
            unit
            for unit, times in list(self._short_ms.items())
            if _all_within(times, SHORT_MAX, now_ms - UNIT_WITHIN_MS)
        )
        for unit in islice(often, NAMED_MAX):
            told[UNIT_EVICTED, unit] = unit
        return told


def _all_within(times_ms: deque[int], count: int, since_ms: int) -> bool:
    """Whether there are so many times, the oldest of them not before `since_ms`."""
    return len(times_ms) >= count and times_ms[0] > since_ms
