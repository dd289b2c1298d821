"""The pages that are open: a snapshot first where it is needed, then the events after it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from host.base.errors import ResguardoError
from host.web.face import Host
from host.web.feed import Feed, frame_of, to_json
from host.web.sight import Sight

_RETRY = b"retry: 1000\n"  # milliseconds until a browser comes back

OF_ONE_MAX = 16  # streams of one account: browsers have one each
LOOK_AGAIN_S = 2.0  # at whether its reader may still read
Still = Callable[[], bool]

Snapshot = tuple[int, dict[str, bytes]]  # number of the event it stands at; key -> JSON


class TooManyStreams(ResguardoError):
    """More open pages than one console serves."""


class Streams:
    """At most `limit` streams of `feed`, each begun with a snapshot unless it resumes.

    Used on one event loop.
    """

    def __init__(self, host: Host, feed: Feed, *, limit: int = 64) -> None:
        self._host = host
        self._feed = feed
        self._limit = limit
        self._open = 0
        self._open_of: Counter[str] = Counter()
        self._making: asyncio.Task[Snapshot] | None = None

    async def snapshot(self, sight: Sight) -> Snapshot:
        """All that the page shows. Of the whole, one is made at a time, for all who ask while it
        is made: it is a matter of seconds for 50,000 orders, and stands at a number that suits
        each of them. Who sees a part has one made of that part.
        """
        if not sight.whole:
            return await run_in_threadpool(self._make, sight)
        if self._making is None:
            self._making = asyncio.create_task(run_in_threadpool(self._make))
            self._making.add_done_callback(self._made)
        return await asyncio.shield(self._making)

    def _make(self, sight: Sight | None = None) -> Snapshot:
        """The number is read first: what happens meanwhile is then in the snapshot and in the
        events, and applying it twice is harmless. Otherwise it could be in neither."""
        number = self._feed.last_id
        shown = self._host.snapshot(sight)
        shown = {**(shown if sight is None else sight.snapshot(shown)), "id": number}
        return number, {key: _to_json_in_turns(thing) for key, thing in shown.items()}

    def _made(self, _: asyncio.Task[Snapshot]) -> None:
        self._making = None

    async def open(self, after: int | None, sight: Sight, still: Still) -> "EventStream":
        """Server-sent events after number `after`, of what is in sight, for as long as `still`
        says that it is. Raises TooManyStreams, and what the host raises while it makes a snapshot:
        before the first byte, so that it can be answered."""
        account = sight.who.account
        if self._open >= self._limit:
            raise TooManyStreams(f"{self._limit} pages are open, which is all: close one")
        if self._open_of[account] >= OF_ONE_MAX:
            raise TooManyStreams(f"{OF_ONE_MAX} pages of {account!r} are open: close one")
        self._open += 1
        self._open_of[account] += 1
        try:
            head = _RETRY
            if after is None or not self._feed.holds(after):
                after, shown = await self.snapshot(sight)
                head += frame_of(after, "snapshot", joined(shown))
        except BaseException:
            self._close(account)
            raise
        events = self._events(head, after, sight, still)
        return EventStream(events, partial(self._close, account))

    def _close(self, account: str) -> None:
        self._open -= 1
        self._open_of[account] -= 1
        if not self._open_of[account]:
            del self._open_of[account]

    async def _events(
        self, head: bytes, after: int, sight: Sight, still: Still
    ) -> AsyncIterator[bytes]:
        yield head
        looked_at = time.monotonic()
        async with aclosing(self._feed.follow(after)) as batches:
            async for batch in batches:  # a heartbeat at least, each few seconds
                if time.monotonic() - looked_at >= LOOK_AGAIN_S:
                    if not await run_in_threadpool(still):
                        return
                    looked_at = time.monotonic()
                yield b"".join(map(sight.frame, batch))


class EventStream(StreamingResponse):
    """Calls `close` when it ends, begun or not."""

    def __init__(self, events: AsyncIterator[bytes], close: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


def joined(fields: dict[str, bytes]) -> bytes:
    """A JSON object; the values are JSON already."""
    return b"{" + b", ".join(to_json(key) + b": " + text for key, text in fields.items()) + b"}"


def _to_json_in_turns(thing: Any) -> bytes:
    """Of a long list one element at a time: the encoder lets no other thread run meanwhile."""
    if not isinstance(thing, list):
        return to_json(thing)
    return b"[" + b", ".join(map(to_json, thing)) + b"]"
