"""The console's routes, a module for each noun: its `router(...)` is what the app includes."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

API = "/api/v1"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def reads(router: APIRouter, path: str, **more: Any) -> Callable[[Endpoint], Endpoint]:
    """Declares what answers GET and, without its content, HEAD (RFC 9110, 9.1)."""

    def declare(endpoint: Endpoint) -> Endpoint:
        router.add_api_route(path, endpoint, methods=["GET"], **more)
        router.add_api_route(
            path, endpoint, methods=["HEAD"], **{**more, "include_in_schema": False}
        )
        return endpoint

    return declare


def whole(said: Any) -> Any:
    """JSON knows one kind of number: 5.0 is 5."""
    return int(said) if isinstance(said, float) and said.is_integer() else said
