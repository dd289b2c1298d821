"""How the host is, for whatever watches over it: alive, ready, and in numbers."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from host.accounts.right import Right
from host.web.face import Host
from host.web.gate import Anybody, Asking, Asks
from host.web.routes import reads

METRICS = "text/plain; version=0.0.4; charset=utf-8"
_STRANGER = Depends(Anybody())


def router(host: Host) -> APIRouter:
    """Whether it lives, anybody may ask, and learns no more than that."""
    router = APIRouter(tags=["state"], include_in_schema=False)

    @reads(router, "/health", dependencies=[_STRANGER])
    async def health() -> Response:
        """200 while the centre turns, 503 once it does not: it should be started anew."""
        alive = host.alive()
        return JSONResponse({"alive": alive}, 200 if alive else 503)

    @reads(router, "/ready", dependencies=[_STRANGER])
    async def ready() -> Response:
        """200 while everything that it needs is there, 503 otherwise, with what is missing."""
        lacks = await run_in_threadpool(host.lacks)
        return JSONResponse({"ready": not lacks, "lacks": lacks}, 503 if lacks else 200)

    @reads(router, "/metrics")
    async def metrics(
        _: Annotated[Asking, Depends(Asks(Right.VIEW_HOST, acts=False))],
    ) -> Response:
        """In Prometheus' text format, for a token of an engineer's."""
        return Response(await run_in_threadpool(host.metrics), media_type=METRICS)

    return router
