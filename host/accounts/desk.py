"""The desk at which people log in: a password or an invitation, then a second factor.

What is slow (a password's hash) is done outside of the store's transactions. What is refused is
counted and entered before it is raised.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

from host.accounts import second_factor, secret
from host.accounts.book import Credential
from host.accounts.denied import Wrong
from host.accounts.guesses import Guesses
from host.accounts.lock_out import Attempts
from host.accounts.second_factor import Kind, Site, WrongFactor
from host.accounts.session import SHOW, Proof, Session
from host.accounts.sessions import Caller, Seen, Sessions, advance, tell

KEPT_MS = 30 * 86_400_000  # sessions and mistakes; what is older is let go

_Check = Callable[[list[Credential], Session, int], Credential]


class Begun(NamedTuple):
    """The keys that a browser is given, and what its session is worth yet."""

    key: str
    browser: str
    seen: Seen


class Desk:
    """For any thread."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._books = sessions.books
        self._now_ms = sessions.now_ms
        self._guesses = Guesses(sessions.books, sessions.now_ms)

    def log_in(self, name: str, password: str, caller: Caller) -> Begun:
        """Begin a session. Raises Wrong for a name and a password that do not belong together,
        which takes as long whatever is wrong with them."""
        # An invitation is 59 random bits: it is let in whoever guesses at the account meanwhile.
        free = self._is_invitation(name, password)
        with nullcontext(name) if free else self._guesses.turn(name, caller) as attempts:
            with self._books.reading() as book:
                account = book.account(name)
                kept = book.credentials(name)
            there = account is not None and not account.ended
            proof, shown = _proof(kept if there else [], password, self._now_ms())
            told = {"account": name, "from": caller.address}
            if account is None or proof is None:
                self._guesses.wrong(attempts, "login_refused", told, kept=account is not None)
                raise Wrong("wrong_password", "account and password do not belong together")
            now_ms = self._now_ms()
            key, browser = secret.new_key(), caller.browser or secret.new_key()
            session = Session(
                secret.digest(key), name, proof, now_ms, now_ms, address=caller.address
            )
            renewed = None
            if shown is not None and _is_outdated(shown):
                renewed = _renewed(shown, password)
            with self._books.writing(now_ms) as book:
                # What was shown may have been taken away while it was looked at.
                if book.account(name) != account or shown not in book.credentials(name):
                    raise Wrong("wrong_password", "the account was changed just now: try again")
                if renewed is not None:
                    book.put_credential(renewed)
                book.forget(now_ms - KEPT_MS)
                if proof is not Proof.PASSWORD or not _factors(kept):
                    book.put_attempts(attempts, Attempts())
                book.tell("login", {**told, "proof": str(proof)})
                seen = advance(book, session, account, caller._replace(browser=browser))
            return Begun(key, browser, seen)

    def _is_invitation(self, name: str, written: str) -> bool:
        with self._books.reading() as book:
            return _invitation(book.credentials(name), written, self._now_ms()) is not None

    def show_totp(self, key: str, code: str, caller: Caller) -> Seen:
        """Go on with a code by time. Raises Wrong."""

        def check(kept: list[Credential], _: Session, now_ms: int) -> Credential:
            for one in kept:
                step = second_factor.totp_step(one.body["key"], code, now_ms, one.body["last_step"])
                return replace(one, body={**one.body, "last_step": step})
            raise WrongFactor("the account has no codes by time")

        return self._show(key, caller, Kind.TOTP, check)

    def show_recovery(self, key: str, code: str, caller: Caller) -> Seen:
        """Go on with a recovery code, which is used up by it. Raises Wrong."""

        def check(kept: list[Credential], _: Session, __: int) -> Credential:
            digest = secret.code_digest(code)
            for one in kept:
                if secret.is_same(one.body["digest"], digest):
                    return one
            raise WrongFactor("no such code is left")

        return self._show(key, caller, Kind.RECOVERY, check)

    def passkey_options(self, key: str, site: Site) -> dict[str, Any]:
        """What the browser is asked, to show a passkey. Raises Wrong where there is none."""
        with self._sessions.changing(key) as (book, seen, _):
            kept = _of_kind(book.credentials(seen.account.id), Kind.PASSKEY)
            if not kept:
                raise Wrong("no_passkey", "the account has no passkey")
            ids = [one.body["id"] for one in kept]
            challenge, options = second_factor.passkey_to_show(site, ids)
            book.put_session(replace(seen.session, challenge=f"{SHOW}{challenge}"))
            return second_factor.options(options)

    def show_passkey(self, key: str, site: Site, credential: Any, caller: Caller) -> Seen:
        """Go on with a passkey. Each challenge is good for one attempt. Raises Wrong."""

        def check(kept: list[Credential], session: Session, _: int) -> Credential:
            challenge = session.begun(SHOW)
            if not challenge:
                raise WrongFactor("nothing was asked for, or it was answered already")
            shown = second_factor.passkey_id(credential)
            for one in kept:
                if one.body["id"] == shown:
                    count = second_factor.passkey_shown(site, challenge, one.body, credential)
                    return replace(one, body={**one.body, "count": count})
            raise WrongFactor("the account has no such passkey")

        return self._show(key, caller, Kind.PASSKEY, check)

    def unlock(self, key: str, password: str, caller: Caller) -> Seen:
        """Raises Wrong for another password."""
        self.confirm(key, password, caller, "unlock")
        with self._sessions.changing(key) as (book, seen, now_ms):
            session = replace(seen.session, locked=False, used_ms=now_ms)
            book.put_session(session)
            tell(book, "unlocked", session, caller)
            return replace(seen, session=session)

    def confirm(self, key: str, password: str, caller: Caller, to: str) -> Seen:
        """That whoever sits there is the session's owner. Raises Wrong."""
        seen = self._sessions.seen(key, acts=False)
        account = seen.account.id
        with self._guesses.own_turn(f"{account} {to} {seen.session.digest}") as attempts:
            with self._books.reading() as book:
                hashed = _hash(book.credentials(account))
            if not secret.is_password(hashed, password):
                told = {"account": account, "from": caller.address}
                self._guesses.wrong(attempts, f"{to}_refused", told)
                raise Wrong("wrong_password", "that is not the password")
            with self._books.writing(self._now_ms()) as book:
                book.put_attempts(attempts, Attempts())
        return seen

    def _show(self, key: str, caller: Caller, kind: Kind, check: _Check) -> Seen:
        account = self._sessions.seen(key).account.id
        with self._guesses.turn(account, caller) as attempts:
            with self._sessions.changing(key) as (book, seen, now_ms):
                if seen.session.proof is not Proof.PASSWORD:
                    raise Wrong("no_password", "the password comes first, and once")
                session = replace(seen.session, challenge="")
                book.put_session(session)  # an attempt, right or wrong, uses the challenge up
                try:
                    kept = _of_kind(book.credentials(account), kind)
                    used = check(kept, seen.session, now_ms)
                except WrongFactor as error:
                    why = str(error)
                else:
                    if kind is Kind.RECOVERY:
                        book.drop_credential(used.id)
                    else:
                        book.put_credential(used)
                    book.put_attempts(attempts, Attempts())
                    session = replace(session, proof=Proof.SECOND_FACTOR, used_ms=now_ms)
                    tell(book, "second_factor", session, caller, factor=str(kind))
                    return advance(book, session, seen.account, caller)
            told = {"account": account, "from": caller.address, "factor": str(kind), "why": why}
            self._guesses.wrong(attempts, "second_factor_refused", told)
        raise Wrong("wrong_factor", "that was not it: try again")


