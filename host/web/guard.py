"""What stands before every request: whose host name, whose page, how much; and the headers.

Who somebody is comes after this (gate.py). Other web pages in the same browser are kept out here: a
foreign name that is rebound to this address (refused by its Host header), a form that is sent here
from elsewhere (refused by Sec-Fetch-Site, by Origin where a browser does not send that, and by its
content type), or questions that cost the centre time although their answers cannot be read (refused
by Sec-Fetch-Site). A machine with a token is no browser, and need send none of this.
"""

from collections import Counter
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from host.web.problem import problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY_LIMIT = 16_384  # a passkey's attestation is longest
_READING = frozenset({"GET", "HEAD"})
_OWN = frozenset({"same-origin", "none"})  # Sec-Fetch-Site: none is who types an address

Refusal = tuple[int, str, str]  # status, reason, what would be right


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
        """`hosts`: the names by which it is reached."""
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

        refused = self._judge(scope)
        if refused is None:
            await self._app(scope, receive, send_with_headers)
            return
        status, reason, right = refused
        self._refused[reason] += 1
        await problem(reason, status, right)(scope, receive, send_with_headers)

    def _judge(self, scope: Scope) -> Refusal | None:
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return 421, "foreign_host", f"ask for one of {', '.join(sorted(self._hosts))}"
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        own = f"{scope['scheme']}://{host}"
        foreign = 403, "foreign_origin", f"only the console's own page may: {own}"
        if method in _READING:
            asks = path.startswith("/api/")
            return foreign if asks and site is not None and site not in _OWN else None
        machine = "authorization" in headers and site is None and origin is None
        from_elsewhere = site != "same-origin" if site is not None else origin != own
        if from_elsewhere and not machine:
            return foreign
        return self._body(headers)

    def _body(self, headers: Headers) -> Refusal | None:
        length = headers.get("content-length", "")
        unsaid = "transfer-encoding" in headers  # which counts for more than a length beside it
        if length in ("", "0") and not unsaid:
            return None  # there is none
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return 415, "not_json", "send Content-Type: application/json"
        if unsaid or not length.isdecimal():
            return 411, "no_length", "send Content-Length"
        if int(length) > BODY_LIMIT:
            return 413, "too_large", f"send at most {BODY_LIMIT} bytes"
        return None
