"""What stands before every request: whose host name, whose page, how much; and the headers.

There are no accounts yet, so the console answers on the loopback address only. That alone does
not keep out other web pages in the same browser: a foreign name that is rebound to 127.0.0.1
(refused by its Host header), a form that is sent here from elsewhere (refused by Sec-Fetch-Site,
by Origin where a browser does not send that, and by its content type), or questions that cost the
centre time although their answers cannot be read (refused by Sec-Fetch-Site).
"""

from collections import Counter
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY_LIMIT = 4096
_READING = frozenset({"GET", "HEAD"})
_OWN = frozenset({"same-origin", "none"})  # Sec-Fetch-Site: none is who types an address

Refusal = tuple[int, str, str]  # status, reason, what would be right


def refusal(reason: str, status: int, message: str) -> JSONResponse:
    """An error as the console sends it: {"error": reason, "message": what would be right}."""
    return JSONResponse({"error": reason, "message": message}, status)


class Guard:
    """ASGI middleware: refuses foreign requests and sends `headers` with every response.

    `refused` counts refusals by reason: foreign_host, foreign_origin, not_json, no_length,
    too_large.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: Mapping[str, str],
        refused: Counter[str],
        hosts: frozenset[str] = LOOPBACK,
    ) -> None:
        self._app = app
        self._headers = headers
        self._refused = refused
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._judge(scope["method"], scope["path"], Headers(scope=scope))
        if refused is None:
            await self._app(scope, receive, send_with_headers)
            return
        status, reason, right = refused
        self._refused[reason] += 1
        await refusal(reason, status, right)(scope, receive, send_with_headers)

    def _judge(self, method: str, path: str, headers: Headers) -> Refusal | None:
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return 421, "foreign_host", f"ask for one of {', '.join(sorted(self._hosts))}"
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        foreign = 403, "foreign_origin", f"only the console's own page may: http://{host}"
        if method in _READING:
            asks = path.startswith("/api/")
            return foreign if asks and site is not None and site not in _OWN else None
        if site != "same-origin" if site is not None else origin != f"http://{host}":
            return foreign
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return 415, "not_json", "send Content-Type: application/json"
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return 411, "no_length", "send Content-Length"
        if int(length) > BODY_LIMIT:
            return 413, "too_large", f"send at most {BODY_LIMIT} bytes"
        return None
