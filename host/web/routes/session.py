"""Logging in and out; a second factor; the shift's role; locking the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from host.accounts import secret
from host.accounts.desk import Begun
from host.accounts.right import Right, StaffRole, rights_of
from host.accounts.session import LONGEST_MS, Lacks
from host.accounts.sessions import Caller, Seen
from host.base.clock import iso
from host.web.gate import (
    BROWSER,
    SESSION,
    Anybody,
    Asking,
    Asks,
    Gate,
    cookie_name,
    is_secure,
    site_of,
)
from host.web.routes import API, reads

_YEAR_S = 366 * 86_400

Strict = ConfigDict(extra="forbid", strict=True)
Secret = Annotated[str, Field(min_length=1, max_length=secret.PASSWORD_MAX)]


class LogIn(BaseModel):
    """An account, and its password or an invitation."""

    model_config = Strict
    account: Annotated[str, Field(min_length=1, max_length=64)]
    password: Secret


class Code(BaseModel):
    """What somebody reads from a telephone or from a list."""

    model_config = Strict
    code: Annotated[str, Field(min_length=1, max_length=32)]


class Password(BaseModel):
    """One's own."""

    model_config = Strict
    password: Secret


class Shift(BaseModel):
    """What one works as."""

    model_config = Strict
    role: Annotated[StaffRole, Field(strict=False)]


class Passkey(BaseModel):
    """What navigator.credentials gave, as JSON (Web Authentication Level 3, 5.1)."""

    model_config = Strict
    credential: dict[str, Any]


class SessionView(BaseModel):
    """A session. `lacks`: what has to be done next; null for an open one."""

    account: str
    name: str
    role: StaffRole | None
    roles: list[StaffRole]
    rights: list[Right] = Field(description="those of the role")
    lacks: Lacks | None
    factors: list[str] = Field(description="kinds of second factor that the account has")
    locked: bool
    ends: str | None = Field(description="when it ends by itself; null for one that never does")
    csrf: str = Field(description="to be sent as X-CSRF-Token with whatever changes something")
    present: bool = Field(description="logged in without a password, for a demonstration")


_Own = Annotated[Asking, Depends(Asks(Right.SESSION))]


def router(gate: Gate) -> APIRouter:
    """Each answer is the session as it is then."""
    router = APIRouter(prefix=API, tags=["session"])

    @reads(router, "/session")
    def session(asking: Annotated[Asking, Depends(Asks(Right.SESSION, acts=False))]) -> SessionView:
        """Who is logged in here."""
        if not asking.key:
            return _of_who(asking)
        return view(gate.accounts.sessions.seen(asking.key, acts=False), asking.key)

    @router.post("/session")
    def log_in(
        request: Request,
        response: Response,
        said: LogIn,
        caller: Annotated[Caller, Depends(Anybody())],
    ) -> SessionView:
        """Begin a session; `lacks` says what comes next."""
        begun = gate.accounts.desk.log_in(said.account, said.password, caller)
        _set_cookies(request, response, begun)
        return view(begun.seen, begun.key)

    @router.delete("/session", status_code=204, response_class=Response)
    def log_out(request: Request, response: Response, asking: _Own) -> None:
        """End the session."""
        gate.accounts.sessions.log_out(asking.key, asking.caller)
        response.delete_cookie(cookie_name(request, SESSION), secure=is_secure(request))

    @router.post("/session/totp")
    def show_totp(said: Code, asking: _Own) -> SessionView:
        """Go on with a code by time."""
        return view(gate.accounts.desk.show_totp(asking.key, said.code, asking.caller), asking.key)

    @router.post("/session/recovery")
    def show_recovery(said: Code, asking: _Own) -> SessionView:
        """Go on with a recovery code, which is used up."""
        seen = gate.accounts.desk.show_recovery(asking.key, said.code, asking.caller)
        return view(seen, asking.key)

    @router.post("/session/passkey/options")
    def passkey_options(request: Request, asking: _Own) -> dict[str, Any]:
        """What navigator.credentials.get is asked."""
        return gate.accounts.desk.passkey_options(asking.key, site_of(request))

    @router.post("/session/passkey")
    def show_passkey(request: Request, said: Passkey, asking: _Own) -> SessionView:
        """Go on with a passkey or a security key."""
        site = site_of(request)
        desk = gate.accounts.desk
        return view(desk.show_passkey(asking.key, site, said.credential, asking.caller), asking.key)

    @router.put("/session/role")
    def choose_role(said: Shift, asking: _Own) -> SessionView:
        """Take one of the account's roles for this shift."""
        seen = gate.accounts.sessions.choose_role(asking.key, said.role, asking.caller)
        return view(seen, asking.key)

    @router.post("/session/lock")
    def lock(asking: _Own) -> SessionView:
        """Show nothing but that alarms sound, until the password is given again."""
        return view(gate.accounts.sessions.lock(asking.key, asking.caller), asking.key)

    @router.post("/session/unlock")
    def unlock(said: Password, asking: _Own) -> SessionView:
        """Go on after a lock."""
        return view(gate.accounts.desk.unlock(asking.key, said.password, asking.caller), asking.key)

    return router


def view(seen: Seen, key: str) -> SessionView:
    """A session as its own page is shown it."""
    account, role = seen.account, seen.session.role
    return SessionView(
        account=account.id,
        name=account.name,
        role=role,
        roles=list(account.roles),
        rights=rights_of(role),
        lacks=seen.lacks,
        factors=list(seen.factors),
        locked=seen.session.locked,
        ends=iso(seen.ends_ms),
        csrf=secret.proof_against_forgery(key),
        present=False,
    )


def _of_who(asking: Asking) -> SessionView:
    """Of a machine, or of whoever is present."""
    who = asking.who
    return SessionView(
        account=who.account,
        name=who.account,
        role=who.role,
        roles=[who.role],
        rights=rights_of(who.role),
        lacks=None,
        factors=[],
        locked=False,
        ends=None,
        csrf="",
        present=not who.account.startswith("token:"),
    )


def _set_cookies(request: Request, response: Response, begun: Begun) -> None:
    for name, value, age_s in (
        (SESSION, begun.key, LONGEST_MS // 1000),
        (BROWSER, begun.browser, _YEAR_S),
    ):
        response.set_cookie(
            cookie_name(request, name),
            value,
            max_age=age_s,
            httponly=True,
            secure=is_secure(request),
            samesite="strict",
        )
