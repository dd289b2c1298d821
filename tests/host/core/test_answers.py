"""Answers: custody and a lease for both; for her until when, for him nothing that tells of her."""

from dataclasses import replace
from math import cos, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.core.outcome import Answer, Outcome, Placed
from host.proximity.fix import make_fix
from host.proximity.lease import CELL_E7
from host.registry.types import Assignment, Order, Registry, Role, Unit
from protocol import command, record
from protocol.contact import MARGIN_S, missed_ms
from tests.host.driven_centre import REGISTRY, DrivenCentre, at_ms, unit, with_order
from tests.host.proximity.pair import PLACE

STEPS_S = (600, 120, 30)


def answer(outcome: Outcome) -> Answer:
    (only,) = outcome.answers
    return only


# Leases and silence


def test_a_unit_is_overdue_a_margin_after_its_lease() -> None:
    driven = DrivenCentre()
    driven.fix("V1", 0)
    told = answer(driven.fix("B1", 1, 9000))
    track = driven.centre.roster.wearers["B1"].track
    assert track.due_ms == missed_ms(at_ms(1), told.lease_s)
    assert track.lease_s == told.lease_s


def test_without_a_promise_or_while_a_level_stands_leases_are_short() -> None:
    driven = DrivenCentre()
    assert answer(driven.fix("V1", 0)).lease_s == 5  # he was never seen
    assert answer(driven.fix("B1", 0, 1500)).lease_s == 5  # too near to assure
    driven = DrivenCentre()
    driven.both(0, 450)
    driven.fix("B1", 30, 1500)
    assert answer(driven.fix("B1", 60, 2_500)).lease_s in (5, 30)
    for s in range(90, 130, 10):
        driven.fix("B1", s, 20_000 * (s - 80) // 40)
    assert driven.centre.roster.orders["O1"].level > 0
    assert answer(driven.fix("V1", 130)).lease_s <= 30


def test_a_lease_ends_with_the_order_if_not_before() -> None:
    driven = DrivenCentre(with_order(REGISTRY, valid_until_ms=at_ms(100)))
    driven.fix("B1", 0, 50_000)
    assert answer(driven.fix("V1", 60)).lease_s == 25  # it may take 15 s more until she is heard
    assert answer(driven.fix("V1", 85)).lease_s == 15


def test_a_copy_repeats_the_lease_of_the_original_and_extends_nothing() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 30_000)
    sealed = driven.sealers["V1"].fix(1)
    first = answer(driven.receive("V1", 1, sealed))
    track = driven.centre.roster.wearers["V1"].track
    before = (track.contact_ms, track.due_ms)
    again = answer(driven.receive("V1", 9, sealed))
    assert again.lease_s == first.lease_s > 5
    assert (track.contact_ms, track.due_ms) == before


def test_a_backlog_does_not_shorten_what_was_granted_to_the_newest() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 30_000)
    old = [driven.sealers["V1"].fix(s) for s in (1, 2)]
    granted = answer(driven.fix("V1", 3))
    track = driven.centre.roster.wearers["V1"].track
    due_ms = track.due_ms
    told = answer(driven.receive("V1", 4, *old))
    assert (told.answered, told.lease_s) == (2, granted.lease_s)
    assert (track.due_ms, track.contact_ms) == (due_ms, at_ms(4))


def test_custody_is_told_of_the_message_and_of_all_before() -> None:
    driven = DrivenCentre()
    sealed = [driven.sealers["V1"].fix(s) for s in range(6)]
    told = answer(driven.receive("V1", 9, sealed[5], sealed[3]))
    assert (told.watermark, told.answered, told.bitmap) == (0, 6, 0b101)
    told = answer(driven.receive("V1", 10, sealed[1], sealed[0]))
    assert (told.watermark, told.answered, told.bitmap) == (2, 2, 0b11)
    told = answer(driven.receive("V1", 11, sealed[2], sealed[4]))
    assert (told.watermark, told.answered, told.bitmap) == (6, 5, 0b11111)


# What she is told


