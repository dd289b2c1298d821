"""The console's web server: uvicorn in a thread of its own."""

import socket
import threading
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from host.base.errors import ResguardoError, UsageError
from host.base.loopback import LOOPBACK, is_loopback
from host.web.feed import Feed

_REQUEST_HEAD_LIMIT = 16 * 1024
_STOP_WITHIN_S = 5


class ConsoleServer:
    """Serves `app` from `start` until `stop`. Port 0 takes any free one; `port` says which.

    certificate, key: PEM files, for TLS. proxied: a reverse proxy on this machine says from where
    a request comes. Raises UsageError where others than this machine would be answered in the
    clear.
    """

    def __init__(
        self,
        app: FastAPI,
        feed: Feed,
        *,
        host: str = LOOPBACK,
        port: int = 8000,
        certificate: Path | None = None,
        key: Path | None = None,
        proxied: bool = False,
    ) -> None:
        if not is_loopback(host) and certificate is None:
            raise UsageError(
                f"console {host}: passwords and positions would go through the net in the clear: "
                f"give console_certificate and console_key, or let a reverse proxy listen there "
                f"and the console at {LOOPBACK}"
            )
        self._scheme = "http" if certificate is None else "https"
        self._feed = feed
        self._address = (host, port)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=proxied,
                forwarded_allow_ips=LOOPBACK,
                ssl_certfile=certificate,
                ssl_keyfile=key,
                h11_max_incomplete_event_size=_REQUEST_HEAD_LIMIT,
                timeout_graceful_shutdown=_STOP_WITHIN_S,
            )
        )
        self._thread: threading.Thread | None = None
        self.port = port

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"{self._scheme}://{self._address[0]}:{self.port}/"

    def start(self) -> None:
        """Listen, then serve in a thread. ResguardoError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(self._address)
            listener.listen()
        except OSError as error:
            listener.close()
            raise ResguardoError(
                f"the console cannot listen on {self._address[0]}:{self._address[1]}: "
                f"{error.strerror}; choose another port"
            ) from error
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=self._serve, args=(listener,), name="console", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every stream, finish what is being answered, and wait for the thread."""
        self._feed.close()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            self._server.run(sockets=[listener])
