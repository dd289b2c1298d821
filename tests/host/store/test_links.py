"""The registry's chain: whoever enters something links it, and every value counts."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from host.core.audit import GENESIS
from host.escalation.policy import default
from host.registry.types import Order, Zone
from host.store.links import ALL, TABLES, commitments, entered, head, link_hash
from host.store.store import Store
from tests.host.units import REGISTRY

SCHOOL = Zone("school", "School", ((145_000_000, -900_000_000),), radius_m=100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(Store.open(path)) as store:
        store.enter(REGISTRY, 1000, by="olga")
        (order,) = REGISTRY.orders
        store.save_order(replace(order, zones=(SCHOOL,)), 2000, by="eva")
        store.save_policy(default().document, 3000, "eva")
        store.save_person("zoe", 4000, "Zoé", by="olga")
    return path


def test_every_entry_is_linked_to_the_one_before(path: Path) -> None:
    with closing(Store.open(path)) as store, closing(sqlite3.connect(path)) as connection:
        secret = store.secret()
        previous = GENESIS
        links = connection.execute("SELECT * FROM registry_link ORDER BY entry").fetchall()
        for number, (entry, rows, linked) in enumerate(links, 1):
            assert entry == number
            previous = link_hash(previous, entry, rows)
            assert linked == previous
        assert store.registry_head() == head(connection) == (store.last_entry(), previous)
        assert [
            (entry, commitments(secret, entry, rows)) for entry, rows in entered(connection, ALL)
        ] == [(entry, json.loads(rows)) for entry, rows, _ in links]
        assert {table for _, rows, _ in links for table in json.loads(rows)} == set(TABLES)


def test_a_zone_belongs_to_the_order_that_used_it_first(path: Path) -> None:
    with closing(Store.open(path)) as store:
        (order,) = store.registry().orders
        store.save_order(replace(order, alert_m=order.alert_m + 1), 5000)
    with closing(sqlite3.connect(path)) as connection:
        of = {row.entry for _, rows in entered(connection, ALL) for row in rows if row.place == 8}
        used = connection.execute("SELECT min(entry), max(entry) FROM order_zone").fetchone()
    assert of == {used[0]}
    assert used[0] < used[1]


def test_what_is_only_tried_is_not_linked(path: Path) -> None:
    with closing(Store.open(path)) as store:
        before = store.registry_head()
        (order,) = store.registry().orders
        another: Order = replace(order, id="O9", offender="somebody")
        store.enter(replace(REGISTRY, orders=(another,)), 6000, keep=False)
        assert store.registry_head() == before


def test_a_commitment_is_salted_and_of_what_is_not_null(path: Path) -> None:
    with closing(Store.open(path)) as store, closing(sqlite3.connect(path)) as connection:
        entry, rows = next(iter(entered(connection, 0)))
        secret = store.secret()
    known = commitments(secret, entry, rows)
    assert commitments(bytes(32), entry, rows) != known
    assert commitments(secret, entry + 1, rows) != known
    later = [row._replace(values={**row.values, "added_later": None}) for row in rows]
    assert commitments(secret, entry, later) == known
    told = [row._replace(values={**row.values, "added_later": 0}) for row in rows]
    assert commitments(secret, entry, told) != known
