"""The pages, and what of their files and libraries is served."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from host.base.errors import ResguardoError
from host.web import page
from host.web.routes import reads


class _Files(StaticFiles):
    """Files that a browser asks about again each time: a new version is never half the old one."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def router(pages: Mapping[str, str]) -> APIRouter:
    """`pages`: path -> its HTML, drawn. There is nothing in them but words."""
    router = APIRouter(include_in_schema=False)
    for path, html in pages.items():
        reads(router, path, response_class=HTMLResponse)(_answering(html))
    return router


def _answering(html: str) -> Any:
    async def answer() -> str:
        return html

    return answer


def files(modules: Path) -> list[Mount]:
    """What the pages load. `modules`: where npm put its libraries. ResguardoError without them."""
    if not (modules / "maplibre-gl").is_dir():
        raise ResguardoError(f"the page's libraries are missing in {modules}: run 'make web'")
    return [
        *(
            Mount(f"/static/vendor/{package}", _Files(directory=modules / package / folder))
            for package, folder in page.VENDOR.items()
        ),
        Mount("/static", _Files(directory=page.STATIC)),
    ]
