"""Each error as a problem detail (RFC 9457); `reason` names it for programs."""

from collections import Counter

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from host.accounts.denied import Denied, Forbidden, NotLoggedIn, Taken, Unknown, Wrong
from host.accounts.staff import Outdated, Unconditional
from host.base.errors import ResguardoError, UsageError
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from host.web.gate import Asking, Gate
from host.web.once import KeyTaken
from host.web.problem import problem
from host.web.streams import TooManyStreams

# What goes wrong -> how it is answered.
_ANSWERS: dict[type[Exception], tuple[str, int]] = {
    UnknownIncident: ("unknown_incident", 404),
    UnknownDelivery: ("unknown_delivery", 404),
    Refused: ("refused", 409),
    TooManyStreams: ("too_many_streams", 503),
    NotLoggedIn: ("not_logged_in", 401),
    Wrong: ("wrong", 403),
    Forbidden: ("forbidden", 403),
    Outdated: ("outdated", 412),
    Unconditional: ("no_condition", 428),
    KeyTaken: ("key_taken", 409),
    Unknown: ("unknown", 404),
    Taken: ("taken", 409),
    UsageError: ("bad_input", 422),
    ResguardoError: ("failed", 503),
}
_HTTP_REASONS = {404: "unknown_path", 405: "wrong_method"}


def answer_errors_as_json(app: FastAPI, refused: Counter[str]) -> None:
    """`refused` counts them by reason."""

    def answer(reason: str, status: int, message: str, **headers: str) -> JSONResponse:
        refused[reason] += 1
        return problem(reason, status, message, **headers)

    async def named(request: Request, error: Exception) -> JSONResponse:
        asking: Asking | None = getattr(request.state, "asking", None)
        if isinstance(error, Forbidden) and asking is not None and not error.told:
            gate: Gate = app.state.gate
            what = f"{request.method} {request.url.path}"
            await run_in_threadpool(gate.refused, asking, what, error.reason)
        kind = next(kind for kind in type(error).__mro__ if kind in _ANSWERS)
        reason, status = _ANSWERS[kind]
        headers = {}
        if isinstance(error, NotLoggedIn):
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, Denied) and error.wait_ms:
            status = 429
            headers["Retry-After"] = str(-(-error.wait_ms // 1000))
        return answer(getattr(error, "reason", reason), status, str(error), **headers)

    for kind in _ANSWERS:
        app.add_exception_handler(kind, named)

    @app.exception_handler(RequestValidationError)
    async def bad_input(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return answer("bad_input", 422, "; ".join(wrong))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        reason = _HTTP_REASONS.get(error.status_code, "bad_request")
        said = f"{request.method} {request.url.path}"
        return answer(reason, error.status_code, said, **(error.headers or {}))
