"""What operators do about incidents and calls."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from host.accounts.right import OF_ACT, Right
from host.base.errors import ResguardoError
from host.escalation.act import Act, Verb
from host.web.face import Host
from host.web.gate import Asking, Asks, Gate
from host.web.once import Once
from host.web.routes import API, whole

_log = logging.getLogger(__name__)

MAX_MINUTES = 7 * 24 * 60  # beyond what any policy allows

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{0,200}$")
]
IdempotencyKey = Annotated[str, Header(max_length=200)]


class Reasoned(BaseModel):
    """Why, and for how long, where that matters."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reason: Text = ""
    minutes: Annotated[int, Field(ge=0, le=MAX_MINUTES), BeforeValidator(whole)] = 0


class Called(BaseModel):
    """What came of a call."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reached: bool


class _Acts:
    """Judges an act, has the host do it once, and enters it."""

    def __init__(self, host: Host, gate: Gate) -> None:
        self._host = host
        self._gate = gate
        self._once = Once()

    def do(
        self, request: Request, asking: Asking, act: Act, key: str, how: BaseModel
    ) -> dict[str, Any]:
        order = self._host.order_of(act.verb, act.subject)
        concern = None if order is None else self._host.concern(order)
        self._gate.judge(asking, OF_ACT[act.verb], concern)
        asked = (asking.who.account, request.url.path, key)
        done: dict[str, Any] = self._once.answer(
            asked, how.model_dump_json().encode(), lambda: self._do(asking, act, order or "")
        )
        return done

    def _do(self, asking: Asking, act: Act, order: str) -> dict[str, Any]:
        done = self._host.act(act)
        try:
            self._gate.acted(asking, f"{act.verb} {act.subject}", order)
        except ResguardoError as error:  # it is done, and stands in the centre's audit
            _log.error("an act is not in the access chain: %s", error)
        return done


def router(host: Host, gate: Gate) -> APIRouter:
    """Each answer is the incident or delivery as it is once that is committed."""
    router = APIRouter(prefix=API, tags=["incidents"])
    acts = _Acts(host, gate)
    # Which right each verb takes is judged with the order; these see incidents at all.
    asks = Depends(Asks(Right.VIEW_INCIDENTS))
    calls = Depends(Asks(Right.CALL))

    @router.post("/incidents/{incident}/{verb}")
    def act(
        request: Request,
        incident: str,
        verb: Verb,
        how: Reasoned,
        asking: Annotated[Asking, asks],
        idempotency_key: IdempotencyKey = "",
    ) -> dict[str, Any]:
        """Acknowledge an alarm, resolve, shelve, withdraw or resume it."""
        for_ms = how.minutes * 60_000
        said = Act(verb, incident, asking.who.account, reason=how.reason, for_ms=for_ms)
        return acts.do(request, asking, said, idempotency_key, how)

    @router.post("/deliveries/{delivery}/call")
    def call(
        request: Request,
        delivery: str,
        how: Called,
        asking: Annotated[Asking, calls],
        idempotency_key: IdempotencyKey = "",
    ) -> dict[str, Any]:
        """Tell what came of a call."""
        said = Act(Verb.CALL, delivery, asking.who.account, reached=how.reached)
        return acts.do(request, asking, said, idempotency_key, how)

    return router