def test_she_is_told_until_when_and_how_much_of_it_is_left_if_she_moves() -> None:
    driven = DrivenCentre()
    driven.fix("B1", 0, 30_000)
    moving = answer(driven.fix("V1", 1))
    state = driven.centre.roster.orders["O1"]
    assert (moving.assured_until_s, moving.flags) == (state.until_ms // 1000, 0)
    resting = answer(driven.receive("V1", 2, driven.sealers["V1"].rest(2)))
    assert (resting.flags, resting.shrink_pct) == (command.RESTING, 50)
    assert resting.assured_until_s == min(state.until_ms // 1000, (at_ms(2) + 640_000) // 1000)
    assert resting.assured_until_s > moving.assured_until_s


def test_she_is_told_that_she_is_watched_or_that_there_is_no_promise() -> None:
    driven = DrivenCentre()
    alone = answer(driven.fix("V1", 0))
    assert (alone.assured_until_s, alone.flags) == (0, 0)
    driven.fix("B1", 1, 1500)
    near = answer(driven.fix("V1", 2))
    assert (near.assured_until_s, near.flags) == (0, command.WATCHED)


def test_she_is_not_assured_beyond_what_comes_into_force() -> None:
    driven = DrivenCentre(with_order(REGISTRY, valid_from_ms=at_ms(100)))
    driven.fix("B1", 0, 9000)
    told = answer(driven.fix("V1", 1))
    assert told.lease_s == 84
    assert told.assured_until_s * 1000 == at_ms(100) + MARGIN_S * 1000


def test_of_several_orders_the_weakest_promise_counts() -> None:
    registry = replace(
        REGISTRY,
        units=(*REGISTRY.units, unit("B2", Role.OFFENDER)),
        assignments=(*REGISTRY.assignments, Assignment("B2", "pedro", 0)),
        orders=(*REGISTRY.orders, Order("O2", 1, "pedro", ("ana",))),
    )
    driven = DrivenCentre(registry)
    driven.fix("B1", 0, 30_000)
    assert answer(driven.fix("V1", 1)).assured_until_s == 0  # nothing is known of pedro
    driven.fix("B2", 2, 9000)
    told = answer(driven.fix("V1", 3))
    roster = driven.centre.roster
    assert told.assured_until_s == roster.orders["O2"].until_ms // 1000
    driven.fix("B1", 300, 30_000)
    driven.fix("B2", 300, 1500)
    assert answer(driven.fix("V1", 301)).flags == command.WATCHED


# What he is told


def test_he_is_never_told_until_when() -> None:
    driven = DrivenCentre()
    driven.fix("V1", 0)
    for north_m in (30_000, 1500, 400, 10):
        told = answer(
            driven.receive("B1", 1 + north_m, driven.sealers["B1"].fix(1 + north_m, north_m))
        )
        assert (told.assured_until_s, told.flags, told.shrink_pct) == (0, 0, 100)
        assert told.lease_s in (5, *STEPS_S)


def said_to_him(hers: tuple[int, int], his: list[int], floor_s: int) -> list[Answer]:
    """All answers to the bracelet while he goes about and she stays at a place."""
    registry = Registry(
        (unit("B1", Role.OFFENDER, floor_s=floor_s),),
        (Assignment("B1", "juan", 0),),
        REGISTRY.orders,
    )
    driven = DrivenCentre(registry)
    place = make_fix("", 0, 0, *hers, a95_m=0, fixed=True)
    driven.step(Placed("ana", place, at_ms(0)))
    told = [driven.fix("B1", 60 * k, north_m) for k, north_m in enumerate(his, 1)]
    return [one for out in told for one in out.answers]


def in_her_cell(north: float, east: float) -> tuple[int, int]:
    """A place in the cell of the grid that PLACE is in; both parts from 0 to 1."""
    low = PLACE[0] // CELL_E7 * CELL_E7
    width = int(CELL_E7 / cos(radians((low + CELL_E7 // 2) / 1e7))) // 2 * 2
    left = PLACE[1] // width * width
    return low + int(north * (CELL_E7 - 1)), left + int(east * (width - 1))


parts = st.floats(0, 1)


@given(
    st.tuples(parts, parts),
    st.tuples(parts, parts),
    st.sampled_from((3_000, 6_000, 11_000, 28_000)),
    st.lists(st.integers(0, 1200), min_size=1, max_size=12),
)
@settings(max_examples=25, deadline=None)
def test_he_hears_the_same_wherever_she_is_within_a_cell(
    one: tuple[float, float], other: tuple[float, float], away_m: int, his: list[int]
) -> None:
    way = [away_m + north_m for north_m in his]
    assert said_to_him(in_her_cell(*one), way, 5) == said_to_him(in_her_cell(*other), way, 5)


@given(
    st.integers(1, 700),
    st.lists(st.sampled_from((0, 400, 900, 1500, 3000, 9000, 20_000, 40_000)), max_size=10),
)
@settings(max_examples=20, deadline=None)
def test_his_leases_are_of_four_values_whatever_happens(floor_s: int, his: list[int]) -> None:
    for said in said_to_him(PLACE, his, floor_s):
        assert said.lease_s in {floor_s, *(step for step in STEPS_S if step > floor_s)}


@pytest.mark.parametrize("role", [Role.OFFENDER, Role.VICTIM])
def test_a_change_of_floor_is_never_undercut(role: Role) -> None:
    driven = DrivenCentre()
    name = "B1" if role is Role.OFFENDER else "V1"
    driven.both(0, 1500)
    known: Unit = driven.centre.roster.wearers[name].unit
    driven.centre.roster.put_unit(replace(known, floor_s=45), at_ms(1))
    assert answer(driven.receive(name, 2, driven.sealers[name].event(2, record.CASE))).lease_s == 45


def test_who_has_no_order_yet_is_heard_before_a_new_one_is_an_alarm() -> None:
    driven = DrivenCentre(replace(REGISTRY, orders=()))
    for name in ("B1", "V1"):
        assert answer(driven.fix(name, 0)).lease_s <= 30
