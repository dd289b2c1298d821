"""The registry: what is entered comes back, in its newest version, and the old ones stay."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from host.base.errors import UsageError
from host.escalation.policy import default
from host.registry.types import (
    Assignment,
    Order,
    PolicyDocument,
    Registry,
    Strength,
    Weekly,
    Zone,
)
from host.store.database import connect
from host.store.store import Store
from tests.host.units import BRACELET, ORDER, REGISTRY, VICTIM_UNIT

SCHOOL = Zone(
    "school",
    "Escuela",
    ring=((146_000_000, -905_000_000), (146_100_000, -905_000_000), (146_100_000, -904_900_000)),
    holes=(
        ((146_010_000, -904_990_000), (146_020_000, -904_990_000), (146_020_000, -904_980_000)),
    ),
    schedule=(Weekly((0, 1, 2, 3, 4), 420, 840), Weekly((5,), 1320, 120)),
    disclosed=False,
)
HOME = Zone("home", "Casa", ring=((146_500_000, -905_500_000),), radius_m=300)
FULL = Order(
    "O2",
    1,
    "juan",
    ("eva", "ana"),
    alert_m=400,
    strength=Strength.SUPERVISED,
    valid_from_ms=5,
    valid_until_ms=10**13,
    schedule=(Weekly((6,), 0, 1440),),
    zones=(SCHOOL, HOME),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "a.db")
    store.enter(REGISTRY, 1000, by="test")
    return store


def test_what_is_entered_comes_back(store: Store) -> None:
    assert store.registry() == REGISTRY


def test_it_is_read_while_somebody_else_writes(store: Store) -> None:
    """A host that commits without a pause would otherwise keep new orders from being seen."""
    with closing(connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM audit")
        assert store.registry().orders == (ORDER,)
        assert [item for _, item in store.changes(0)][-1] == ORDER


def test_an_order_keeps_every_detail(store: Store) -> None:
    store.save_person("eva", 1000)
    assert store.save_order(FULL, 2000) == FULL
    assert store.registry().orders == (ORDER, FULL)


def test_each_save_is_the_next_version_and_the_old_one_stays(store: Store, tmp_path: Path) -> None:
    wider = store.save_order(replace(ORDER, alert_m=800), 2000)
    assert wider.version == 2
    assert store.registry().orders == (wider,)
    kept = connect(tmp_path / "a.db").execute("SELECT version, alert_m FROM order_version")
    assert kept.fetchall() == [(1, 500), (2, 800)]


def test_a_zone_that_has_not_changed_is_not_written_again(store: Store, tmp_path: Path) -> None:
    store.save_person("eva", 1000)
    for zones in ((SCHOOL,), (SCHOOL, HOME), (replace(SCHOOL, margin_m=50), HOME)):
        assert store.save_order(replace(FULL, zones=zones), 2000).zones == zones
    rows = connect(tmp_path / "a.db").execute("SELECT zone FROM zone_version ORDER BY id")
    assert rows.fetchall() == [("school",), ("home",), ("school",)]


def test_many_are_entered_as_one_by_one(tmp_path: Path) -> None:
    persons = [f"p{n}" for n in range(1200)]  # more than one question asks for
    orders = [
        replace(FULL, id=f"M{n}", offender=persons[n], protected=("ana", persons[-1 - n]))
        for n in range(600)
    ]
    orders += [replace(orders[0], alert_m=700, zones=(replace(SCHOOL, margin_m=9), HOME))]
    together, apart = Store.open(tmp_path / "b.db"), Store.open(tmp_path / "c.db")
    together.enter(Registry(REGISTRY.units, REGISTRY.assignments, tuple(orders)), 2000)
    for person in ("ana", "juan", *persons):
        apart.save_person(person, 1000)
    for unit in REGISTRY.units:
        apart.save_unit(unit, 2000)
    for worn in REGISTRY.assignments:
        apart.assign(worn, 2000)
    for order in (*orders[:9], orders[-1]):
        apart.save_order(order, 2000)
    wanted = [order for order in together.registry().orders if int(order.id[1:]) < 9]
    assert list(apart.registry().orders) == wanted
    assert wanted[0].version == 2
    assert together.last_entry() == 1 + 4 + len(orders)
    rows = connect(tmp_path / "b.db").execute("SELECT zone FROM zone_version ORDER BY id")
    assert rows.fetchall() == [("school",), ("home",), ("school",)]
    together.enter(Registry((), (), (orders[-1],)), 3000)
    assert next(one for one in together.registry().orders if one.id == "M0").version == 3


def test_a_unit_enrolled_again_has_its_new_key(store: Store) -> None:
    again = replace(BRACELET, key=bytes(32), epoch=2, listen_s=None)
    store.save_unit(again, 2000)
    assert store.registry().units == (again, VICTIM_UNIT)


def test_an_assignment_can_be_ended(store: Store) -> None:
    store.assign(Assignment("B1", "juan", 0, until_ms=5000), 2000)
    store.assign(Assignment("B1", "ana", 5000), 2000)
    assert store.registry().assignments == (
        Assignment("B1", "juan", 0, 5000),
        Assignment("V1", "ana", 0),
        Assignment("B1", "ana", 5000),
    )


def test_the_unknown_is_refused_by_name(store: Store) -> None:
    with pytest.raises(UsageError, match="person 'pedro' is unknown"):
        store.save_order(replace(ORDER, offender="pedro"), 2000)
    with pytest.raises(UsageError, match="unit 'B9' is unknown"):
        store.assign(Assignment("B9", "juan", 0), 2000)
    assert store.registry() == REGISTRY


def test_changes_are_told_once_in_the_order_of_entry(store: Store, tmp_path: Path) -> None:
    seen = store.last_entry()
    assert store.changes(seen) == []
    elsewhere = Store.open(tmp_path / "a.db")  # as another process would
    unit = replace(BRACELET, id="B2")
    elsewhere.save_unit(unit, 2000)
    worn = Assignment("B2", "juan", 2000)
    elsewhere.assign(worn, 2000)
    policy = PolicyDocument("strict", default().document.text)
    elsewhere.save_policy(policy, 2000, "eva")
    wider = elsewhere.save_order(replace(ORDER, alert_m=800), 2000)
    changes = store.changes(seen)
    assert [item for _, item in changes] == [unit, worn, policy, wider]
    assert store.changes(changes[-1][0]) == []


def test_the_programs_policy_is_entered_when_it_is_new_and_no_person_has_entered_another(
    store: Store,
) -> None:
    before, newer = store.last_entry(), PolicyDocument("default", '{"newer": true}')
    for _ in range(2):
        store.offer_policy(default().document, 2000)
    store.offer_policy(newer, 2000)
    assert (store.last_entry(), store.registry().policies) == (before + 2, (newer,))
    mine = PolicyDocument("default", '{"mine": true}')
    store.save_policy(mine, 2000, "eva")
    store.offer_policy(newer, 2000)
    assert store.registry().policies == (mine,)
    assert store.policies() == [default().document, newer, mine]


STRICT = PolicyDocument("strict", default().document.text)
END = PolicyDocument("strict", "")


def test_an_order_names_a_policy_that_is_in_force(store: Store) -> None:
    under_it = replace(ORDER, policy="strict")
    with pytest.raises(UsageError, match=r"order O1: policy 'strict': those in force are default$"):
        store.save_order(under_it, 2000)
    store.enter(Registry(policies=(STRICT,), orders=(under_it,)), 2000)
    assert store.registry().policies == (STRICT,)
    assert store.registry().orders[0].policy == "strict"


def test_a_policy_is_retired_when_no_order_names_it_any_more(store: Store) -> None:
    store.enter(Registry(policies=(STRICT,), orders=(replace(ORDER, policy="strict"),)), 2000)
    with pytest.raises(UsageError, match=r"order O1: policy 'strict': those in force are default$"):
        store.save_policy(END, 3000, "eva")
    store.enter(Registry(policies=(END,), orders=(ORDER,)), 3000)
    assert store.registry().policies == ()
    assert store.policies() == [STRICT, END]
    store.save_policy(STRICT, 4000, "eva")  # and taken up again
    assert store.registry().policies == (STRICT,)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("default", "the policy default cannot be retired: enter another under its name"),
        ("strict", "policy 'strict' cannot be retired: those in force are default"),
    ],
)
def test_what_is_not_there_or_always_needed_is_not_retired(
    store: Store, name: str, complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        store.save_policy(PolicyDocument(name, ""), 2000, "eva")


def test_the_secret_is_drawn_once(store: Store, tmp_path: Path) -> None:
    assert len(store.secret()) == 32
    assert Store.open(tmp_path / "a.db").secret() == store.secret()
    assert Store.open(tmp_path / "b.db").secret() != store.secret()
