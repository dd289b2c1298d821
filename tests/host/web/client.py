"""A browser that is none: requests to the console's application."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI

from host.accounts.may import Who
from host.accounts.right import StaffRole

# Who is logged in where a test is not about that.
MARTA = Who("marta", StaffRole.SUPERVISOR)

OWN = "http://127.0.0.1:8000"
SAME = {"Sec-Fetch-Site": "same-origin"}


class Client:
    """Asks the application itself, without a server; a stream is read to its end."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def request(self, method: str, path: str, **request: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
                return await client.request(method, path, **request)

        return asyncio.run(ask())

    def get(self, path: str, **request: Any) -> httpx.Response:
        return self.request("GET", path, **request)
