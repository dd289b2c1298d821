"""What administrators do about accounts and about machines' tokens."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from host.accounts import secret
from host.accounts import token as rules
from host.accounts.account import Account, require_login, require_name
from host.accounts.book import Book, Books, Credential
from host.accounts.denied import Denied, Forbidden, NotLoggedIn, Taken, Unknown
from host.accounts.lock_out import Attempts
from host.accounts.own import end_sessions
from host.accounts.right import RIGHTS, Right, StaffRole
from host.accounts.second_factor import Kind
from host.accounts.sessions import Caller
from host.accounts.token import DAY_MS, Token
from host.base.errors import UsageError

INVITED_MS = 72 * 3_600_000


class Outdated(Denied):
    """Somebody else has changed the account meanwhile."""


class Unconditional(Denied):
    """Whoever changes something must say which version of it."""


class Staff:
    """For any thread. `by`: the account that acts; "" is the machine's own command line."""

    def __init__(self, books: Books, now_ms: Callable[[], int]) -> None:
        self._books = books
        self._now_ms = now_ms

    def add(self, account: Account, by: str, caller: Caller) -> str:
        """Add somebody; returns the invitation with which the first password is set."""
        require_login(account.id)
        require_name(account.name)
        _require_roles(account.roles)
        now_ms = self._now_ms()
        with self._books.writing(now_ms) as book:
            if book.account(account.id) is not None:
                raise Taken(f"account {account.id!r} is there already")
            book.put_account(replace(account, version=1))
            _tell(book, "account_added", by, caller, account.to_json())
            return _invite(book, account.id, now_ms)

    def change(self, account: Account, by: str, caller: Caller) -> Account:
        """Put a new version in the place of `account.version`. Its sessions end where its roles or
        limits change. Raises Outdated, Forbidden for one's own, UsageError."""
        require_name(account.name)
        _require_roles(account.roles)
        now_ms = self._now_ms()
        with self._books.writing(now_ms) as book:
            before = self._known(book, account.id)
            if before.version != account.version:
                raise Outdated(
                    "outdated", f"somebody has changed it: it is at version {before.version}"
                )
            _require_not_own(account.id, by)
            after = replace(account, version=before.version + 1)
            book.put_account(after)
            if StaffRole.ADMINISTRATOR in before.roles:
                _require_administrator(book)
            if after.ended or _powers(before) != _powers(after):
                end_sessions(book, account.id, now_ms)
                if after.ended or StaffRole.ADMINISTRATOR not in after.roles:
                    _end_tokens(
                        book, [one for one in book.tokens() if one.made_by == account.id], now_ms
                    )
            _tell(book, "account_changed", by, caller, after.to_json())
            return after

    def reset(self, account: str, by: str, caller: Caller) -> str:
        """Take every password, factor and session from an account that its owner cannot open any
        more; returns a new invitation."""
        now_ms = self._now_ms()
        with self._books.writing(now_ms) as book:
            if self._known(book, account).ended:
                raise UsageError(f"account {account!r} has ended")
            _require_not_own(account, by)
            for one in book.credentials(account):
                book.drop_credential(one.id)
            end_sessions(book, account, now_ms)
            book.put_attempts(account, Attempts())  # whoever guessed does not keep its owner out
            _tell(book, "account_reset", by, caller, {"account": account})
            return _invite(book, account, now_ms)

    def accounts(self) -> list[Account]:
        """All of them, by name."""
        with self._books.reading() as book:
            return book.accounts()

    def account(self, account: str) -> Account:
        """Raises UsageError for an unknown one."""
        with self._books.reading() as book:
            return self._known(book, account)

    # Tokens

    def make_token(
        self,
        name: str,
        role: StaffRole,
        days: int,
        by: str,
        caller: Caller,
        *,
        court: str = "",
        station: str = "",
    ) -> str:
        """A machine's token, shown this once."""
        require_login(name)
        rules.require_days(days)
        if role in RIGHTS[Right.CHANGE_ACCOUNTS]:
            raise UsageError(f"role {role}: who is who is for people to say, and not for machines")
        now_ms = self._now_ms()
        key = rules.PREFIX + secret.new_key()
        made = Token(
            name, secret.digest(key), role, station, court, by, now_ms, now_ms + days * DAY_MS
        )
        with self._books.writing(now_ms) as book:
            if any(one.id == name and rules.lasts(one, now_ms) for one in book.tokens()):
                raise Taken(f"token {name!r} is there already: end it before")
            book.put_token(made)
            limits = {"court": court, "station": station}
            told = {"token": name, "role": str(role), "days": days, **limits}
            _tell(book, "token_made", by, caller, told)
        return key

    def end_token(self, name: str, by: str, caller: Caller) -> None:
        """Raises UsageError for one that is not there or is over."""
        now_ms = self._now_ms()
        with self._books.writing(now_ms) as book:
            lasting = [one for one in book.tokens() if one.id == name and rules.lasts(one, now_ms)]
            if not lasting:
                raise Unknown(f"token {name!r}: there is none that lasts")
            _end_tokens(book, lasting, now_ms)
            _tell(book, "token_ended", by, caller, {"token": name})

    def tokens(self) -> list[Token]:
        """All that were ever made."""
        with self._books.reading() as book:
            return book.tokens()

    def bearer(self, key: str) -> Token:
        """The token that a machine shows. Raises NotLoggedIn."""
        with self._books.reading() as book:
            found = book.token(secret.digest(key))
        if found is None:
            raise NotLoggedIn("unknown_token", "there is no such token")
        if not rules.lasts(found, self._now_ms()):
            raise NotLoggedIn("token_ended", f"token {found.id!r} is over")
        return found

    def _known(self, book: Book, name: str) -> Account:
        account = book.account(name)
        if account is None:
            raise Unknown(f"account {name!r} is unknown")
        return account


def _end_tokens(book: Book, tokens: list[Token], now_ms: int) -> None:
    for one in tokens:
        if one.ended_ms is None:
            book.put_token(replace(one, ended_ms=now_ms))


def _invite(book: Book, account: str, now_ms: int) -> str:
    code = secret.new_code()
    body = {"digest": secret.code_digest(code), "until_ms": now_ms + INVITED_MS}
    book.put_credential(Credential(secret.new_key(), account, Kind.INVITATION, body, now_ms))
    return code


def _require_roles(roles: Sequence[StaffRole]) -> None:
    if not roles:
        raise UsageError(f"a role is wanted: {', '.join(StaffRole)}")


def _require_not_own(account: str, by: str) -> None:
    if account == by:
        raise Forbidden("own_account", "nobody changes what their own account may do")


def _require_administrator(book: Book) -> None:
    """One is left. Raises Forbidden."""
    if not any(StaffRole.ADMINISTRATOR in one.roles and not one.ended for one in book.accounts()):
        raise Forbidden("last_administrator", "it is the last administrator: add another before")


def _powers(account: Account) -> tuple[Any, ...]:
    return account.roles, account.persons, account.court, account.station


def _tell(book: Book, kind: str, by: str, caller: Caller, what: dict[str, Any]) -> None:
    book.tell(kind, {"by": by, "from": caller.address, **what})
