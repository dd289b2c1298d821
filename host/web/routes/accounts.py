"""Accounts and machines' tokens, for administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from host.accounts.account import LOGIN, Account
from host.accounts.right import RIGHTS, Right, StaffRole
from host.accounts.staff import Unconditional
from host.accounts.token import DAYS_MAX, Token, lasts
from host.base.clock import iso
from host.web.gate import Asking, Asks, Gate
from host.web.routes import API, reads, whole

PAGE_MAX = 200

_Strict = ConfigDict(extra="forbid", strict=True)
_Name = Annotated[str, Field(min_length=1, max_length=64)]
_Login = Annotated[str, Field(pattern=f"^{LOGIN}$")]
_Role = Annotated[StaffRole, Field(strict=False)]
_Limit = Annotated[str, Field(max_length=64)]


_MACHINES = [str(role) for role in StaffRole if role not in RIGHTS[Right.CHANGE_ACCOUNTS]]
_MachineRole = Annotated[_Role, WithJsonSchema({"type": "string", "enum": _MACHINES})]


class AccountForm(BaseModel):
    """What an account may do."""

    model_config = _Strict
    name: _Name
    roles: Annotated[list[_Role], Field(min_length=1, max_length=len(StaffRole))]
    persons: Annotated[list[_Name], Field(max_length=100)] = Field(
        default=[], description="whom of the registry this is, or is a relative of"
    )
    court: _Limit = Field(default="", description="whose orders alone it sees; all by default")
    station: _Limit = Field(default="", description="whose orders alone it sees; all by default")
    ended: bool = False


class NewAccount(AccountForm):
    """Somebody new."""

    account: _Login = Field(description="the name to log in with")


class AccountView(AccountForm):
    """An account as it is."""

    account: str
    version: int


class Invited(AccountView):
    """An account, and what its owner sets the first password with; shown this once."""

    invitation: str


class Accounts(BaseModel):
    """Some of them, by name. `next`: where to go on; null at the end."""

    accounts: list[AccountView]
    next: str | None


class NewToken(BaseModel):
    """A machine's."""

    model_config = _Strict
    token: _Login
    role: _MachineRole
    days: Annotated[int, Field(ge=1, le=DAYS_MAX), BeforeValidator(whole)]
    court: _Limit = ""
    station: _Limit = ""


class TokenView(BaseModel):
    """A machine's token, but for its key."""

    token: str
    role: StaffRole
    court: str
    station: str
    made_by: str
    made: str
    until: str
    lasts: bool


class MadeToken(BaseModel):
    """Its key, shown this once."""

    token: str
    key: str


_Views = Annotated[Asking, Depends(Asks(Right.VIEW_ACCOUNTS))]
_Changes = Annotated[Asking, Depends(Asks(Right.CHANGE_ACCOUNTS))]


def router(gate: Gate) -> APIRouter:
    """What administrators do."""
    router = APIRouter(prefix=API, tags=["accounts"])

    @reads(router, "/accounts")
    async def accounts(
        asking: _Views,
        after: Annotated[str, Query(max_length=64)] = "",
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
    ) -> Accounts:
        """All accounts, by name."""
        await gate.viewed(asking, "accounts")
        listed = [one for one in gate.accounts.staff.accounts() if one.id > after]
        more = len(listed) > limit
        shown = [_view(one) for one in listed[:limit]]
        return Accounts(accounts=shown, next=shown[-1].account if more else None)

    @router.post("/accounts", status_code=201)
    def add(said: NewAccount, asking: _Changes) -> Invited:
        """Add somebody, who sets a password with the invitation."""
        account = _account(said.account, said)
        code = gate.accounts.staff.add(account, asking.who.account, asking.caller)
        return _invited(account, code)

    @reads(router, "/accounts/{account}")
    async def one(account: str, asking: _Views, response: Response) -> AccountView:
        """One account."""
        await gate.viewed(asking, f"account {account}")
        found = gate.accounts.staff.account(account)
        response.headers["ETag"] = _tag(found)
        return _view(found)

    @router.put("/accounts/{account}")
    def change(
        account: str,
        said: AccountForm,
        asking: _Changes,
        response: Response,
        if_match: Annotated[str, Header(max_length=64)] = "",
    ) -> AccountView:
        """Change what an account may do. Send If-Match with the ETag that you saw."""
        version = if_match.strip('"')
        if not version.isdecimal():
            raise Unconditional("no_condition", "send If-Match with the ETag that you saw")
        wanted = _account(account, said, int(version))
        after = gate.accounts.staff.change(wanted, asking.who.account, asking.caller)
        response.headers["ETag"] = _tag(after)
        return _view(after)

    @router.post("/accounts/{account}/reset")
    def reset(account: str, asking: _Changes) -> Invited:
        """Take all that opens an account from it; its owner begins anew with the invitation."""
        code = gate.accounts.staff.reset(account, asking.who.account, asking.caller)
        return _invited(gate.accounts.staff.account(account), code)

    @reads(router, "/tokens")
    async def tokens(asking: _Views) -> list[TokenView]:
        """All that were ever made."""
        await gate.viewed(asking, "tokens")
        now_ms = gate.accounts.sessions.now_ms()
        return [_token(one, now_ms) for one in gate.accounts.staff.tokens()]

    @router.post("/tokens", status_code=201)
    def make_token(said: NewToken, asking: _Changes) -> MadeToken:
        """A token for a machine."""
        key = gate.accounts.staff.make_token(
            said.token,
            said.role,
            said.days,
            asking.who.account,
            asking.caller,
            court=said.court,
            station=said.station,
        )
        return MadeToken(token=said.token, key=key)

    @router.delete("/tokens/{token}", status_code=204, response_class=Response)
    def end_token(token: str, asking: _Changes) -> None:
        """End a token before its time."""
        gate.accounts.staff.end_token(token, asking.who.account, asking.caller)

    return router


def _account(name: str, said: AccountForm, version: int = 1) -> Account:
    return Account(
        name,
        said.name,
        tuple(dict.fromkeys(said.roles)),
        tuple(dict.fromkeys(said.persons)),
        said.court,
        said.station,
        said.ended,
        version,
    )


def _view(account: Account) -> AccountView:
    return AccountView(**_fields(account))


def _invited(account: Account, code: str) -> Invited:
    return Invited(**_fields(account), invitation=code)


def _fields(account: Account) -> dict[str, Any]:
    return {**account.to_json(), "roles": list(account.roles)}


def _tag(account: Account) -> str:
    return f'"{account.version}"'


def _token(token: Token, now_ms: int) -> TokenView:
    return TokenView(
        token=token.id,
        role=token.role,
        court=token.court,
        station=token.station,
        made_by=token.made_by,
        made=iso(token.made_ms),
        until=iso(token.until_ms),
        lasts=lasts(token, now_ms),
    )
