"""Who asked for what: the access chain, for auditors."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from host.accounts.right import Right
from host.base.clock import iso
from host.web.gate import Asking, Asks, Gate
from host.web.routes import API, reads

PAGE_MAX = 500


class EntryView(BaseModel):
    """One entry. `data` is null once it has been deleted."""

    number: int
    at: str
    kind: str
    order: str
    data: dict[str, Any] | None
    hash: str


class Entries(BaseModel):
    """Some of them, oldest first. `next`: what to ask after; null at the end."""

    entries: list[EntryView]
    next: int | None = Field(description="the number after which it goes on")


def router(gate: Gate) -> APIRouter:
    """The chain as auditors read it."""
    router = APIRouter(prefix=API, tags=["access"])

    @reads(router, "/access")
    async def access(
        asking: Annotated[Asking, Depends(Asks(Right.VIEW_ACCESS))],
        after: Annotated[int, Query(ge=0, le=2**53 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
    ) -> Entries:
        """Who came in, looked at what, did what, or was refused."""
        await gate.viewed(asking, "access")
        entries = await run_in_threadpool(gate.accounts.witness.told, after, limit + 1)
        shown = [
            EntryView(
                number=one.number,
                at=iso(one.at_ms),
                kind=one.kind,
                order=one.order,
                data=None if one.data is None else json.loads(one.data),
                hash=one.hash.hex(),
            )
            for one in entries[:limit]
        ]
        return Entries(entries=shown, next=shown[-1].number if len(entries) > limit else None)

    return router
