"""The console's web application: what stands before its routes, and the routes."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI

from host.base.catalogue import LANGUAGES, Catalogue
from host.web import page
from host.web.errors import answer_errors_as_json
from host.web.face import Host
from host.web.feed import Feed
from host.web.guard import Guard
from host.web.routes import acts, stream
from host.web.routes import page as page_route
from host.web.streams import Streams


def create_app(
    host: Host,
    feed: Feed,
    catalogue: Catalogue,
    *,
    languages: Sequence[str] = LANGUAGES,
    time_zone: str = "America/Guatemala",
    modules: Path = page.MODULES,
) -> FastAPI:
    """The console over what may be asked of a `host`, and its `feed`.

    languages: the first is the page's own until its reader switches. time_zone: of the clock
    times on the page. modules: where npm put the page's libraries. Raises ResguardoError when
    they are missing.
    """
    files = page_route.files(modules)
    app = FastAPI(title="Resguardo", openapi_url=None, docs_url=None, redoc_url=None)
    refused: Counter[str] = Counter()
    app.add_middleware(Guard, headers=page.security_headers(page.import_map()), refused=refused)
    answer_errors_as_json(app, refused)
    html = page.render(catalogue, languages=languages, time_zone=time_zone)
    app.include_router(page_route.router(html))
    app.include_router(stream.router(Streams(host, feed), feed, refused))
    app.include_router(acts.router(host))
    app.routes.extend(files)
    return app
