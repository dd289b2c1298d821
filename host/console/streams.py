"""The pages that are open: a snapshot first where it is needed, then the events after it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.concurrency import run_in_threadpool

from host.console.face import Service
from host.console.feed import Feed, frame
from host.errors import ResguardoError

_RETRY = b"retry: 1000\n"  # milliseconds until a browser comes back


class TooManyStreams(ResguardoError):
    """More open pages than one console serves."""


class Streams:
    """At most `limit` streams of `feed`, each begun with a snapshot unless it resumes."""

    def __init__(self, service: Service, feed: Feed, *, limit: int = 64) -> None:
        self._service = service
        self._feed = feed
        self._limit = limit
        self._open: set[object] = set()

    def snapshot(self) -> dict[str, Any]:
        """All that the page shows, with the number of the event that it stands at.

        The number is read first: what happens meanwhile is then in the snapshot and in the
        events, and applying it twice is harmless. Otherwise it could be in neither.
        """
        number = self._feed.last_id
        return {**self._service.snapshot(), "id": number}

    async def open(self, after: int | None) -> AsyncIterator[bytes]:
        """Server-sent events after number `after`. Raises TooManyStreams, and what the host raises
        while it makes a snapshot: before the first byte, so that it can be answered."""
        if len(self._open) >= self._limit:
            raise TooManyStreams(f"{self._limit} pages are open, which is all: close one")
        head = _RETRY
        if after is None or not self._feed.holds(after):
            shown = await run_in_threadpool(self.snapshot)
            after = int(shown["id"])
            head += frame(after, "snapshot", shown)
        return self._events(head, after)

    async def _events(self, head: bytes, after: int) -> AsyncIterator[bytes]:
        self._open.add(place := object())
        try:
            yield head
            async with aclosing(self._feed.follow(after)) as batches:
                async for batch in batches:
                    yield b"".join(event.frame for event in batch)
        finally:
            self._open.discard(place)
