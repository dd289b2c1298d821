"""Virtual time: a queue of what is to happen, which only goes forward.

Events are ordered by (due, kind, entity, number), so a run is a function of what was put in. An
event before the present moment is refused; a core that says it is due in the past is due now.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

WOKEN_MAX = 10_000  # alarms at one instant, of all entities

Handler = Callable[..., None]  # (entity, now_ms, *what was put in with it)


class TimeWentBackError(AssertionError):
    """A fault of the simulator: something was to happen before the present moment."""


class StuckError(AssertionError):
    """A core that is due again and again at one instant: time would stand still for good."""


class Queue:
    """`now_ms`: the present moment, that of the last event taken. It never goes back."""

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms
        self.taken = 0  # how many events so far
        self._events: list[tuple[int, int, str, int, Handler, tuple[Any, ...]]] = []
        self._numbers = 0
        self._armed: dict[str, tuple[int, int]] = {}  # entity -> (due_ms, number of its event)
        self._woken = 0  # how many alarms in a row went off at one instant

    def at(self, due_ms: int, kind: int, entity: str, handle: Handler, *what: Any) -> None:
        """Have `handle` called at `due_ms`. Raises TimeWentBackError for a moment that is over."""
        if due_ms < self.now_ms:
            raise TimeWentBackError(f"{entity or 'host'}: {due_ms} is before {self.now_ms}")
        self._numbers += 1
        heappush(self._events, (due_ms, kind, entity, self._numbers, handle, what))

    def arm(self, due_ms: int | None, kind: int, entity: str, handle: Handler) -> None:
        """Have `handle` called once, at `due_ms`, or now if that is over; None for never.

        An entity has one such alarm: whatever was armed for it before is overtaken.
        """
        if due_ms is None:
            self._armed.pop(entity, None)
            return
        due_ms = max(due_ms, self.now_ms)
        if entity in self._armed and self._armed[entity][0] == due_ms:
            return
        self._armed[entity] = due_ms, self._numbers + 1
        self.at(due_ms, kind, entity, self._wake, handle, self._numbers + 1)

    def run(self, until_ms: int, progress: Callable[[int], None]) -> None:
        """Let all that is due up to `until_ms` happen; `progress` is told the time now and then."""
        events = self._events
        while events and events[0][0] <= until_ms:
            due_ms, _, entity, _, handle, what = heappop(events)
            if due_ms != self.now_ms:
                self._pass_to(due_ms, entity)
            self.taken += 1
            handle(entity, due_ms, *what)
            if self.taken % 256 == 0:
                progress(due_ms)

    def _pass_to(self, due_ms: int, entity: str) -> None:
        if due_ms < self.now_ms:
            raise TimeWentBackError(f"{entity or 'host'}: {due_ms} is before {self.now_ms}")
        self.now_ms = due_ms
        self._woken = 0

    def _wake(self, entity: str, now_ms: int, handle: Handler, number: int) -> None:
        if self._armed.get(entity) != (now_ms, number):
            return  # overtaken
        del self._armed[entity]
        self._woken += 1
        if self._woken > WOKEN_MAX:
            raise StuckError(f"{entity or 'host'} is due again and again at {now_ms}")
        handle(entity, now_ms)