def _of_kind(credentials: list[Credential], kind: Kind) -> list[Credential]:
    return [one for one in credentials if one.kind is kind]


def _factors(credentials: list[Credential]) -> list[Credential]:
    return [one for one in credentials if one.kind in second_factor.FACTORS]


def _hash(credentials: list[Credential]) -> str | None:
    return next((str(one.body["hash"]) for one in _of_kind(credentials, Kind.PASSWORD)), None)


def _is_outdated(one: Credential) -> bool:
    return one.kind is Kind.PASSWORD and secret.is_outdated(one.body["hash"])


def _renewed(one: Credential, password: str) -> Credential:
    return replace(one, body={"hash": secret.hash_password(password)})


def _proof(
    kept: list[Credential], written: str, now_ms: int
) -> tuple[Proof | None, Credential | None]:
    """What the words that somebody gives for a password show, and by which credential."""
    right = secret.is_password(_hash(kept), written)  # tried in any case, for it takes its time
    invitation = _invitation(kept, written, now_ms)
    if invitation is not None:
        return Proof.INVITATION, invitation
    password = next(iter(_of_kind(kept, Kind.PASSWORD)), None)
    return (Proof.PASSWORD, password) if right else (None, None)


def _invitation(kept: list[Credential], written: str, now_ms: int) -> Credential | None:
    digest = secret.code_digest(written)
    for one in _of_kind(kept, Kind.INVITATION):
        if now_ms < one.body["until_ms"] and secret.is_same(one.body["digest"], digest):
            return one
    return None
