"""What the page shows: all of it once, and then each change; of both what its reader may see."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from host.accounts.right import Right
from host.web.face import Host
from host.web.feed import Feed, to_json
from host.web.gate import Asking, Asks, Gate
from host.web.routes import API, reads
from host.web.sight import Sight
from host.web.streams import Streams, joined

MAX_NUMBER = 2**53 - 1  # the largest integer that the page's language holds exactly

LastEventId = Annotated[int, Header(ge=0, le=MAX_NUMBER)]
After = Annotated[int, Query(ge=0, le=MAX_NUMBER)]

_EVENTS = {"content": {"text/event-stream": {}}, "description": "Events, until either side ends"}
_SNAPSHOT = {"content": {"application/json": {}}, "description": "All that the page shows"}


def router(host: Host, feed: Feed, gate: Gate, refused: Counter[str]) -> APIRouter:
    """`refused`: how many requests were refused, by reason. HEAD makes no snapshot."""
    router = APIRouter(prefix=API, tags=["console"])
    streams = Streams(host, feed)
    # A page that is locked has a stream, and sees in it what `Sight` leaves of it.
    watches = Depends(Asks(Right.WATCH, acts=False))

    @reads(router, "/snapshot", responses={200: _SNAPSHOT})
    async def snapshot(request: Request, asking: Annotated[Asking, watches]) -> Response:
        """All that the page shows."""
        if request.method == "HEAD":
            return Response(media_type="application/json")
        sight = Sight(asking.who, host.concern)
        await gate.viewed(asking, "console")
        _, shown = await streams.snapshot(sight)
        if sight.sees(Right.VIEW_HOST, None):
            shown["console"] = to_json({"feed": feed.counters(), "refused": refused})
        return Response(joined(shown), media_type="application/json")

    @reads(router, "/events", responses={200: _EVENTS})
    async def events(
        request: Request,
        asking: Annotated[Asking, watches],
        last_event_id: LastEventId = 0,
        after: After = 0,
    ) -> Response:
        """Server-sent events: a snapshot where one is needed, then each change."""
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        await gate.viewed(asking, "console")
        sight = Sight(asking.who, host.concern)
        return await streams.open(
            last_event_id or after or None,
            sight,
            lambda: gate.still(request, asking.who),
        )

    return router
