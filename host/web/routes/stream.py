"""What the page shows: all of it once, and then each change."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from host.web.feed import Feed, to_json
from host.web.routes import READING
from host.web.streams import Streams, joined

MAX_NUMBER = 2**53 - 1  # the largest integer that the page's language holds exactly

LastEventId = Annotated[int | None, Header(ge=0, le=MAX_NUMBER)]
After = Annotated[int | None, Query(ge=0, le=MAX_NUMBER)]


def router(streams: Streams, feed: Feed, refused: Counter[str]) -> APIRouter:
    """`refused`: how many requests were refused, by reason. HEAD makes no snapshot."""
    router = APIRouter(prefix="/api")

    @router.api_route("/snapshot", methods=READING)
    async def snapshot(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="application/json")
        _, shown = await streams.snapshot()
        console = to_json({"feed": feed.counters(), "refused": refused})
        return Response(joined({**shown, "console": console}), media_type="application/json")

    @router.api_route("/events", methods=READING)
    async def events(
        request: Request, last_event_id: LastEventId = None, after: After = None
    ) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return await streams.open(after if last_event_id is None else last_event_id)

    return router
