"""What people do to their own account."""

import pytest

from host.accounts.denied import Forbidden, NotLoggedIn, Unknown, Wrong
from host.accounts.own import FACTORS_MAX
from host.accounts.right import StaffRole
from host.accounts.second_factor import Site
from host.base.errors import UsageError
from tests.host.accounts.people import HERE, PASSWORD, House

SITE = Site("localhost", "http://localhost")


def test_a_new_password_ends_the_other_sessions(house: House) -> None:
    begun = house.enrol()
    other, _ = house.come_in()
    house.accounts.own.set_password(begun.key, "otras palabras, y también largas", HERE)
    assert house.accounts.sessions.seen(begun.key)
    with pytest.raises(NotLoggedIn, match="has been ended"):
        house.accounts.sessions.seen(other.key)
    with pytest.raises(Wrong):
        house.log_in()


def test_before_the_second_factor_nothing_can_be_changed(house: House) -> None:
    house.enrol()
    half = house.log_in()
    own = house.accounts.own
    for change in (
        lambda: own.set_password(half.key, "otras palabras, y también largas", HERE),
        lambda: own.begin_totp(half.key),
        lambda: own.confirm_totp(half.key, "000000", HERE),
        lambda: own.begin_passkey(half.key, SITE),
        lambda: own.confirm_passkey(half.key, SITE, {}, HERE),
        lambda: own.drop_factor(half.key, "x", HERE),
        lambda: own.new_recovery_codes(half.key, HERE),
        lambda: own.factors(half.key),
        lambda: own.sessions(half.key),
        lambda: own.end_session(half.key, "0" * 12, HERE),
    ):
        with pytest.raises(Forbidden, match="second_factor"):
            change()


def test_the_last_factor_that_is_needed_stays(house: House) -> None:
    begun = house.enrol()
    own = house.accounts.own
    (factor,) = own.factors(begun.key)
    with pytest.raises(Forbidden, match="last one"):
        own.drop_factor(begun.key, factor.id, HERE)
    with pytest.raises(Unknown, match="no factor"):
        own.drop_factor(begun.key, "another", HERE)


def test_a_new_telephone_takes_the_place_of_the_old_one(house: House) -> None:
    begun = house.enrol()
    own = house.accounts.own
    before = house.totp["ana"]
    house.totp["ana"] = own.begin_totp(begun.key)[0]
    with pytest.raises(Wrong):
        own.confirm_totp(begun.key, "not six", HERE)
    own.confirm_totp(begun.key, house.code(), HERE)
    assert len(own.factors(begun.key)) == 1
    house.now_ms += 60_000
    house.totp["ana"], after = before, house.totp["ana"]
    with pytest.raises(Wrong):
        house.come_in()
    house.totp["ana"] = after
    assert house.come_in()


def test_what_was_not_begun_cannot_be_confirmed(house: House) -> None:
    begun = house.enrol()
    own = house.accounts.own
    with pytest.raises(Wrong, match="begin anew"):
        own.confirm_totp(begun.key, house.code(), HERE)
    with pytest.raises(Wrong, match="begin anew"):
        own.confirm_passkey(begun.key, SITE, {}, HERE)


@pytest.mark.parametrize("credential", [{}, {"id": 7}, {"id": "x", "response": None}, [], "text"])
def test_nonsense_for_a_passkey_is_wrong_and_no_more(house: House, credential: object) -> None:
    begun = house.enrol()
    own, desk = house.accounts.own, house.accounts.desk
    own.begin_passkey(begun.key, SITE)
    with pytest.raises(Wrong):
        own.confirm_passkey(begun.key, SITE, credential, HERE)
    half = house.log_in()
    with pytest.raises(Wrong, match="no passkey"):
        desk.passkey_options(half.key, SITE)
    with pytest.raises(Wrong):
        desk.show_passkey(half.key, SITE, credential, HERE)


def test_what_was_begun_for_one_factor_is_good_for_no_other(house: House) -> None:
    begun = house.enrol()
    own = house.accounts.own
    own.begin_passkey(begun.key, SITE)
    with pytest.raises(Wrong, match="begin anew"):
        own.confirm_totp(begun.key, "000000", HERE)


def test_an_account_has_only_so_many_factors(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("host.accounts.own.FACTORS_MAX", 1)
    begun = house.enrol()
    with pytest.raises(UsageError, match="at most"):
        house.accounts.own.begin_passkey(begun.key, SITE)
    assert FACTORS_MAX > 1


def test_one_ends_a_session_that_was_left_open_elsewhere(house: House) -> None:
    begun = house.enrol()
    other, _ = house.come_in()
    own = house.accounts.own
    assert len(own.sessions(begun.key)) == 2
    own.end_session(begun.key, other.seen.session.digest[:12], HERE)
    assert len(own.sessions(begun.key)) == 1
    with pytest.raises(NotLoggedIn):
        house.accounts.sessions.seen(other.key)
    with pytest.raises(Unknown, match="no session"):
        own.end_session(begun.key, "f" * 12, HERE)


def test_nobody_ends_somebody_elses_session(house: House) -> None:
    begun = house.enrol()
    others = house.enrol("eva", StaffRole.OPERATOR)
    with pytest.raises(Unknown, match="no session"):
        house.accounts.own.end_session(begun.key, others.seen.session.digest[:12], HERE)
    assert house.accounts.sessions.seen(others.key)


def test_who_logs_out_is_out(house: House) -> None:
    begun = house.enrol()
    house.accounts.sessions.log_out(begun.key, HERE)
    with pytest.raises(NotLoggedIn, match="has been ended"):
        house.accounts.sessions.seen(begun.key)
    assert house.log_in(password=PASSWORD)
