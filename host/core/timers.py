"""Deadlines of many entities in one heap, ordered by (due, kind, entity); re-armed lazily.

A deadline that moves later costs nothing: the entry in the heap stays, and when it comes up the
entity is asked when it is really due.
"""

from collections import defaultdict
from collections.abc import Callable
from heapq import heappop, heappush

NEVER_MS = 1 << 62

Key = tuple[int, str]  # kind, entity


class Timers:
    """At most one live entry per key; `due_of` tells a key's real deadline (None: none)."""

    __slots__ = ("_armed", "_aside", "_due_of", "_heap", "firing")

    def __init__(self, due_of: Callable[[Key], int | None]) -> None:
        self.firing: Key | None = None  # what `pop` gave out last: what fails, when that fails
        self._aside: set[Key] = set()
        self._due_of = due_of
        self._heap: list[tuple[int, int, str]] = []
        # By kind and entity: a key kept as a pair would cost twice as much.
        self._armed: defaultdict[int, dict[str, int]] = defaultdict(dict)

    def arm(self, key: Key, due_ms: int | None) -> None:
        """Make sure that `key` comes up no later than `due_ms`."""
        if due_ms is None or due_ms >= NEVER_MS:
            return
        kind, entity = key
        armed = self._armed[kind]
        armed_ms = armed.get(entity)
        if armed_ms is None or due_ms < armed_ms:
            armed[entity] = due_ms
            heappush(self._heap, (due_ms, kind, entity))

    def set_aside(self, key: Key) -> None:
        """Never let it come up again: it fails."""
        self._aside.add(key)

    def next_ms(self) -> int | None:
        """When to look again; may be early, never late."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now_ms: int) -> tuple[int, Key] | None:
        """The next (due_ms, key) that is really due by `now_ms`, or None. The caller re-arms it."""
        self.firing = None
        while self._heap and self._heap[0][0] <= now_ms:
            due_ms, kind, entity = heappop(self._heap)
            armed = self._armed[kind]
            if armed.get(entity) != due_ms:
                continue  # an earlier entry has taken this one's place
            del armed[entity]
            key = (kind, entity)
            if key in self._aside:
                continue
            self.firing = key
            real_ms = self._due_of(key)
            if real_ms is not None and real_ms <= due_ms:
                return due_ms, key
            self.arm(key, real_ms)
            self.firing = None
        return None
