"""Accounts as they are kept, and the access chain (host/accounts/book.py says what of them)."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from hmac import digest as hmac_digest
from typing import Any

from sqlalchemy import Table, func, select
from sqlmodel import Session as Transaction

from host.accounts.account import Account, account_of
from host.accounts.book import AccessEntry, Credential
from host.accounts.lock_out import Attempts
from host.accounts.right import StaffRole
from host.accounts.second_factor import Kind
from host.accounts.session import Proof, Session
from host.accounts.token import Token
from host.core.audit import GENESIS, Chain
from host.store import models

# Entries of their own for what somebody comes in with, by its row's table.
KEPT, DROPPED = "kept", "dropped"
CREDENTIAL, TOKEN = "credential", "token"
ACCESS_SALT = b"access"  # the chain's salts are no other chain's


class AccountBook:
    """One transaction, as `Book`. `secret`: the host's own, which salts are derived from.

    What somebody comes in with is told too, by a commitment to its row: whoever puts another in
    its place in the database is found out (host/evidence/access.py).
    """

    def __init__(self, transaction: Transaction, secret: bytes, at_ms: int = 0) -> None:
        self._transaction = transaction
        self._secret = secret
        self._at_ms = at_ms

    def account(self, account: str) -> Account | None:
        row = self._one(models.AccountRow, account)
        return None if row is None else account_of(json.loads(row.body))

    def accounts(self) -> list[Account]:
        rows = self._all(models.AccountRow)
        return sorted((account_of(json.loads(row.body)) for row in rows), key=lambda one: one.id)

    def put_account(self, account: Account) -> None:
        body = _json(account.to_json())
        self._put(models.AccountRow(id=account.id, version=account.version, body=body))

    def credentials(self, account: str) -> list[Credential]:
        rows = self._all(models.CredentialRow, account=account)
        kept = [
            Credential(row.id, row.account, Kind(row.kind), json.loads(row.body), row.made_ms)
            for row in rows
        ]
        return sorted(kept, key=lambda one: (one.made_ms, one.id))

    def put_credential(self, credential: Credential) -> None:
        fields = asdict(credential) | {"body": _json(credential.body), "kind": str(credential.kind)}
        self._keep(CREDENTIAL, models.CredentialRow(**fields), fields)

    def drop_credential(self, credential: str) -> None:
        table = _table(models.CredentialRow)
        self._transaction.connection().execute(table.delete().where(table.c.id == credential))
        self.tell(DROPPED, {"table": CREDENTIAL, "row": credential})

    def session(self, digest: str) -> Session | None:
        row = self._one(models.SessionRow, digest)
        return None if row is None else _session(row)

    def sessions(self, account: str) -> list[Session]:
        rows = self._all(models.SessionRow, account=account)
        return sorted(map(_session, rows), key=lambda one: (one.began_ms, one.digest))

    def put_session(self, session: Session) -> None:
        body = asdict(session)
        kept = {name: body.pop(name) for name in ("digest", "account", "began_ms")}
        self._put(models.SessionRow(**kept, body=_json(body)))

    def token(self, digest: str) -> Token | None:
        row = self._one(models.TokenRow, digest)
        return None if row is None else _token(row)

    def tokens(self) -> list[Token]:
        rows = self._all(models.TokenRow)
        return sorted(map(_token, rows), key=lambda one: (one.made_ms, one.id))

    def put_token(self, token: Token) -> None:
        body = asdict(token)
        fields = {name: body.pop(name) for name in ("digest", "id", "made_ms")}
        fields["body"] = _json(body)
        self._keep(TOKEN, models.TokenRow(**fields), fields)

    def attempts(self, key: str) -> Attempts:
        row = self._one(models.AttemptsRow, key)
        return Attempts() if row is None else Attempts(row.failures, row.last_ms)

    def put_attempts(self, key: str, attempts: Attempts) -> None:
        self._put(models.AttemptsRow(key=key, failures=attempts.failures, last_ms=attempts.last_ms))

    def forget(self, before_ms: int) -> None:
        sessions, attempts = _table(models.SessionRow), _table(models.AttemptsRow)
        connection = self._transaction.connection()
        connection.execute(sessions.delete().where(sessions.c.began_ms < before_ms))
        connection.execute(attempts.delete().where(attempts.c.last_ms < before_ms))

    def tell(self, kind: str, data: Mapping[str, Any], order: str = "") -> None:
        number, digest = access_head(self._transaction)
        chain = Chain(ACCESS_SALT + self._secret, number, digest)
        entry = chain.append(kind, order, data, self._at_ms)
        self._transaction.add(
            models.AccessRow(
                number=entry.number,
                at_ms=self._at_ms,
                kind=kind,
                order_id=order,
                commitment=entry.commitment,
                hash=entry.hash,
            )
        )
        self._transaction.flush()  # before its data, which points to it
        content: Any = {"number": entry.number, "data": entry.data, "salt": entry.salt}
        self._transaction.add(models.AccessData(**content))

    def told(self, after: int, limit: int) -> list[AccessEntry]:
        link, content = _table(models.AccessRow), _table(models.AccessData)
        columns = (link.c.number, link.c.at_ms, link.c.kind, link.c.order_id, content.c.data)
        wanted = (
            select(*columns, link.c.hash)
            .select_from(link.outerjoin(content, content.c.number == link.c.number))
            .where(link.c.number > after)
            .order_by(link.c.number)
            .limit(limit)
        )
        return [AccessEntry(*row) for row in self._transaction.connection().execute(wanted)]

    def _keep(self, table: str, row: Any, fields: Mapping[str, Any]) -> None:
        self._put(row)
        key = fields["id" if table == CREDENTIAL else "digest"]
        commitment = row_commitment(self._secret, table, fields)
        self.tell(KEPT, {"table": table, "row": key, "commitment": commitment})

    def _put(self, row: Any) -> None:
        self._transaction.merge(row)
        self._transaction.flush()

    def _one(self, model: Any, key: str) -> Any:
        return self._transaction.get(model, key, populate_existing=True)

    def _all(self, model: Any, **named: Any) -> list[Any]:
        table = _table(model)
        wanted = select(table).where(*(table.c[name] == value for name, value in named.items()))
        return list(self._transaction.connection().execute(wanted))


class AccountBooks:
    """Where the transactions come from, as `Books`."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Transaction]],
        reading: Callable[[], AbstractContextManager[Transaction]],
        secret: Callable[[], bytes],
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._secret = secret

    @contextmanager
    def writing(self, at_ms: int) -> Iterator[AccountBook]:
        secret = self._secret()
        with self._writing() as transaction:
            yield AccountBook(transaction, secret, at_ms)
            transaction.commit()

    @contextmanager
    def reading(self) -> Iterator[AccountBook]:
        with self._reading() as transaction:
            yield AccountBook(transaction, b"")


def row_commitment(secret: bytes, table: str, fields: Mapping[str, Any]) -> str:
    """What the chain holds of a row by which somebody comes in: it gives nothing of it away."""
    text = json.dumps([table, dict(fields)], sort_keys=True, separators=(",", ":"))
    return hmac_digest(ACCESS_SALT + secret, text.encode(), "sha256").hex()


def access_head(transaction: Transaction) -> tuple[int, bytes]:
    """Number and hash of the chain's last entry, to go on from."""
    table = _table(models.AccessRow)
    newest = select(table.c.number, table.c.hash).where(
        table.c.number == select(func.max(table.c.number)).scalar_subquery()
    )
    row = transaction.connection().execute(newest).first()
    return (0, GENESIS) if row is None else (row.number, row.hash)


def _session(row: Any) -> Session:
    body = json.loads(row.body)
    body["proof"] = Proof(body["proof"])
    body["role"] = StaffRole(body["role"]) if body["role"] else None
    return Session(digest=row.digest, account=row.account, began_ms=row.began_ms, **body)


def _token(row: Any) -> Token:
    body = json.loads(row.body)
    body["role"] = StaffRole(body["role"])
    return Token(digest=row.digest, id=row.id, made_ms=row.made_ms, **body)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
