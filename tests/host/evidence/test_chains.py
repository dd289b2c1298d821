"""The three chains: what was altered, removed or moved is named; their ends are anchored."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection

import pytest

from host.base.clock import iso
from host.base.errors import UsageError
from host.evidence.anchor import signed
from host.evidence.chains import Chains, verify_chains
from host.store.store import Store
from tests.host.evidence.tamper import tampering

FIRST_OF = "SELECT min(number) FROM access WHERE kind = ?"
EXCHANGED = (
    "UPDATE access_data AS one SET data = other.data FROM access_data AS other "
    "WHERE one.number = 8 AND other.number = 9"
)


def found(path: Path, *anchors: str) -> list[str]:
    return [str(one) for one in verify_chains(path, anchors).differences]


def anchor(path: Path) -> str:
    with closing(Store.open(path)) as store:
        return signed(store.secret(), iso(1_780_000_000_000), store.heads())


def test_every_link_holds(database: Path) -> None:
    chains = verify_chains(database)
    assert chains.differences == []
    assert set(chains.lengths) == {"audit", "registry", "access"}
    assert all(length > 5 for length in chains.lengths.values())


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            ["DELETE FROM access_data WHERE number = 5", "DELETE FROM access WHERE number = 5"],
            ["table access, row 5: it is missing"],
        ),
        (
            ["UPDATE access SET kind = 'logged_out' WHERE number = 4"],
            ["table access, row 4: the chain breaks: it is not what was linked here"],
        ),
        (
            [
                EXCHANGED,
            ],
            ["table access_data, row 8: it is not what the access chain commits to"],
        ),
        (
            [
                f"UPDATE {table} SET number = CASE number WHEN 3 THEN -6 WHEN 6 THEN -3 "
                "ELSE number END"
                for table in ("access", "access_data")
            ]
            + [
                f"UPDATE {table} SET number = -number WHERE number < 0"
                for table in ("access", "access_data")
            ],
            ["table access, row 3: the chain breaks: it is not what was linked here"],
        ),
        (
            [
                "UPDATE audit SET kind = 'x' WHERE number = 9",
                "UPDATE registry_entry SET by = 'nobody' WHERE id = 3",
            ],
            [
                "table audit, row 9: the chain breaks: it is not what was linked here",
                "table registry_entry, row 3: it is not what registry entry 3 entered",
            ],
        ),
    ],
    ids=["removed", "altered", "its data", "moved", "two chains"],
)
def test_what_was_done_is_named(database: Path, statements: list[str], said: list[str]) -> None:
    with tampering(database) as connection:
        for statement in statements:
            connection.execute(statement)
    assert found(database) == said


def test_another_password_in_the_place_of_one_is_named(database: Path) -> None:
    with tampering(database) as connection:
        (kept,) = connection.execute(
            "SELECT id FROM credential WHERE account = 'eva' AND kind = 'password'"
        ).fetchone()
        connection.execute(
            "UPDATE credential SET body = (SELECT body FROM credential WHERE account = 'olga' "
            "AND kind = 'password') WHERE id = ?",
            [kept],
        )
    assert found(database) == [f"table credential, row {kept}: it is not what was last told of it"]


def test_more_rights_than_somebody_was_given_are_named(database: Path) -> None:
    with tampering(database) as connection:
        connection.execute(
            "UPDATE account SET body = replace(body, 'investigator', 'administrator') "
            "WHERE id = 'eva'"
        )
    assert found(database) == ["table account, row eva: it is not what was last told of it"]


def test_data_that_was_deleted_by_right_leaves_a_chain_that_holds(database: Path) -> None:
    with tampering(database) as connection:
        connection.execute(f"DELETE FROM access_data WHERE number = ({FIRST_OF})", ["viewed"])
    chains = verify_chains(database)
    assert (chains.differences, chains.erased) == ([], 1)


@pytest.mark.parametrize("kind", ["kept", "dropped", "account_added", "account_changed"])
def test_what_accounts_are_held_against_cannot_be_erased(database: Path, kind: str) -> None:
    with tampering(database) as connection:
        connection.execute(f"DELETE FROM access_data WHERE number = ({FIRST_OF})", [kind])
    (said,) = found(database)
    assert re.fullmatch(
        rf"table access_data, row \d+: it is missing: nobody may erase {kind}", said
    )


def _cut(table: str, key: str) -> Callable[[Connection], None]:
    def cut(connection: Connection) -> None:
        (last,) = connection.execute(f"SELECT max({key}) FROM {table}").fetchone()
        if table != "registry_link":
            connection.execute(f"DELETE FROM {table}_data WHERE number = ?", [last])
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", [last])

    return cut


@pytest.mark.parametrize(("table", "key"), [("access", "number"), ("audit", "number")])
def test_an_end_that_was_cut_off_shows_against_an_anchor(
    database: Path, table: str, key: str
) -> None:
    line = anchor(database)
    with tampering(database) as connection:
        _cut(table, key)(connection)
    (last,) = [one for one in found(database, line) if "anchored" in one]
    number = json.loads(line)[table][0]
    said = f"table {table}, row {number}: it is not what was anchored at 2026-05-28T20:26:40.000Z"
    assert last == said


def test_an_anchor_that_still_holds_says_of_when_it_is(database: Path) -> None:
    line = anchor(database)
    with closing(Store.open(database)) as store, store.accounts.writing(1) as book:
        book.tell("login", {"account": "eva"})
    chains: Chains = verify_chains(database, [line, anchor(database)])
    assert (chains.differences, chains.anchored) == ([], ["2026-05-28T20:26:40.000Z"] * 2)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda said: said | {"access": [1, "00" * 32]}, "its signature is not of what it says"),
        (lambda said: said | {"at": "2027"}, "its signature is not of what it says"),
        (lambda said: said | {"key": "00" * 32}, "it was signed by another host"),
        (lambda said: {"at": said["at"]}, "it is no anchor"),
        (lambda _: [], "it is no anchor"),
    ],
)
def test_what_is_no_anchor_of_this_host_is_refused(
    database: Path, change: Callable[[dict[str, object]], object], complaint: str
) -> None:
    line = json.dumps(change(json.loads(anchor(database))))
    with pytest.raises(UsageError, match=f"anchor 2: {complaint}"):
        verify_chains(database, [anchor(database), line])
