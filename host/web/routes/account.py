"""One's own account: password, second factors, recovery codes, sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from host.accounts.right import Right, StaffRole
from host.base.clock import iso
from host.web.gate import Asking, Asks, Gate, site_of
from host.web.routes import API, reads
from host.web.routes.session import Code, Passkey, Password, SessionView, view


class TotpView(BaseModel):
    """A key for codes by time, which counts once a code of it has been given."""

    key: str = Field(description="in base 32, to be typed in")
    uri: str
    picture: str = Field(description="the URI as a code, as a data: URI")


class FactorView(BaseModel):
    """A second factor."""

    id: str
    kind: str
    made: str


class FactorsView(BaseModel):
    """What the account has."""

    factors: list[FactorView]
    recovery_codes: int = Field(description="how many are left")


class CodesView(BaseModel):
    """Recovery codes, shown this once."""

    codes: list[str]


class OwnSession(BaseModel):
    """A session of the account."""

    id: str
    began: str
    used: str
    address: str
    role: StaffRole | None
    here: bool = Field(description="the one that asks")


_Own = Annotated[Asking, Depends(Asks(Right.OWN))]


def router(gate: Gate) -> APIRouter:
    """What people do to their own account."""
    router = APIRouter(prefix=f"{API}/account", tags=["account"])

    @router.put("/password")
    def set_password(said: Password, asking: _Own) -> SessionView:
        """Set a password. The account's other sessions end."""
        seen = gate.accounts.own.set_password(asking.key, said.password, asking.caller)
        return view(seen, asking.key)

    @reads(router, "/factors")
    def factors(asking: _Own) -> FactorsView:
        """Second factors, and how many recovery codes are left."""
        kept = gate.accounts.own.factors(asking.key)
        return FactorsView(
            factors=[
                FactorView(id=one.id, kind=str(one.kind), made=iso(one.made_ms))
                for one in kept
                if one.kind != "recovery"
            ],
            recovery_codes=sum(one.kind == "recovery" for one in kept),
        )

    @router.delete("/factors/{factor}")
    def drop_factor(factor: str, asking: _Own) -> SessionView:
        """Give up a second factor."""
        return view(gate.accounts.own.drop_factor(asking.key, factor, asking.caller), asking.key)

    @router.post("/totp/options")
    def begin_totp(asking: _Own) -> TotpView:
        """A new key for codes by time."""
        key, uri, picture = gate.accounts.own.begin_totp(asking.key)
        return TotpView(key=key, uri=uri, picture=picture)

    @router.post("/totp")
    def confirm_totp(said: Code, asking: _Own) -> SessionView:
        """Keep it, by its first code."""
        return view(
            gate.accounts.own.confirm_totp(asking.key, said.code, asking.caller), asking.key
        )

    @router.post("/passkey/options")
    def begin_passkey(request: Request, asking: _Own) -> dict[str, Any]:
        """What navigator.credentials.create is asked."""
        return gate.accounts.own.begin_passkey(asking.key, site_of(request))

    @router.post("/passkey")
    def confirm_passkey(request: Request, said: Passkey, asking: _Own) -> SessionView:
        """Keep a passkey or a security key."""
        own = gate.accounts.own
        seen = own.confirm_passkey(asking.key, site_of(request), said.credential, asking.caller)
        return view(seen, asking.key)

    @router.post("/recovery-codes")
    def new_recovery_codes(asking: _Own) -> CodesView:
        """New ones, in the place of those of before."""
        codes = gate.accounts.own.new_recovery_codes(asking.key, asking.caller)
        return CodesView(codes=codes)

    @reads(router, "/sessions")
    def sessions(asking: _Own) -> list[OwnSession]:
        """Those of the account that have not ended."""
        seen = gate.accounts.sessions.seen(asking.key)
        return [
            OwnSession(
                id=one.digest[:12],
                began=iso(one.began_ms),
                used=iso(one.used_ms),
                address=one.address,
                role=one.role,
                here=one.digest == seen.session.digest,
            )
            for one in gate.accounts.own.sessions(asking.key)
        ]

    @router.delete("/sessions/{session}", status_code=204, response_class=Response)
    def end_session(session: str, asking: _Own) -> None:
        """End one of the account's sessions."""
        gate.accounts.own.end_session(asking.key, session, asking.caller)

    return router
