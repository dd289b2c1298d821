"""What opens a run in the audit and closes each step: rows by their digest, states by their sum."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from host.core.audit import BATCH, Chain
from host.core.batch import StateSum, check_of, close, taken, taken_states
from host.core.outcome import Outcome
from host.ingest.row import log_row

names = st.text(st.characters(codec="utf-8"), max_size=4)
states = st.dictionaries(names, st.binary(max_size=6), max_size=4)
Step = tuple[dict[str, bytes], dict[str, bytes], dict[str, bytes]]
EMPTY: dict[str, bytes] = {}


@given(st.lists(st.tuples(states, states, states), max_size=5))
def test_the_sum_is_of_the_newest_states_whatever_came_before(
    steps: list[tuple[dict[str, bytes], ...]],
) -> None:
    kept = StateSum()
    newest: Step = ({}, {}, {})
    for step in steps:
        told = Outcome(units=dict(step[0]), orders=dict(step[1]), escalations=dict(step[2]))
        changed = kept.keep_changes(told)
        parts = (told.units, told.orders, told.escalations)
        for known, given_, left in zip(newest, step, parts, strict=True):
            differing = {name: one for name, one in given_.items() if one != known.get(name, b"")}
            assert left == differing
            known.update(given_)
        assert changed == any(parts)
        assert kept.hex == StateSum.of(*newest).hex


def test_no_two_kinds_of_state_count_alike() -> None:
    state = {"O1": b"[]"}
    sums = {
        StateSum.of(*(state if place == kind else EMPTY for place in range(3))).hex
        for kind in range(3)
    }
    assert len(sums) == 3
    assert StateSum.of(EMPTY, EMPTY, {"O1": b""}).hex == StateSum().hex == "0" * 64


def test_a_step_that_does_nothing_leaves_nothing() -> None:
    chain, kept = Chain(bytes(32)), StateSum.of({"V1": b"a"}, EMPTY, EMPTY)
    told = Outcome(units={"V1": b"a"}, shown_units=["V1"])
    close(told, chain, kept, 1)
    assert (told.audit, told.units, told.shown_units) == ([], {}, ["V1"])


def test_a_step_without_rows_is_closed_all_the_same_if_it_decided_something() -> None:
    chain = Chain(bytes(32))
    decided = Outcome(audit=[chain.append("level", "O1", {}, 1)])
    close(decided, chain, StateSum(), 1)
    assert [entry.kind for entry in decided.audit] == ["level", BATCH]
    moved, kept = Outcome(units={"V1": b"a"}), StateSum()
    close(moved, chain, kept, 2)
    (entry,) = moved.audit
    data = orjson.loads(entry.data or b"")
    assert (data["count"], data["checks"], data["states"]) == (0, "", kept.hex)


def test_what_an_earlier_version_did_is_closed_as_it_did() -> None:
    chain = Chain(bytes(32), binds_states=False)
    row = log_row(1, "B1", "record", b"sealed")
    silent = Outcome(units={"V1": b"a"}, audit=[chain.append("level", "O1", {}, 1)])
    close(silent, chain, StateSum(), 1)
    assert [entry.kind for entry in silent.audit] == ["level"]
    logged = Outcome(records=[row])
    close(logged, chain, StateSum(), 1)
    assert sorted(orjson.loads(logged.audit[0].data)) == ["count", "digest"]


def test_a_row_can_be_told_by_its_check() -> None:
    row = log_row(1, "B1", "record", b"sealed")
    others = (row._replace(sealed=b"sealee"), row._replace(unit="B2"), row._replace(verdict="x"))
    assert len(check_of(row)) == 8
    assert check_of(row) not in {check_of(other) for other in others}


@given(states, states, states)
def test_states_that_are_taken_over_come_back(
    units: dict[str, bytes], orders: dict[str, bytes], escalations: dict[str, bytes]
) -> None:
    told = orjson.loads(orjson.dumps(taken(units, orders, escalations)))
    assert taken_states(told) == {"units": units, "orders": orders, "escalations": escalations}
