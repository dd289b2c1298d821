"""What operators do about incidents and calls."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from host.escalation.act import Act, Verb
from host.web.face import Host

MAX_MINUTES = 7 * 24 * 60  # beyond what any policy allows


class Signed(BaseModel):
    """Who acts."""

    model_config = ConfigDict(extra="forbid", strict=True)
    operator: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,64}$")
    ]


class Reasoned(Signed):
    """Why, and for how long, where that matters."""

    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{0,200}$")
    ] = ""
    minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES)] = 0


class Called(Signed):
    """What came of a call."""

    reached: bool


def router(host: Host) -> APIRouter:
    """Each answer is the incident or delivery as it is once that is committed."""
    router = APIRouter(prefix="/api")

    @router.post("/incidents/{incident}/{verb}")
    def act(incident: str, verb: Verb, how: Reasoned) -> JSONResponse:
        for_ms = how.minutes * 60_000
        said = Act(verb, incident, how.operator, reason=how.reason, for_ms=for_ms)
        return JSONResponse(host.act(said))

    @router.post("/deliveries/{delivery}/call")
    def call(delivery: str, how: Called) -> JSONResponse:
        return JSONResponse(host.act(Act(Verb.CALL, delivery, how.operator, reached=how.reached)))

    return router
