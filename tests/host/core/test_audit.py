"""The audit chain: what is changed, left out, added or moved shows; what is deleted may be."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.core.audit import BATCH, GENESIS, Chain, Entry
from tests.host.first_broken import first_broken

HOST = b"h" * 32


def a_chain() -> list[Entry]:
    chain = Chain(HOST)
    return [
        chain.append("incident.raised", "O1", {"level": 2, "cause": "víctima"}, 1_000),
        chain.append(BATCH, "", {"count": 1000, "digest": "00"}, 1_001),
        chain.append("incident.acknowledged", "O1", {"operator": "olga"}, 2_000),
        chain.append("host.started", "", {}, 3_000),
        chain.append("incident.raised", "O2", {"level": 3}, 4_000),
    ]


def test_a_chain_verifies_and_numbers_from_one() -> None:
    entries = a_chain()
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == GENESIS
    assert first_broken(entries) is None
    assert first_broken([]) is None


def test_the_formulas_are_those_of_the_docstring() -> None:
    entry = a_chain()[0]
    assert entry.data == '{"cause":"víctima","level":2}'.encode()
    assert entry.salt is not None
    assert entry.commitment == hashlib.sha256(entry.salt + entry.data).digest()
    head = b"\0\0\0\0\0\0\0\1" + (1_000).to_bytes(8, "big") + b"\0\x0f\0\2"
    text = head + b"incident.raisedO1"
    assert entry.hash == hashlib.sha256(bytes(32) + text + entry.commitment).digest()


def test_the_same_inputs_make_the_same_chain_and_salts_never_repeat() -> None:
    assert a_chain() == a_chain()
    salts = [entry.salt for entry in a_chain() if entry.kind != BATCH]
    assert len(set(salts)) == len(salts)


def test_a_commitment_cannot_be_guessed_without_the_secret() -> None:
    others = Chain(b"x" * 32).append("incident.raised", "O1", {"level": 2, "cause": "víctima"}, 1)
    assert others.data == a_chain()[0].data
    assert others.commitment != a_chain()[0].commitment


def test_deleting_the_data_and_salts_of_a_case_leaves_the_chain_verifiable() -> None:
    deleted = [
        entry._replace(data=None, salt=None) if entry.order == "O1" else entry
        for entry in a_chain()
    ]
    assert first_broken(deleted) is None


def test_a_chain_goes_on_after_a_restart_and_verifies_from_any_entry() -> None:
    entries = a_chain()
    chain = Chain(HOST, entries[-1].number, entries[-1].hash)
    entries.append(chain.append("host.started", "", {}, 5_000))
    assert first_broken(entries) is None
    assert first_broken(entries[3:], entries[2].number, entries[2].hash) is None


CHANGES: dict[str, Callable[[Entry], Entry]] = {
    "number": lambda e: e._replace(number=e.number + 1),
    "time": lambda e: e._replace(at_ms=e.at_ms + 1),
    "kind": lambda e: e._replace(kind=e.kind + "x"),
    "order": lambda e: e._replace(order=e.order + "x"),
    "kind into order": lambda e: e._replace(kind=e.kind[:-1], order=e.kind[-1] + e.order),
    "data": lambda e: e._replace(data=(e.data or b"") + b" "),
    "data only deleted": lambda e: e._replace(data=None),
    "salt only deleted": lambda e: e._replace(salt=None),
    "salt": lambda e: e._replace(salt=bytes(32)),
    "commitment": lambda e: e._replace(commitment=bytes(32)),
    "previous": lambda e: e._replace(previous=bytes(32)[1:] + b"x"),
    "hash": lambda e: e._replace(hash=bytes(32)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("index", range(5))
def test_whatever_is_changed_shows_where(index: int, change: Callable[[Entry], Entry]) -> None:
    entries = a_chain()
    entries[index] = change(entries[index])
    assert first_broken(entries) == index + 1


def test_what_is_left_out_added_or_turned_round_shows_where() -> None:
    entries = a_chain()
    assert first_broken(entries[1:]) == 1
    assert first_broken([*entries[:2], *entries[3:]]) == 3
    assert first_broken([*entries[:2], *entries[1:]]) == 3
    assert first_broken([entries[0], entries[2], entries[1], *entries[3:]]) == 2


def test_a_forger_who_links_anew_changes_every_later_hash() -> None:
    entries = a_chain()
    chain = Chain(HOST)
    chain.append("incident.raised", "O1", {"level": 1, "cause": "víctima"}, 1_000)
    assert chain.hash != entries[0].hash
    assert first_broken(entries[1:], 1, chain.hash) == 2


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.dictionaries(TEXTS, st.integers()), st.integers(0, 9))))
def test_any_content_verifies(contents: list[tuple[str, str, dict[str, int], int]]) -> None:
    chain = Chain(HOST)
    entries = [chain.append(kind, order, data, at_ms) for kind, order, data, at_ms in contents]
    assert first_broken(entries) is None


def test_what_json_cannot_say_exactly_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Chain(HOST).append("x", "", {"d": float("nan")}, 1)
