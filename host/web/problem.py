"""Problem details, as RFC 9457 has them."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse


class Problem(BaseModel):
    """What was wrong, and what would be right."""

    type: str = Field(description="about:blank: the title says all that the status does")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(description="what was wrong or would be right, for people")
    reason: str = Field(description="names it, for programs")


_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused", "content": _CONTENT},
    "5XX": {"description": "The host cannot", "content": _CONTENT},
}


def problem(reason: str, status: int, detail: str, **headers: str) -> JSONResponse:
    """An error as the console sends it."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "reason": reason,
    }
    return JSONResponse(said, status, headers, media_type="application/problem+json")
