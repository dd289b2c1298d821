"""What is told of views, acts and refusals."""

from host.accounts.may import Who
from host.accounts.right import Right, StaffRole
from host.accounts.witness import SAME_MS
from tests.host.accounts.people import ELSEWHERE, HERE, House

ANA = Who("ana", StaffRole.OPERATOR)


def test_the_same_view_within_a_minute_is_one_entry(house: House) -> None:
    witness = house.accounts.witness
    for _ in range(5):
        witness.viewed(ANA, "console", HERE)
    assert house.told() == ["viewed"]
    witness.viewed(ANA, "accounts", HERE)
    witness.viewed(ANA, "console", ELSEWHERE)
    witness.viewed(Who("eva", StaffRole.OPERATOR), "console", HERE)
    witness.viewed(ANA, "console", HERE, order="O1", purpose="juicio 7")
    assert len(house.told()) == 5
    house.now_ms += SAME_MS
    witness.viewed(ANA, "console", HERE)
    assert len(house.told()) == 6


def test_each_act_is_an_entry_and_a_refusal_says_why(house: House) -> None:
    witness = house.accounts.witness
    for _ in range(2):
        witness.acted(ANA, "acknowledge I-1", HERE, order="O1")
    witness.refused(ANA, Right.CHANGE_ACCOUNTS, "", "not_of_role", HERE)
    assert house.told() == ["acted", "acted", "refused"]
    first, _, last = witness.told(0, 10)
    assert first.order == "O1"
    assert last.data is not None
    for word in (b'"account":"ana"', b'"right":"accounts.change"', b'"why":"not_of_role"'):
        assert word in last.data


def test_what_was_told_is_read_page_by_page(house: House) -> None:
    for n in range(5):
        house.accounts.witness.acted(ANA, f"act {n}", HERE)
    first = house.accounts.witness.told(0, 2)
    second = house.accounts.witness.told(first[-1].number, 2)
    assert [one.number for one in (*first, *second)] == [1, 2, 3, 4]
    assert house.accounts.witness.told(5, 2) == []
