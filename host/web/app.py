"""The console's web application: what stands before its routes, and the routes."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from host.accounts.accounts import Accounts
from host.accounts.may import Who
from host.base.catalogue import LANGUAGES, Catalogue
from host.web import page
from host.web.errors import answer_errors_as_json
from host.web.face import Host
from host.web.feed import Feed
from host.web.gate import SESSION, Anybody, Asks, Gate
from host.web.guard import LOOPBACK, Guard
from host.web.problem import PROBLEMS, Problem
from host.web.routes import API, access, account, acts, session, state, stream
from host.web.routes import accounts as accounts_route
from host.web.routes import page as page_route


def create_app(
    host: Host,
    feed: Feed,
    catalogue: Catalogue,
    *,
    accounts: Accounts | None = None,
    present: Who | None = None,
    names: frozenset[str] = frozenset(),
    languages: Sequence[str] = LANGUAGES,
    time_zone: str = "America/Guatemala",
    modules: Path = page.MODULES,
) -> FastAPI:
    """The console over what may be asked of a `host`, and its `feed`.

    accounts: who may log in. present: somebody who is logged in without (gate.py). names: by
    which it is reached, besides the loopback address. languages: the first is the page's own until
    its reader switches. time_zone: of the clock times on the page. modules: where npm put the
    page's libraries. Raises ResguardoError when they are missing.
    """
    files = page_route.files(modules)
    app = FastAPI(
        title="Resguardo",
        version="1",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    refused: Counter[str] = Counter()
    gate = app.state.gate = Gate(accounts, present)
    headers = page.security_headers(page.import_map())
    app.add_middleware(Guard, headers=headers, refused=refused, hosts=LOOPBACK | names)
    answer_errors_as_json(app, refused)
    pages = {
        name: page.render(catalogue, name, languages=languages, time_zone=time_zone)
        for name in page.PAGES
    }
    app.include_router(page_route.router(pages))
    app.state.routers = [
        session.router(gate),
        account.router(gate),
        accounts_route.router(gate),
        access.router(gate),
        stream.router(host, feed, gate, refused),
        acts.router(host, gate),
        state.router(host),
    ]
    for router in app.state.routers:
        require_declared(router)
        app.include_router(router)
    app.routes.extend(files)
    describe(app)
    return app


def describe(app: FastAPI) -> None:
    """Add to the interface's own description what stands before every route."""
    said = app.openapi()  # kept by the app
    parts = said["components"]
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    parts["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION},
        "token": {"type": "http", "scheme": "bearer"},
    }
    said["security"] = [{"session": []}, {"token": []}]


def require_declared(router: APIRouter) -> None:
    """Every route of the interface says what right it takes. Raises TypeError."""
    for route in router.routes:
        dependencies = route.dependant.dependencies if isinstance(route, APIRoute) else []
        declared = [one for one in dependencies if isinstance(one.call, Asks | Anybody)]
        if len(declared) != 1:
            raise TypeError(f"{route} declares {len(declared)} rights instead of one")
