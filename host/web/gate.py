"""Who asks: by a session's cookie, by a machine's token, or the one person who is present."""

from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from host.accounts import secret
from host.accounts import token as tokens
from host.accounts.accounts import Accounts
from host.accounts.denied import Forbidden, NotLoggedIn
from host.accounts.may import Concern, Who, may
from host.accounts.right import Right
from host.accounts.second_factor import Site
from host.accounts.sessions import Caller

SESSION, BROWSER = "resguardo-session", "resguardo-browser"
FORGERY = "x-csrf-token"
_READING = frozenset({"GET", "HEAD"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")


class Asking(NamedTuple):
    """Somebody who asks, with what the answer may need. `key`: the session's; "" without one."""

    who: Who
    caller: Caller
    key: str = ""


class Gate:
    """Lets nobody through of whom it is not known who they are and whether they may.

    present: a person who is logged in without a password, for a demonstration on one's own
    machine. `accounts` None: there is nobody else.
    """

    def __init__(self, accounts: Accounts | None, present: Who | None) -> None:
        self._accounts = accounts
        self.present = present

    @property
    def accounts(self) -> Accounts:
        """Raises NotLoggedIn where this console has none."""
        if self._accounts is None:
            raise NotLoggedIn("no_accounts", "this console has no accounts")
        return self._accounts

    def asking(self, request: HTTPConnection, *, acts: bool = True) -> Asking:
        """Who asks. Raises NotLoggedIn, and Forbidden for what another page has sent."""
        caller = caller_of(request)
        bearer = request.headers.get("authorization", "")
        if bearer:
            kind, _, key = bearer.partition(" ")
            if kind.casefold() != "bearer":
                raise NotLoggedIn("unknown_token", "send Authorization: Bearer and a token")
            return Asking(tokens.who(self.accounts.staff.bearer(key.strip())), caller)
        key = request.cookies.get(cookie_name(request, SESSION), "")
        try:
            seen = self.accounts.sessions.seen(key, acts=acts)
        except NotLoggedIn:
            # Not for whom a reverse proxy brings: that is somebody at another machine.
            if self.present is None or any(name in request.headers for name in _FORWARDED):
                raise
            return Asking(self.present, caller)
        if request.scope["method"] not in _READING:
            _require_own_page(request, key)
        return Asking(seen.who, caller, key)

    def judge(self, asking: Asking, right: Right, what: Concern | None = None) -> None:
        """Raises Forbidden, once that has been entered."""
        why = may(asking.who, right, what)
        if why is None:
            return
        self.refused(asking, str(right), str(why), what.order if what else "")
        forbidden = Forbidden(
            str(why), f"{asking.who.role} {asking.who.account!r} may not: {right}"
        )
        forbidden.told = True
        raise forbidden

    def refused(self, asking: Asking, what: str, why: str, order: str = "") -> None:
        """Enter that somebody was not allowed to."""
        if self._accounts is not None:
            self._accounts.witness.refused(asking.who, what, order, why, asking.caller)

    async def viewed(self, asking: Asking, what: str, order: str = "", purpose: str = "") -> None:
        """Enter that somebody looks at something."""
        if self._accounts is not None:
            await run_in_threadpool(
                self._accounts.witness.viewed,
                asking.who,
                what,
                asking.caller,
                order=order,
                purpose=purpose,
            )

    def acted(self, asking: Asking, what: str, order: str) -> None:
        """Enter what somebody has done."""
        if self._accounts is not None:
            self._accounts.witness.acted(asking.who, what, asking.caller, order=order)

    def still(self, request: HTTPConnection, who: Who) -> bool:
        """Whether whoever opened a stream is still whom it was opened for."""
        try:
            return self.asking(request, acts=False).who == who
        except NotLoggedIn:
            return False


class Asks:
    """What a route declares: the right that it takes. As a dependency it is who asks."""

    def __init__(self, right: Right, *, acts: bool = True) -> None:
        """acts: whether its use shows that somebody sits there."""
        self.right = right
        self._acts = acts

    def __call__(self, request: Request) -> Asking:
        gate: Gate = request.app.state.gate
        asking = gate.asking(request, acts=self._acts)
        gate.judge(asking, self.right)
        request.state.asking = asking  # for what is refused further on
        return asking


class Anybody:
    """What a route declares that has to answer strangers: logging in."""

    def __call__(self, request: Request) -> Caller:
        return caller_of(request)


def caller_of(request: HTTPConnection) -> Caller:
    """Where a request comes from."""
    browser = request.cookies.get(cookie_name(request, BROWSER), "")
    return Caller(request.client.host if request.client else "", browser)


def site_of(request: HTTPConnection) -> Site:
    """What passkeys are bound to: the name by which the console is reached."""
    url = request.url
    return Site(url.hostname or "", f"{url.scheme}://{request.headers.get('host', '')}")


def cookie_name(request: HTTPConnection, name: str) -> str:
    """With TLS, one that no other host of the domain can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if is_secure(request) else name


def is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme == "https"


def _require_own_page(request: HTTPConnection, key: str) -> None:
    sent = request.headers.get(FORGERY, "")
    if not secret.is_same(sent, secret.proof_against_forgery(key)):
        raise Forbidden("forged", f"send {FORGERY} as GET /api/v1/session has it")
