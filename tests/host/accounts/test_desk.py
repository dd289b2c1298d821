"""Logging in: what is asked for, in which order, and what comes of mistakes."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from host.accounts import secret
from host.accounts.denied import Forbidden, NotLoggedIn, Wrong
from host.accounts.desk import KEPT_MS
from host.accounts.guesses import Guesses
from host.accounts.lock_out import FREE, LONGEST_MS
from host.accounts.right import StaffRole
from host.accounts.second_factor import Kind
from host.accounts.session import IDLE_MS, UNFINISHED_MS, Lacks
from host.accounts.session import LONGEST_MS as SESSION_MS
from host.accounts.staff import INVITED_MS
from host.base.errors import UsageError
from tests.host.accounts.people import ELSEWHERE, HERE, PASSWORD, House


def test_an_invitation_a_password_and_a_telephone_open_a_session(house: House) -> None:
    code = house.add("ana", StaffRole.OPERATOR, StaffRole.SUPERVISOR)
    begun = house.log_in("ana", code.upper().replace("-", " "))
    assert begun.seen.lacks is Lacks.NEW_PASSWORD
    own = house.accounts.own
    assert own.set_password(begun.key, PASSWORD, HERE).lacks is Lacks.ENROLMENT
    key, uri, picture = own.begin_totp(begun.key)
    assert key in uri
    assert picture.startswith("data:image/svg+xml")
    house.totp["ana"] = key
    assert own.confirm_totp(begun.key, house.code(), HERE).lacks is Lacks.ROLE
    seen = house.accounts.sessions.choose_role(begun.key, StaffRole.SUPERVISOR, HERE)
    assert (seen.lacks, seen.who.role) == (None, StaffRole.SUPERVISOR)
    assert house.told() == [
        *("account_added", "login", "password_set", "factor_added", "role_taken"),
    ]


def test_a_password_alone_is_enough_where_nothing_is_seen(house: House) -> None:
    begun = house.enrol("luis", StaffRole.INVESTIGATOR)
    assert begun.seen.lacks is None


def test_an_invitation_is_good_once_and_for_three_days(house: House) -> None:
    code = house.add()
    begun = house.log_in("ana", code)
    house.accounts.own.set_password(begun.key, PASSWORD, HERE)
    with pytest.raises(Wrong):
        house.log_in("ana", code)
    late = house.add("eva")
    house.now_ms += INVITED_MS
    with pytest.raises(Wrong):
        house.log_in("eva", late)


@pytest.mark.parametrize("account", ["ana", "nobody"])
def test_mistakes_are_told_and_cost_ever_more_time(house: House, account: str) -> None:
    house.enrol()
    for _ in range(FREE + 1):
        with pytest.raises(Wrong) as wrong:
            house.log_in(account, "not it", ELSEWHERE)
        assert (wrong.value.reason, wrong.value.wait_ms) == ("wrong_password", 0)
    with pytest.raises(Wrong) as wrong:
        house.log_in(account, PASSWORD, ELSEWHERE)
    assert (wrong.value.reason, wrong.value.wait_ms) == ("wait", 2000)
    # Of names that are nobody's there is one entry a minute, and no name in it.
    assert house.told().count("login_refused") == (FREE + 1 if account == "ana" else 1)
    told = [one.data or b"" for one in house.accounts.witness.told(0, 100)]
    assert not any(b"nobody" in one for one in told)


def test_who_guesses_shuts_out_strangers_and_never_the_own_browser(house: House) -> None:
    begun = house.enrol()
    for _ in range(40):
        with pytest.raises(Wrong):
            house.log_in("ana", "not it", ELSEWHERE)
        house.now_ms += 60_000
    own = HERE._replace(browser=begun.browser)
    assert house.log_in("ana", caller=own).seen.lacks is Lacks.SECOND_FACTOR
    house.now_ms += LONGEST_MS
    assert house.log_in("ana", caller=ELSEWHERE)


def test_the_mark_of_a_browser_that_only_knew_the_password_is_worth_nothing(house: House) -> None:
    house.enrol()
    begun = house.log_in("ana", caller=ELSEWHERE)  # a stolen password; no second factor
    marked = ELSEWHERE._replace(browser=begun.browser)
    for _ in range(FREE + 1):
        with pytest.raises(Wrong, match="try again"):
            house.accounts.desk.show_totp(begun.key, "000000", marked)
    with pytest.raises(Wrong, match="wait"):
        house.accounts.desk.show_totp(begun.key, house.code(), marked)
    with pytest.raises(Wrong, match="wait"):
        house.log_in("ana", caller=ELSEWHERE)


def test_a_code_by_time_is_good_once(house: House) -> None:
    house.enrol()
    begun = house.log_in()
    code = house.code()
    assert house.accounts.desk.show_totp(begun.key, code, HERE).lacks is None
    again = house.log_in()
    with pytest.raises(Wrong):
        house.accounts.desk.show_totp(again.key, code, HERE)
    house.now_ms += 30_000
    assert house.accounts.desk.show_totp(again.key, house.code(), HERE).lacks is None


def test_a_recovery_code_is_good_once(house: House) -> None:
    begun = house.enrol()
    codes = house.accounts.own.new_recovery_codes(begun.key, HERE)
    assert len(set(codes)) == 10
    first = house.log_in()
    assert house.accounts.desk.show_recovery(first.key, codes[3].upper(), HERE).lacks is None
    second = house.log_in()
    with pytest.raises(Wrong):
        house.accounts.desk.show_recovery(second.key, codes[3], HERE)


def test_a_second_factor_comes_after_the_password_and_once(house: House) -> None:
    begun = house.enrol()
    with pytest.raises(Wrong, match="password comes first"):
        house.accounts.desk.show_totp(begun.key, house.code(), HERE)
    invited = house.log_in("eva", house.add("eva"))
    with pytest.raises(Wrong):
        house.accounts.desk.show_totp(invited.key, "000000", HERE)


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 43])
def test_a_key_of_no_session_is_nobody(house: House, key: str) -> None:
    house.enrol()
    with pytest.raises(NotLoggedIn, match="log in first"):
        house.accounts.sessions.seen(key)


def test_a_session_ends_when_its_time_is_up(house: House) -> None:
    begun = house.enrol()
    house.now_ms = begun.seen.session.began_ms + SESSION_MS - 1
    assert house.accounts.sessions.seen(begun.key)
    house.now_ms += 1
    with pytest.raises(NotLoggedIn, match="is over"):
        house.accounts.sessions.seen(begun.key)
    half = house.log_in()
    house.now_ms += UNFINISHED_MS
    with pytest.raises(NotLoggedIn, match="is over"):
        house.accounts.sessions.seen(half.key)


def test_who_may_export_is_logged_out_when_nobody_sits_there(house: House) -> None:
    begun = house.enrol("ana", StaffRole.SUPERVISOR)
    house.accounts.sessions.seen(begun.key)
    for _ in range(3):
        house.now_ms += IDLE_MS - 1
        house.accounts.sessions.seen(begun.key)
    house.now_ms += IDLE_MS - 1
    house.accounts.sessions.seen(begun.key, acts=False)  # a page that only watches
    house.now_ms += 1
    with pytest.raises(NotLoggedIn, match="is over"):
        house.accounts.sessions.seen(begun.key)


def test_a_session_that_is_locked_opens_by_the_password_alone(house: House) -> None:
    begun = house.enrol()
    assert house.accounts.sessions.lock(begun.key, HERE).who.locked
    with pytest.raises(Wrong):
        house.accounts.desk.unlock(begun.key, "not it", HERE)
    assert house.accounts.sessions.seen(begun.key).who.locked
    assert not house.accounts.desk.unlock(begun.key, PASSWORD, HERE).who.locked
    assert [kind for kind in house.told() if "lock" in kind] == [
        *("locked", "unlock_refused", "unlocked"),
    ]


def test_whoever_is_wrong_at_a_lock_shuts_out_no_other_session(house: House) -> None:
    begun = house.enrol()
    house.accounts.sessions.lock(begun.key, HERE)
    for _ in range(FREE + 1):
        with pytest.raises(Wrong):
            house.accounts.desk.unlock(begun.key, "not it", HERE)
    with pytest.raises(Wrong, match="wait"):
        house.accounts.desk.unlock(begun.key, PASSWORD, HERE)
    assert house.come_in()[1].lacks is None


def test_a_role_that_is_not_the_accounts_own_is_refused(house: House) -> None:
    begun = house.enrol("ana", StaffRole.OPERATOR, StaffRole.HOTLINE)
    with pytest.raises(Forbidden) as refused:
        house.accounts.sessions.choose_role(begun.key, StaffRole.ADMINISTRATOR, HERE)
    assert refused.value.reason == "not_your_role"


def test_a_password_is_hashed_anew_when_its_parameters_have_grown(house: House) -> None:
    house.enrol()
    weak = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.store.accounts.writing(house.now_ms) as book:
        (kept,) = [one for one in book.credentials("ana") if one.kind is Kind.PASSWORD]
        book.put_credential(replace(kept, body={"hash": weak}))
    house.log_in()
    with house.store.accounts.reading() as book:
        (kept,) = [one for one in book.credentials("ana") if one.kind is Kind.PASSWORD]
    assert kept.body["hash"] != weak
    assert not secret.is_outdated(kept.body["hash"])


def test_no_secret_is_kept_or_told_in_the_clear(house: House) -> None:
    begun = house.enrol("ana", StaffRole.ADMINISTRATOR)
    codes = house.accounts.own.new_recovery_codes(begun.key, HERE)
    invitation = house.add("eva")
    token = house.accounts.staff.make_token("tablero", StaffRole.ENGINEER, 1, "ana", HERE)
    with pytest.raises(Wrong):
        house.log_in("ana", "a password for another house")
    house.store.close()
    with closing(sqlite3.connect(house.path)) as connection:
        dump = "\n".join(connection.iterdump())
        dump += "".join(str(row) for row in connection.execute("SELECT data FROM access_data"))
    for shown in (PASSWORD, begun.key, begun.browser, *codes, invitation, token, "another house"):
        assert shown not in dump
        assert shown.replace("-", "") not in dump


@pytest.mark.parametrize(
    "password", ["short", "x" * 12, "x" * 300, "maria ana 1234", "abababababab"]
)
def test_a_password_that_is_guessed_is_refused(house: House, password: str) -> None:
    begun = house.log_in("ana", house.add())
    with pytest.raises(UsageError, match="password") as refused:
        house.accounts.own.set_password(begun.key, password, HERE)
    assert password not in str(refused.value)


def test_of_names_that_are_nobodys_only_so_many_are_remembered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.accounts.guesses._MANY", 3)
    guesses = Guesses(house.store.accounts, lambda: house.now_ms)
    for name in "abcdef":
        guesses.wrong(name, "login_refused", {}, kept=False)
    assert list(guesses._nobodys) == ["d", "e", "f"]


def test_what_was_taken_away_while_it_was_looked_at_opens_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enrol()
    house.add("eva", StaffRole.ADMINISTRATOR)
    is_password = secret.is_password

    def slow(hashed: str | None, written: str) -> bool:
        house.accounts.staff.reset("ana", "eva", HERE)  # meanwhile
        return is_password(hashed, written)

    monkeypatch.setattr(secret, "is_password", slow)
    with pytest.raises(Wrong, match="changed just now"):
        house.log_in()
    with house.store.accounts.reading() as book:
        assert not [one for one in book.sessions("ana") if one.ended_ms is None]


def test_an_invitation_is_let_in_whoever_guesses(house: House) -> None:
    code = house.add()
    for _ in range(FREE + 1):
        with pytest.raises(Wrong):
            house.log_in("ana", "not it", ELSEWHERE)
    with pytest.raises(Wrong, match="wait"):
        house.log_in("ana", "not it", ELSEWHERE)
    assert house.log_in("ana", code, ELSEWHERE).seen.lacks is Lacks.NEW_PASSWORD


def test_so_many_strangers_wait_and_the_others_are_sent_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("host.accounts.guesses.STRANGERS_MAX", 1)
    guesses = Guesses(house.store.accounts, lambda: house.now_ms)
    with (
        guesses.turn("ana", ELSEWHERE),
        pytest.raises(Wrong, match="many are logging in"),
        guesses.turn("eva", ELSEWHERE),
    ):
        pass
    with guesses.turn("eva", ELSEWHERE):
        pass


def test_sessions_of_long_ago_are_forgotten(house: House) -> None:
    house.enrol()
    house.now_ms += KEPT_MS + SESSION_MS
    house.log_in()
    with house.store.accounts.reading() as book:
        assert len(book.sessions("ana")) == 1


def test_a_locked_page_takes_no_other_role(house: House) -> None:
    begun = house.enrol("ana", StaffRole.OPERATOR, StaffRole.AUDITOR)
    sessions = house.accounts.sessions
    sessions.choose_role(begun.key, StaffRole.OPERATOR, HERE)
    for _ in range(3):
        sessions.lock(begun.key, HERE)
    assert house.told().count("locked") == 1
    with pytest.raises(Forbidden, match="unlock first"):
        sessions.choose_role(begun.key, StaffRole.AUDITOR, HERE)
