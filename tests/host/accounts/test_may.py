"""Who may do what: every role and right, and what an order's parties, court and station do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.accounts.may import Concern, Refusal, Who, may
from host.accounts.right import (
    OF_ACT,
    RIGHTS,
    Right,
    StaffRole,
    needs_second_factor,
    rights_of,
)
from host.escalation.act import Verb

ORDER = Concern("O1", frozenset({"pedro", "ana"}), "Juzgado 3", "Comisaría 14")
BEFORE_OPEN = {Right.SESSION, Right.OWN}
WHILE_LOCKED = {Right.SESSION, Right.WATCH}


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", StaffRole)
def test_a_role_has_what_the_table_says(role: StaffRole, right: Right) -> None:
    refused = may(Who("x", role), right)
    assert refused == (None if role in RIGHTS[right] else Refusal.NOT_OF_ROLE)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", StaffRole)
def test_before_a_session_is_open_and_while_it_is_locked(role: StaffRole, right: Right) -> None:
    begun = may(Who("x", role, open=False), right)
    assert begun == (None if right in BEFORE_OPEN else Refusal.NOT_OPEN)
    locked = may(Who("x", role, locked=True), right)
    if right not in WHILE_LOCKED:
        assert locked is Refusal.LOCKED
    else:
        assert locked == may(Who("x", role), right)


@pytest.mark.parametrize("person", ["pedro", "ana"])
@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", StaffRole)
def test_a_party_never_sees_its_own_order(role: StaffRole, right: Right, person: str) -> None:
    who = Who("x", role, frozenset({person}), "Juzgado 3", "Comisaría 14")
    assert may(who, right, ORDER) is not None
    other = replace(ORDER, order="O2", persons=frozenset({"juan", "eva"}))
    assert (may(who, right, other) is None) == (role in RIGHTS[right])


def test_a_court_and_a_station_see_what_is_theirs() -> None:
    judge = Who("x", StaffRole.JUDGE)
    assert may(judge, Right.VIEW_ORDERS, ORDER) is Refusal.OTHER_COURT
    assert may(replace(judge, court="Juzgado 3"), Right.VIEW_ORDERS, ORDER) is None
    assert may(replace(judge, court="Juzgado 4"), Right.VIEW_ORDERS, ORDER) is Refusal.OTHER_COURT
    officer = Who("x", StaffRole.OFFICER)
    assert may(officer, Right.VIEW_POSITIONS, ORDER) is Refusal.OTHER_STATION
    assert may(replace(officer, station="Comisaría 14"), Right.VIEW_POSITIONS, ORDER) is None
    operator = Who("x", StaffRole.OPERATOR)
    assert may(operator, Right.VIEW_POSITIONS, ORDER) is None
    limited = replace(operator, station="Comisaría 11")
    assert may(limited, Right.VIEW_POSITIONS, ORDER) is Refusal.OTHER_STATION
    nobodys = replace(ORDER, court="", station="")
    assert may(judge, Right.VIEW_ORDERS, nobodys) is Refusal.OTHER_COURT
    assert may(officer, Right.VIEW_POSITIONS, nobodys) is Refusal.OTHER_STATION


@given(
    st.sampled_from(StaffRole),
    st.sampled_from(Right),
    st.frozensets(st.sampled_from(["pedro", "ana", "eva"])),
    st.booleans(),
    st.booleans(),
)
def test_nothing_that_is_added_to_somebody_opens_anything(
    role: StaffRole, right: Right, persons: frozenset[str], is_open: bool, locked: bool
) -> None:
    plain = Who("x", role, court="Juzgado 3", station="Comisaría 14")
    barred = replace(plain, persons=persons, locked=locked)
    if may(barred, right, ORDER) is None:
        assert may(plain, right, ORDER) is None
    assert is_open or right in BEFORE_OPEN or may(replace(barred, open=False), right, ORDER)


def test_who_administers_sees_no_position_and_who_repairs_no_name() -> None:
    assert Right.VIEW_POSITIONS not in rights_of(StaffRole.ADMINISTRATOR)
    assert Right.VIEW_ORDERS not in rights_of(StaffRole.ADMINISTRATOR)
    assert Right.VIEW_ORDERS not in rights_of(StaffRole.ENGINEER)
    assert set(rights_of(StaffRole.AUDITOR)) == {Right.SESSION, Right.OWN, Right.VIEW_ACCESS}
    assert rights_of(None) == []


def test_every_act_takes_a_right_of_its_own() -> None:
    assert set(OF_ACT) == set(Verb)
    assert len(set(OF_ACT.values())) == len(Verb)


def test_whoever_sees_a_position_or_acts_needs_a_second_factor() -> None:
    for role in StaffRole:
        acts = any(role in RIGHTS[right] for right in OF_ACT.values())
        if acts or role in RIGHTS[Right.VIEW_POSITIONS] | RIGHTS[Right.CHANGE_ACCOUNTS]:
            assert needs_second_factor(role)
