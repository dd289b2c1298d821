"""Sessions as they are kept: found by a browser's key, looked at, and moved on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from host.accounts import secret
from host.accounts import session as rules
from host.accounts.account import Account
from host.accounts.book import Book, Books, Credential
from host.accounts.denied import Forbidden, NotLoggedIn
from host.accounts.may import Who
from host.accounts.right import StaffRole
from host.accounts.second_factor import FACTORS, Kind
from host.accounts.session import Lacks, Session

BROWSERS_MAX = 8  # that an account remembers, the newest
TOUCHED_MS = 30_000  # a session's last use is noted no oftener


class Caller(NamedTuple):
    """Where a request comes from. `browser`: the key of its mark, "" where it has none."""

    address: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session with its account, and what it still lacks."""

    session: Session
    account: Account
    lacks: Lacks | None
    factors: tuple[str, ...]  # kinds of second factor that the account has

    @property
    def who(self) -> Who:
        return rules.who(self.session, self.account, self.lacks)

    @property
    def ends_ms(self) -> int:
        return rules.ends_ms(self.session, self.account, self.lacks)


class Sessions:
    """For any thread."""

    def __init__(self, books: Books, now_ms: Callable[[], int]) -> None:
        self.books = books
        self.now_ms = now_ms

    def seen(self, key: str, *, acts: bool = True) -> Seen:
        """The session of a browser's key. `acts`: its owner does something just now, and does not
        only watch. Raises NotLoggedIn."""
        now_ms = self.now_ms()
        with self.books.reading() as book:
            seen = self.find(book, key, now_ms)
        if acts and now_ms - seen.session.used_ms >= TOUCHED_MS:
            with self.changing(key) as (book, seen, now_ms):
                seen = replace(seen, session=replace(seen.session, used_ms=now_ms))
                book.put_session(seen.session)
        return seen

    @contextmanager
    def changing(self, key: str) -> Iterator[tuple[Book, Seen, int]]:
        """A transaction in which it is changed: (book, the session as it is, now)."""
        now_ms = self.now_ms()
        with self.books.writing(now_ms) as book:
            yield book, self.find(book, key, now_ms), now_ms

    def choose_role(self, key: str, role: StaffRole, caller: Caller) -> Seen:
        """Take a role for this shift. Raises Forbidden for one that the account does not have."""
        with self.changing(key) as (book, seen, now_ms):
            if seen.lacks not in (None, Lacks.ROLE):
                raise Forbidden("not_open", f"first: {seen.lacks}")
            if seen.session.locked:
                raise Forbidden("locked", "unlock first")
            if role not in seen.account.roles:
                raise Forbidden("not_your_role", f"yours are {', '.join(seen.account.roles)}")
            session = replace(seen.session, role=role, used_ms=now_ms)
            book.put_session(session)
            tell(book, "role_taken", session, caller, role=str(role))
            return look(book, session, seen.account)

    def lock(self, key: str, caller: Caller) -> Seen:
        """Show nothing but that alarms sound, until the password is given again."""
        with self.changing(key) as (book, seen, _):
            if seen.session.locked:
                return seen
            session = replace(seen.session, locked=True)
            book.put_session(session)
            tell(book, "locked", session, caller)
            return replace(seen, session=session)

    def log_out(self, key: str, caller: Caller) -> None:
        """End the session."""
        with self.changing(key) as (book, seen, now_ms):
            book.put_session(replace(seen.session, ended_ms=now_ms))
            tell(book, "logged_out", seen.session, caller)

    def find(self, book: Book, key: str, now_ms: int) -> Seen:
        """Raises NotLoggedIn."""
        session = book.session(secret.digest(key)) if key else None
        account = book.account(session.account) if session else None
        if session is None or account is None:
            raise NotLoggedIn("no_session", "log in first")
        seen = look(book, session, account)
        taken_away = session.role is not None and session.role not in account.roles
        if session.ended_ms is not None or account.ended or taken_away:
            raise NotLoggedIn("session_ended", "the session has been ended: log in again")
        if now_ms >= seen.ends_ms:
            raise NotLoggedIn("session_expired", "the session is over: log in again")
        return seen


def look(book: Book, session: Session, account: Account) -> Seen:
    """A session beside what its account has."""
    kinds = {one.kind for one in book.credentials(account.id)} & FACTORS
    lacking = rules.lacks(session, account, enrolled=bool(kinds))
    return Seen(session, account, lacking, tuple(sorted(map(str, kinds))))


def advance(book: Book, session: Session, account: Account, caller: Caller) -> Seen:
    """Keep a session that has shown something more. Once it is open its browser is known."""
    seen = look(book, session, account)
    if seen.lacks is Lacks.ROLE and len(account.roles) == 1:
        session = replace(session, role=account.roles[0])
        seen = look(book, session, account)
    book.put_session(session)
    if seen.lacks in (None, Lacks.ROLE) and caller.browser:
        _remember(book, account.id, mark_of(account.id, caller), session.used_ms)
    return seen


def mark_of(account: str, caller: Caller) -> str:
    """By which an account knows a browser that it has been opened in."""
    return secret.digest(f"{account} {caller.browser}")


def _remember(book: Book, account: str, mark: str, now_ms: int) -> None:
    marks = [
        one for one in book.credentials(account) if one.kind is Kind.BROWSER and one.id != mark
    ]
    for one in sorted(marks, key=lambda one: one.made_ms)[: -(BROWSERS_MAX - 1)]:
        book.drop_credential(one.id)
    book.put_credential(Credential(mark, account, Kind.BROWSER, {}, now_ms))


def tell(book: Book, kind: str, session: Session, caller: Caller, **more: str) -> None:
    """Enter into the access chain what somebody did in a session."""
    data = {"account": session.account, "session": session.digest[:12], "from": caller.address}
    book.tell(kind, {**data, **more})
