"""What people do to their own account: password, second factors, recovery codes, sessions."""

from dataclasses import replace
from typing import Any

from host.accounts import second_factor, secret
from host.accounts.book import Book, Credential
from host.accounts.denied import Forbidden, Unknown, Wrong
from host.accounts.second_factor import FACTORS, Kind, Site, WrongFactor
from host.accounts.session import MAKE, TOTP, Lacks, Proof, Session
from host.accounts.sessions import Caller, Seen, Sessions, advance, look, tell
from host.base.errors import UsageError

FACTORS_MAX = 10


class Own:
    """For any thread. Every change but the very first ones is made in an open session."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def set_password(self, key: str, password: str, caller: Caller) -> Seen:
        """Set it: by an invitation, which is used up by that, or in an open session. All other
        sessions of the account end. Raises UsageError for a password that is guessed."""
        seen = self._sessions.seen(key)
        account = seen.account
        secret.require_password(password, account.id, *account.name.split())
        hashed = secret.hash_password(password)
        with self._sessions.changing(key) as (book, seen, now_ms):
            if seen.lacks not in (None, Lacks.NEW_PASSWORD, Lacks.ENROLMENT, Lacks.ROLE):
                raise Forbidden("not_open", f"first: {seen.lacks}")
            for one in book.credentials(account.id):
                if one.kind in (Kind.INVITATION, Kind.PASSWORD):
                    book.drop_credential(one.id)
            kept = {"hash": hashed}
            book.put_credential(_made(account.id, Kind.PASSWORD, kept, now_ms))
            end_sessions(book, account.id, now_ms, but=seen.session.digest)
            session = seen.session
            if session.proof is Proof.INVITATION:
                session = replace(session, proof=Proof.PASSWORD, used_ms=now_ms)
            tell(book, "password_set", session, caller)
            return advance(book, session, account, caller)

    def begin_totp(self, key: str) -> tuple[str, str, str]:
        """(key, URI, picture of the URI's code) of a new one, which `confirm_totp` keeps."""
        with self._sessions.changing(key) as (book, seen, _):
            _require_may_enrol(book, seen)
            totp = second_factor.new_totp()
            book.put_session(replace(seen.session, challenge=f"{TOTP}{totp}"))
            uri, picture = second_factor.totp_picture(totp, seen.account.id)
            return totp, uri, picture

    def confirm_totp(self, key: str, code: str, caller: Caller) -> Seen:
        """Keep the one that was begun, of which this is a code. Raises Wrong."""
        with self._sessions.changing(key) as (book, seen, now_ms):
            _require_may_enrol(book, seen)
            totp = seen.session.begun(TOTP)
            if not totp:
                raise Wrong("nothing_begun", "begin anew: there is nothing to confirm")
            try:
                step = second_factor.totp_step(totp, code, now_ms, 0)
            except WrongFactor as error:
                raise Wrong("wrong_factor", f"{error}: look at the telephone's clock") from error
            for one in book.credentials(seen.account.id):
                if one.kind is Kind.TOTP:
                    book.drop_credential(one.id)
            body = {"key": totp, "last_step": step}
            return self._keep(book, seen, Kind.TOTP, body, caller, now_ms)

    def begin_passkey(self, key: str, site: Site) -> dict[str, Any]:
        """Options for the browser."""
        with self._sessions.changing(key) as (book, seen, _):
            _require_may_enrol(book, seen)
            account = seen.account
            known = [
                one.body["id"] for one in book.credentials(account.id) if one.kind is Kind.PASSKEY
            ]
            challenge, options = second_factor.passkey_to_make(
                site, account.id, account.name, known
            )
            book.put_session(replace(seen.session, challenge=f"{MAKE}{challenge}"))
            return second_factor.options(options)

    def confirm_passkey(self, key: str, site: Site, credential: Any, caller: Caller) -> Seen:
        """Keep the one that the browser made. Raises Wrong."""
        with self._sessions.changing(key) as (book, seen, now_ms):
            _require_may_enrol(book, seen)
            challenge = seen.session.begun(MAKE)
            if not challenge:
                raise Wrong("nothing_begun", "begin anew: there is nothing to confirm")
            try:
                made = second_factor.passkey_made(site, challenge, credential)
            except WrongFactor as error:
                raise Wrong("wrong_factor", str(error)) from error
            return self._keep(book, seen, Kind.PASSKEY, made, caller, now_ms)

    def drop_factor(self, key: str, factor: str, caller: Caller) -> Seen:
        """Give up a second factor, but for the last one that a role needs. Raises Forbidden."""
        with self._sessions.changing(key) as (book, seen, _):
            _require_open(seen)
            factors = [one for one in book.credentials(seen.account.id) if one.kind in FACTORS]
            dropped = next((one for one in factors if one.id == factor), None)
            if dropped is None:
                raise Unknown(f"there is no factor {factor!r}")
            if len(factors) == 1:
                raise Forbidden("last_factor", "it is the last one: add another before")
            book.drop_credential(factor)
            tell(book, "factor_dropped", seen.session, caller, factor=str(dropped.kind))
            return advance(book, seen.session, seen.account, caller)

    def new_recovery_codes(self, key: str, caller: Caller) -> list[str]:
        """Codes that stand in for a second factor, each once. The ones of before end."""
        with self._sessions.changing(key) as (book, seen, now_ms):
            _require_open(seen)
            for one in book.credentials(seen.account.id):
                if one.kind is Kind.RECOVERY:
                    book.drop_credential(one.id)
            codes = [secret.new_code() for _ in range(secret.CODES)]
            for code in codes:
                body = {"digest": secret.code_digest(code)}
                book.put_credential(_made(seen.account.id, Kind.RECOVERY, body, now_ms))
            tell(book, "recovery_codes_made", seen.session, caller)
            return codes

    def factors(self, key: str) -> list[Credential]:
        """Second factors and recovery codes of the account."""
        seen = self._sessions.seen(key)
        _require_open(seen)
        with self._sessions.books.reading() as book:
            return [
                one
                for one in book.credentials(seen.account.id)
                if one.kind in FACTORS or one.kind is Kind.RECOVERY
            ]

    def sessions(self, key: str) -> list[Session]:
        """Those of the account that have not ended."""
        seen = self._sessions.seen(key)
        _require_open(seen)
        now_ms = self._sessions.now_ms()
        with self._sessions.books.reading() as book:
            return [
                one
                for one in book.sessions(seen.account.id)
                if one.ended_ms is None and look(book, one, seen.account).ends_ms > now_ms
            ]

    def end_session(self, key: str, digest: str, caller: Caller) -> None:
        """End one of the account's sessions, by the beginning of its digest. Raises Forbidden."""
        with self._sessions.changing(key) as (book, seen, now_ms):
            _require_open(seen)
            ended = [
                one
                for one in book.sessions(seen.account.id)
                if one.digest[:12] == digest and one.ended_ms is None
            ]
            if not ended:
                raise Unknown(f"there is no session {digest!r}")
            for one in ended:
                book.put_session(replace(one, ended_ms=now_ms))
            tell(book, "session_ended", seen.session, caller, ended=digest)

    def _keep(
        self, book: Book, seen: Seen, kind: Kind, body: dict[str, Any], caller: Caller, now_ms: int
    ) -> Seen:
        """Keep a factor; whoever has just enrolled the first one has shown it too."""
        account = seen.account
        book.put_credential(_made(account.id, kind, body, now_ms))
        proof = Proof.SECOND_FACTOR
        session = replace(seen.session, challenge="", proof=proof, used_ms=now_ms)
        tell(book, "factor_added", session, caller, factor=str(kind))
        return advance(book, session, account, caller)


def end_sessions(book: Book, account: str, now_ms: int, *, but: str = "") -> None:
    """End all sessions of an account, but for one by its digest."""
    for one in book.sessions(account):
        if one.ended_ms is None and one.digest != but:
            book.put_session(replace(one, ended_ms=now_ms))


def _made(account: str, kind: Kind, body: dict[str, Any], now_ms: int) -> Credential:
    return Credential(secret.new_key(), account, kind, body, now_ms)


def _require_open(seen: Seen) -> None:
    if seen.lacks not in (None, Lacks.ROLE) or seen.session.locked:
        raise Forbidden("not_open", f"first: {seen.lacks or 'unlock'}")


def _require_may_enrol(book: Book, seen: Seen) -> None:
    if seen.lacks is not Lacks.ENROLMENT:
        _require_open(seen)
    if sum(one.kind in FACTORS for one in book.credentials(seen.account.id)) >= FACTORS_MAX:
        raise UsageError(f"an account has {FACTORS_MAX} second factors at most: drop one before")
