"""What accounts ask of the store: one transaction in which they are read and written."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from host.accounts.account import Account
from host.accounts.lock_out import Attempts
from host.accounts.second_factor import Kind
from host.accounts.session import Session
from host.accounts.token import Token


@dataclass(frozen=True, slots=True)
class Credential:
    """Something by which an account is known. `id` is unique in the house."""

    id: str
    account: str
    kind: Kind
    body: dict[str, Any] = field(default_factory=dict)
    made_ms: int = 0


class AccessEntry(NamedTuple):
    """An entry of the access chain. `data`: JSON; None once it has been deleted."""

    number: int
    at_ms: int
    kind: str
    order: str
    data: bytes | None
    hash: bytes


class Book(Protocol):
    """One transaction: it is kept as a whole when it ends well, and nothing of it otherwise."""

    def account(self, account: str) -> Account | None: ...
    def accounts(self) -> list[Account]: ...
    def put_account(self, account: Account) -> None: ...

    def credentials(self, account: str) -> list[Credential]: ...
    def put_credential(self, credential: Credential) -> None: ...
    def drop_credential(self, credential: str) -> None: ...

    def session(self, digest: str) -> Session | None: ...
    def sessions(self, account: str) -> list[Session]: ...
    def put_session(self, session: Session) -> None: ...

    def token(self, digest: str) -> Token | None: ...
    def tokens(self) -> list[Token]: ...
    def put_token(self, token: Token) -> None: ...

    def attempts(self, key: str) -> Attempts: ...
    def put_attempts(self, key: str, attempts: Attempts) -> None: ...

    def forget(self, before_ms: int) -> None:
        """Let go of sessions and mistakes that are older."""

    def tell(self, kind: str, data: Mapping[str, Any], order: str = "") -> None:
        """Append an entry to the access chain."""

    def told(self, after: int, limit: int) -> list[AccessEntry]:
        """What was told after entry `after`, in order."""


class Books(Protocol):
    """Where the transactions come from. For any thread."""

    def reading(self) -> AbstractContextManager[Book]:
        """One that writes nothing, and holds nobody up."""

    def writing(self, at_ms: int) -> AbstractContextManager[Book]:
        """One that holds the write lock: keep it short. at_ms: the time of what is told in it."""
