"""What administrators do about accounts and tokens."""

from dataclasses import replace

import pytest

from host.accounts.account import Account
from host.accounts.denied import Forbidden, NotLoggedIn, Wrong
from host.accounts.right import StaffRole
from host.accounts.staff import Outdated
from host.accounts.token import DAY_MS
from host.base.errors import UsageError
from tests.host.accounts.people import HERE, House


def test_a_change_ends_the_sessions_that_it_is_about(house: House) -> None:
    begun = house.enrol("eva", StaffRole.OPERATOR)
    house.add("ana", StaffRole.ADMINISTRATOR)
    staff = house.accounts.staff
    renamed = staff.change(replace(staff.account("eva"), name="Eva Choc"), "ana", HERE)
    assert renamed.version == 2
    assert house.accounts.sessions.seen(begun.key)
    staff.change(replace(renamed, station="Comisaría 14"), "ana", HERE)
    with pytest.raises(NotLoggedIn):
        house.accounts.sessions.seen(begun.key)


def test_two_who_change_the_same_account_are_told(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    house.add("eva")
    staff = house.accounts.staff
    seen = staff.account("eva")
    staff.change(replace(seen, name="Eva Choc"), "ana", HERE)
    with pytest.raises(Outdated, match="version 2"):
        staff.change(replace(seen, name="Eva Tzul"), "ana", HERE)
    assert staff.account("eva").name == "Eva Choc"


def test_nobody_changes_what_the_own_account_may_do(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    staff = house.accounts.staff
    with pytest.raises(Forbidden, match="own account"):
        staff.change(replace(staff.account("ana"), roles=tuple(StaffRole)), "ana", HERE)
    with pytest.raises(Forbidden, match="own account"):
        staff.reset("ana", "ana", HERE)


def test_the_last_administrator_stays(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    house.add("eva", StaffRole.ADMINISTRATOR)
    staff = house.accounts.staff
    staff.change(replace(staff.account("eva"), ended=True), "ana", HERE)
    with pytest.raises(Forbidden, match="last administrator"):
        staff.change(replace(staff.account("ana"), ended=True), "", HERE)
    assert not staff.account("ana").ended


def test_who_has_ended_comes_in_no_more(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    begun = house.enrol("eva", StaffRole.OPERATOR)
    staff = house.accounts.staff
    staff.change(replace(staff.account("eva"), ended=True), "ana", HERE)
    with pytest.raises(NotLoggedIn):
        house.accounts.sessions.seen(begun.key)
    with pytest.raises(Wrong):
        house.log_in("eva")
    with pytest.raises(UsageError, match="has ended"):
        staff.reset("eva", "ana", HERE)


def test_a_reset_takes_everything_that_opened_the_account(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    begun = house.enrol("eva", StaffRole.OPERATOR)
    code = house.accounts.staff.reset("eva", "ana", HERE)
    with pytest.raises(NotLoggedIn):
        house.accounts.sessions.seen(begun.key)
    with pytest.raises(Wrong):
        house.log_in("eva")
    assert house.log_in("eva", code).seen.lacks == "new_password"


@pytest.mark.parametrize(
    ("account", "complaint"),
    [
        (Account("Ana", "Ana", (StaffRole.OPERATOR,)), "of a-z"),
        (Account("a", "Ana", (StaffRole.OPERATOR,)), "2 to 32"),
        (Account("ana", "", (StaffRole.OPERATOR,)), "cannot be empty"),
        (Account("ana", "A\u200bna", (StaffRole.OPERATOR,)), "leave it out"),
        (Account("ana", "Ana", ()), "a role is wanted"),
    ],
)
def test_what_is_no_account_is_refused(house: House, account: Account, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        house.accounts.staff.add(account, "", HERE)
    assert house.accounts.staff.accounts() == []


def test_a_name_is_given_once(house: House) -> None:
    house.add("ana")
    with pytest.raises(UsageError, match="there already"):
        house.add("ana")


def test_a_token_opens_what_it_is_for_until_it_ends(house: House) -> None:
    staff = house.accounts.staff
    key = staff.make_token("tablero", StaffRole.ENGINEER, 2, "ana", HERE, station="C14")
    token = staff.bearer(key)
    assert (token.id, token.role, token.station) == ("tablero", "engineer", "C14")
    with pytest.raises(UsageError, match="end it before"):
        staff.make_token("tablero", StaffRole.ENGINEER, 2, "ana", HERE)
    house.now_ms += 2 * DAY_MS
    with pytest.raises(NotLoggedIn, match="is over"):
        staff.bearer(key)
    other = staff.make_token("tablero", StaffRole.ENGINEER, 2, "ana", HERE)
    staff.end_token("tablero", "ana", HERE)
    with pytest.raises(NotLoggedIn, match="is over"):
        staff.bearer(other)
    with pytest.raises(UsageError, match="none that lasts"):
        staff.end_token("tablero", "ana", HERE)
    for nonsense in ("", "x", f"{key}x"):
        with pytest.raises(NotLoggedIn, match="no such token"):
            staff.bearer(nonsense)
    with pytest.raises(UsageError, match="days 0"):
        staff.make_token("otro", StaffRole.ENGINEER, 0, "ana", HERE)


def test_nobody_says_by_a_machine_who_is_who(house: House) -> None:
    with pytest.raises(UsageError, match="not for machines"):
        house.accounts.staff.make_token("tablero", StaffRole.ADMINISTRATOR, 1, "ana", HERE)


def test_tokens_end_with_the_administrator_who_made_them(house: House) -> None:
    house.add("ana", StaffRole.ADMINISTRATOR)
    house.add("eva", StaffRole.ADMINISTRATOR)
    staff = house.accounts.staff
    hers = staff.make_token("tablero", StaffRole.ENGINEER, 9, "eva", HERE)
    other = staff.make_token("pantalla", StaffRole.ENGINEER, 9, "ana", HERE)
    staff.change(replace(staff.account("eva"), roles=(StaffRole.OPERATOR,)), "ana", HERE)
    with pytest.raises(NotLoggedIn, match="is over"):
        staff.bearer(hers)
    assert staff.bearer(other)
