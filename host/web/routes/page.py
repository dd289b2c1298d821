"""The page, and what of its files and libraries is served."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from host.base.errors import ResguardoError
from host.web import page
from host.web.routes import READING


class _Files(StaticFiles):
    """Files that a browser asks about again each time: a new version is never half the old one."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def router(html: str) -> APIRouter:
    """`html`: the page, drawn."""
    router = APIRouter()

    @router.api_route("/", methods=READING, response_class=HTMLResponse)
    async def console() -> str:
        return html

    return router


def files(modules: Path) -> list[Mount]:
    """What the page loads. `modules`: where npm put its libraries. ResguardoError without them."""
    if not (modules / "maplibre-gl").is_dir():
        raise ResguardoError(f"the page's libraries are missing in {modules}: run 'make web'")
    return [
        *(
            Mount(f"/static/vendor/{package}", _Files(directory=modules / package / folder))
            for package, folder in page.VENDOR.items()
        ),
        Mount("/static", _Files(directory=page.STATIC)),
    ]
