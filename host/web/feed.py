"""The console's feed: numbered events in one ring, and any number of pages that follow it.

A page holds nothing here but its place in the ring, so a slow page costs no memory and delays
nobody: when the ring has overtaken it, its stream ends, the page comes back with the last number
that it saw, and is given a snapshot instead of the events that it missed.
"""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from host.base.clock import iso

HEARTBEAT_S = 5.0
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered event, ready to be sent. `order` says whose it is (None: everybody's)."""

    id: int
    kind: str
    order: str | None
    frame: bytes


@dataclass(eq=False, slots=True)
class _Follower:
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event
    called: bool = False


class Feed:
    """Publish from any thread; follow from any event loop.

    `capacity`: events kept for pages that come back, and more than are published while a snapshot
    of 50,000 orders is made. `first_id`: number of the first event; by
    default microseconds since 1970, so that a host that starts again never reuses a number.
    """

    def __init__(
        self,
        *,
        capacity: int = 32_768,
        first_id: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._ring: deque[Event] = deque(maxlen=capacity)
        self._last_id = (time.time_ns() // 1000 if first_id is None else first_id) - 1
        self._followers: set[_Follower] = set()
        self._monotonic = monotonic
        self._beaten_at: float | None = None
        self._closed = False
        self._counters = {"published": 0, "followed": 0, "cut_off": 0, "gaps": 0}

    @property
    def last_id(self) -> int:
        """Number of the newest event."""
        with self._lock:
            return self._last_id

    @property
    def followed(self) -> bool:
        """Whether a page is open: without one, only what must not be missed need be published."""
        return bool(self._followers)

    def counters(self) -> dict[str, int]:
        """published, followed (streams begun), cut_off (too slow), gaps (resumed too late)."""
        with self._lock:
            return dict(self._counters)

    def publish(self, event: Mapping[str, Any]) -> int:
        """Number an event and wake whoever follows; returns its number. Any thread.

        `event` holds "type", "order" (or None), "at" and the rest of its JSON. Change what
        `snapshot` shows before publishing it: a page may be given both, never neither.
        """
        with self._lock:
            number = self._last_id + 1
            order = event["order"]
            kind = event["type"]
            self._ring.append(Event(number, kind, order, frame(number, kind, event)))
            self._last_id = number
            self._counters["published"] += 1
            self._wake()
        return number

    def beat(self, now_ms: int, *, speed: float = 1.0) -> None:
        """Say that the centre lives: call it on every turn of the host's loop.

        It publishes one heartbeat per HEARTBEAT_S, with the host's time and how fast that runs
        (more than 1 in accelerated simulations). It comes from the loop and not from the web
        server, which would go on saying "alive" above a centre that is dead.
        """
        at = self._monotonic()
        if self._beaten_at is not None and at - self._beaten_at < HEARTBEAT_S:
            return
        self._beaten_at = at
        now = iso(now_ms)
        self.publish({"type": "heartbeat", "order": None, "at": now, "now": now, "speed": speed})

    def holds(self, after: int) -> bool:
        """Whether a page that saw `after` last can be given all that followed it."""
        with self._lock:
            held = self._held(after)
            self._counters["gaps"] += not held
            return held

    async def follow(self, after: int) -> AsyncGenerator[list[Event]]:
        """Batches of the events after number `after`; ends when overtaken or closed."""
        follower = _Follower(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._followers.add(follower)
            self._counters["followed"] += 1
        try:
            while True:
                with self._lock:
                    follower.called = False
                    follower.news.clear()
                    if not self._held(after):
                        self._counters["cut_off"] += 1
                        return
                    begin = len(self._ring) - (self._last_id - after)
                    batch = list(islice(self._ring, begin, begin + _BATCH))
                    closed = self._closed
                if batch:
                    after = batch[-1].id
                    yield batch
                elif closed:
                    return
                else:
                    await follower.news.wait()
        finally:
            with self._lock:
                self._followers.discard(follower)

    def close(self) -> None:
        """End every stream once it has sent what there is (the host stops)."""
        with self._lock:
            self._closed = True
            self._wake()

    def _held(self, after: int) -> bool:
        return 0 <= self._last_id - after <= len(self._ring)

    def _wake(self) -> None:
        for follower in list(self._followers):
            if follower.called:
                continue
            follower.called = True
            if follower.loop.is_closed():
                self._followers.discard(follower)
            else:
                follower.loop.call_soon_threadsafe(follower.news.set)


def frame(number: int, kind: str, body: Mapping[str, Any]) -> bytes:
    """One server-sent event (WHATWG HTML, 9.2.5); `body` becomes its JSON, with its number."""
    return frame_of(number, kind, to_json({**body, "id": number}))


def frame_of(number: int, kind: str, text: bytes) -> bytes:
    """One server-sent event whose JSON is made already."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), text)


def picture_of(event: Event) -> dict[str, Any]:
    """What an event shows, read back from what is sent of it."""
    picture: dict[str, Any] = json.loads(event.frame.partition(b"\ndata: ")[2])
    return picture


def to_json(thing: Any) -> bytes:
    """JSON on one line; a browser reads neither NaN nor infinity."""
    return json.dumps(thing, ensure_ascii=False, allow_nan=False).encode()
