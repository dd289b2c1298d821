"""Whether the audit's chain holds, link by link, and belongs to the host's secret."""

from collections.abc import Iterable
from sqlite3 import Connection
from typing import NamedTuple

import orjson

from host.core.audit import GENESIS, STARTED, Entry, holds, is_linked, salt_of
from host.core.batch import RULES, TAKEN, rules_of
from host.evidence.difference import Differs, plain

_OF_NONE = (
    "SELECT number, salt FROM file.audit_data "
    "WHERE number NOT IN (SELECT number FROM file.audit) ORDER BY number LIMIT 1"
)


class Held(NamedTuple):
    """A chain that holds. `erased`: how many entries' data has been deleted, and the first.

    today: the first entry that today's rules have led to; 1 beyond the last for none.
    """

    erased: int
    first_erased: int | None
    anchored: bool
    today: int


def check_chain(audit: Iterable[Entry], secret: bytes, anchor: str = "") -> Held:
    """Every entry is linked to the one before and commits to its data. Raises Differs.

    `anchor`: a hash that was noted earlier; whether the chain holds it.
    """
    last_hash = GENESIS
    there: set[str] = set()  # orders with data: a case is deleted from its beginning on
    erased, first_erased, anchored, today = 0, None, False, 1
    others = False  # whether other rules were in force
    number = 0
    rest = iter(audit)
    for number, entry in enumerate(rest, 1):
        if entry.number != number:
            if next(rest, None) is None:
                why = f"it follows no other row: it was added, or those from {number} on are gone"
                raise Differs("audit", entry.number, why)
            raise Differs("audit", number, "it is missing")
        if not is_linked(entry, last_hash):
            raise Differs("audit", number, "the chain breaks: it is not what was linked here")
        if not holds(entry):
            raise Differs("audit_data", number, "it is not what the audit commits to")
        if entry.salt is None:
            if entry.order in there:
                why = f"it is missing, though earlier data of {entry.order or 'the host'} is there"
                raise Differs("audit_data", number, plain(why))
            erased, first_erased = erased + 1, first_erased or number
        elif entry.salt != salt_of(secret, number):
            raise Differs("secret", 1, f"it is not the one of audit row {number}", "value")
        else:
            there.add(entry.order)
        last_hash = entry.hash
        anchored |= last_hash.hex() == anchor
        if entry.kind == STARTED:
            others, takes_over = _start(entry, others)
            if takes_over:
                today = number
    return Held(erased, first_erased, anchored, number + 1 if others else today)


def _start(entry: Entry, others: bool) -> tuple[bool, bool]:
    """Whether other rules are in force from then on, and whether states were taken over."""
    try:
        data = orjson.loads(entry.data or b"null")
        return rules_of(data) != RULES, data.get("states") == TAKEN
    except (ValueError, TypeError, AttributeError):  # deleted, or what a forger has put there:
        return others, False  # said when it is recomputed


def check_contents(connection: Connection, secret: bytes) -> None:
    """No content of an entry that there is not. Raises Differs."""
    row = connection.execute(_OF_NONE).fetchone()
    if row is not None:
        number, salt = row
        if number > 0 and salt == salt_of(secret, number):
            raise Differs("audit", number, "it is missing, but its data is there")
        raise Differs("audit_data", number, "it is of no audit row")


def secret_of(connection: Connection) -> bytes:
    """The host's secret. Raises Differs where there is not exactly one."""
    rows = dict(connection.execute("SELECT id, value FROM file.secret ORDER BY id"))
    if 1 not in rows:
        raise Differs("secret", 1, "it is missing")
    if len(rows) > 1:
        raise Differs("secret", max(rows), "it is one too many")
    secret: bytes = rows[1]
    return secret
