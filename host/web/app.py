"""The console's web application: one page, its snapshot and events, and what it can do."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from host.base.catalogue import LANGUAGES, Catalogue
from host.base.errors import ResguardoError
from host.escalation.act import Act, Verb
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from host.web import page
from host.web.face import Service
from host.web.feed import Feed, to_json
from host.web.guard import Guard, refusal
from host.web.streams import Streams, TooManyStreams, joined

MAX_MINUTES = 7 * 24 * 60  # beyond what any policy allows
MAX_NUMBER = 2**53 - 1  # the largest integer that the page's language holds exactly

LastEventId = Annotated[int | None, Header(ge=0, le=MAX_NUMBER)]
After = Annotated[int | None, Query(ge=0, le=MAX_NUMBER)]

# What goes wrong -> how it is answered.
_ANSWERS: dict[type[Exception], tuple[str, int]] = {
    UnknownIncident: ("unknown_incident", 404),
    UnknownDelivery: ("unknown_delivery", 404),
    Refused: ("refused", 409),
    TooManyStreams: ("too_many_streams", 503),
    ResguardoError: ("failed", 503),
}
_HTTP_REASONS = {404: "unknown_path", 405: "wrong_method"}


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


class _Files(StaticFiles):
    """Files that a browser asks about again each time: a new version is never half the old one."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(
    service: Service,
    feed: Feed,
    catalogue: Catalogue,
    *,
    languages: Sequence[str] = LANGUAGES,
    time_zone: str = "America/Guatemala",
    modules: Path = page.MODULES,
) -> FastAPI:
    """The console over a host's `service` and its `feed`.

    languages: the first is the page's own until its reader switches. time_zone: of the clock
    times on the page. modules: where npm put the page's libraries. Raises ResguardoError when
    they are missing.
    """
    if not (modules / "maplibre-gl").is_dir():
        raise ResguardoError(f"the page's libraries are missing in {modules}: run 'make web'")
    app = FastAPI(title="Resguardo", openapi_url=None, docs_url=None, redoc_url=None)
    refused: Counter[str] = Counter()
    app.add_middleware(Guard, headers=page.security_headers(page.import_map()), refused=refused)
    _answer_errors_as_json(app, refused)
    _add_routes(app, service, feed, refused)
    html = page.render(catalogue, languages=languages, time_zone=time_zone)

    @app.get("/", response_class=HTMLResponse)
    async def console() -> str:
        return html

    for package, folder in page.VENDOR.items():
        app.mount(f"/static/vendor/{package}", _Files(directory=modules / package / folder))
    app.mount("/static", _Files(directory=page.STATIC))
    return app


def _add_routes(app: FastAPI, service: Service, feed: Feed, refused: Counter[str]) -> None:
    streams = Streams(service, feed)

    @app.get("/api/snapshot")
    async def snapshot() -> Response:
        _, shown = await streams.snapshot()
        console = to_json({"feed": feed.counters(), "refused": refused})
        return Response(joined({**shown, "console": console}), media_type="application/json")

    @app.get("/api/events")
    async def events(last_event_id: LastEventId = None, after: After = None) -> Response:
        seen = after if last_event_id is None else last_event_id
        return await streams.open(seen)

    @app.post("/api/incidents/{incident}/{verb}")
    def act(incident: str, verb: Verb, how: Reasoned) -> JSONResponse:
        for_ms = how.minutes * 60_000
        said = Act(verb, incident, how.operator, reason=how.reason, for_ms=for_ms)
        return JSONResponse(service.act(said))

    @app.post("/api/deliveries/{delivery}/call")
    def call(delivery: str, how: Called) -> JSONResponse:
        said = Act(Verb.CALL, delivery, how.operator, reached=how.reached)
        return JSONResponse(service.act(said))


def _answer_errors_as_json(app: FastAPI, refused: Counter[str]) -> None:
    """Each error becomes {"error": reason, "message": what was wrong or would be right}."""

    def answer(reason: str, status: int, message: str) -> JSONResponse:
        refused[reason] += 1
        return refusal(reason, status, message)

    async def named(_: Request, error: Exception) -> JSONResponse:
        kind = next(kind for kind in type(error).__mro__ if kind in _ANSWERS)
        reason, status = _ANSWERS[kind]
        return answer(getattr(error, "reason", reason), status, str(error))

    for kind in _ANSWERS:
        app.add_exception_handler(kind, named)

    @app.exception_handler(RequestValidationError)
    async def bad_input(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return answer("bad_input", 422, "; ".join(wrong))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        reason = _HTTP_REASONS.get(error.status_code, "bad_request")
        return answer(reason, error.status_code, f"{request.method} {request.url.path}")
