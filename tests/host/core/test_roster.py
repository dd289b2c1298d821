"""Who wears what: dated assignments, units that change hands, orders that follow their persons."""

from dataclasses import replace
from itertools import permutations

import pytest

from host.core.roster import Roster
from host.escalation.policies import Policies
from host.ingest.wearer import Wearer
from host.proximity.fix import make_fix
from host.proximity.track import SPEED_M_S
from host.registry.types import Assignment, Order, Registry, Role
from tests.host.driven_centre import unit
from tests.host.proximity.pair import PLACE

UNITS = (unit("B1", Role.OFFENDER), unit("B2", Role.OFFENDER), unit("V1", Role.VICTIM))
ORDERS = (Order("O1", 1, "juan", ("ana",)), Order("O2", 1, "pedro", ("ana", "eva")))


def roster(*assignments: Assignment, now_ms: int = 0, orders: tuple[Order, ...] = ORDERS) -> Roster:
    return Roster(Registry(UNITS, assignments, orders), Policies(), now_ms)


def worn(who: Roster, person: str) -> str | None:
    wearer = who.wearer_of(person)
    return None if wearer is None else wearer.unit.id


def orders_of(who: Roster, name: str) -> list[str]:
    return [state.order.id for state in who.wearers[name].orders]


FROM_100 = Assignment("B1", "juan", 100, 200)


@pytest.mark.parametrize(
    ("now_ms", "expected"), [(99, None), (100, "B1"), (199, "B1"), (200, None)]
)
def test_an_assignment_is_in_force_from_its_beginning_until_its_end(
    now_ms: int, expected: str | None
) -> None:
    who = roster(FROM_100, now_ms=now_ms)
    assert worn(who, "juan") == expected
    later = roster(FROM_100)
    later.hand_over("B1", now_ms)
    assert worn(later, "juan") == expected


def test_orders_follow_their_persons() -> None:
    who = roster(Assignment("B1", "juan", 0), Assignment("V1", "ana", 0))
    assert orders_of(who, "B1") == ["O1"]
    assert orders_of(who, "V1") == ["O1", "O2"]
    bound = who.put_assignment(Assignment("B1", "pedro", 50), 50)
    assert [state.order.id for state in bound] == ["O1", "O2"]
    assert orders_of(who, "B1") == ["O2"]
    assert who.orders["O2"].offender is who.wearers["B1"].track
    assert who.orders["O1"].offender.fix is None


def test_a_unit_that_changes_hands_starts_afresh() -> None:
    who = roster(Assignment("B1", "juan", 0), Assignment("V1", "ana", 0))
    track = who.wearers["B1"].track
    track.believe(make_fix("B1", 1, 10, *PLACE, a95_m=5))
    who.put_assignment(Assignment("B1", "pedro", 50), 50)
    assert who.wearers["B1"].track.fix is None
    who.put_assignment(Assignment("B1", "juan", 60), 60)
    assert who.wearers["B1"].track.fix is None  # what he did before was another wearing


def test_an_assignment_that_is_entered_again_ends_the_earlier_one() -> None:
    who = roster(Assignment("B1", "juan", 0))
    track = who.wearers["B1"].track
    assert who.put_assignment(Assignment("B1", "juan", 0, 500), 50) == []
    assert who.wearers["B1"].track is track
    who.put_assignment(Assignment("B1", "juan", 0, 60), 60)
    assert worn(who, "juan") is None


OVERLAPPING = (
    Assignment("B1", "juan", 0),
    Assignment("B1", "pedro", 50),
    Assignment("B2", "juan", 20),
    Assignment("B2", "juan", 10, 30),
)


@pytest.mark.parametrize("order", list(permutations(OVERLAPPING)))
def test_the_later_assignment_counts_in_whatever_order_they_were_entered(
    order: tuple[Assignment, ...],
) -> None:
    at_once, one_by_one = roster(*order, now_ms=60), roster()
    for assignment in order:
        one_by_one.put_assignment(assignment, 60)
    for who in (at_once, one_by_one):
        assert (worn(who, "juan"), worn(who, "pedro")) == ("B2", "B1")


def test_of_two_units_the_one_put_on_later_has_the_orders() -> None:
    who = roster(Assignment("B1", "juan", 0), Assignment("B2", "juan", 50, 100), now_ms=40)
    assert orders_of(who, "B1") == ["O1"]
    who.hand_over("B2", 50)
    assert (orders_of(who, "B1"), orders_of(who, "B2")) == ([], ["O1"])
    who.hand_over("B2", 100)
    assert (orders_of(who, "B1"), orders_of(who, "B2")) == (["O1"], [])
    assert who.orders["O1"].offender is who.wearers["B1"].track


def test_whom_a_unit_spoke_of_is_a_matter_of_dates() -> None:
    who = roster(Assignment("B1", "juan", 100, 200), Assignment("B1", "pedro", 300), now_ms=400)
    told = {at_ms: who.concerned("B1", at_ms) for at_ms in (50, 150, 250, 350)}
    assert [person for person, _ in told.values()] == ["", "juan", "", "pedro"]
    assert [[one.order.id for one in of] for _, of in told.values()] == [[], ["O1"], [], ["O2"]]


# Units


def test_a_unit_may_be_assigned_before_it_is_enrolled() -> None:
    who = Roster(Registry((), (Assignment("B1", "juan", 0),), ORDERS), Policies(), 0)
    assert worn(who, "juan") is None
    bound = who.put_unit(UNITS[0], 5)
    assert [state.order.id for state in bound] == ["O1"]
    assert worn(who, "juan") == "B1"


def test_reenrolment_keeps_wearer_and_track_and_forgets_sequences() -> None:
    who = roster(Assignment("B1", "juan", 0))
    wearer = who.wearers["B1"]
    wearer.ledger.admit(7, bytes(16))
    wearer.told = {"strap": 7}
    wearer.charge_sequence, wearer.charge = 7, 40
    wearer.track.believe(make_fix("B1", 7, 10, *PLACE, a95_m=5, at_rest=True))
    assert who.put_unit(replace(UNITS[0], listen_s=None), 1) == []  # the same enrolment
    assert wearer.ledger.has(7)
    assert not wearer.track.paged
    who.put_unit(replace(UNITS[0], epoch=2), 2)
    assert who.wearers["B1"] is wearer
    assert (wearer.ledger.newest, wearer.alarms, wearer.battery) == (0, (), 40)
    assert (wearer.person, wearer.track.resting) == ("juan", False)
    assert wearer.track.fix is not None


def test_a_state_is_taken_as_far_as_wearer_and_enrolment_are_the_same() -> None:
    who = roster(Assignment("B1", "juan", 0))
    told = who.wearers["B1"]
    told.track.believe(make_fix("B1", 7, 10, *PLACE, a95_m=5, at_rest=True))
    told.ledger.admit(1, bytes(16))
    told.charge_sequence, told.charge = 1, 55
    told.connected, told.told = True, {"case": 1, "strap": -1}
    state = told.state()

    def revived(wearer: Wearer) -> Wearer:
        wearer.restore(state)
        return wearer

    same = revived(roster(Assignment("B1", "juan", 0)).wearers["B1"])
    assert same.state() == state
    assert (same.alarms, same.battery, same.connected) == (("case",), 55, True)
    moved = revived(roster(Assignment("B1", "pedro", 0)).wearers["B1"])
    assert (moved.person, moved.track.fix, moved.ledger.newest) == ("pedro", None, 1)
    again = revived(roster(Assignment("B1", "juan", 1), now_ms=5).wearers["B1"])
    assert again.track.fix is None
    who.put_unit(replace(UNITS[0], epoch=2), 2)
    renewed = revived(who.wearers["B1"])
    assert (renewed.ledger.newest, renewed.alarms, renewed.battery) == (0, (), 55)
    assert (renewed.track.fix is not None, renewed.track.resting) == (True, False)


# Orders


def test_a_new_version_binds_its_new_parties_and_lets_the_old_ones_go() -> None:
    who = roster(
        Assignment("B1", "juan", 0), Assignment("B2", "pedro", 0), Assignment("V1", "ana", 0)
    )
    who.put_order(replace(ORDERS[0], version=2, offender="pedro", protected=("eva",)), 5)
    assert orders_of(who, "B1") == []
    assert orders_of(who, "B2") == ["O1", "O2"]
    assert orders_of(who, "V1") == ["O2"]


def test_orders_come_in_the_order_of_their_names_however_entered() -> None:
    forth, back = roster(Assignment("V1", "ana", 0)), roster(Assignment("V1", "ana", 0), orders=())
    for order in reversed(ORDERS):
        back.put_order(order, 0)
    forth.put_order(replace(ORDERS[0], version=2), 5)
    assert orders_of(forth, "V1") == orders_of(back, "V1") == ["O1", "O2"]


def test_a_wearer_is_bounded_by_the_highest_speed_that_an_order_assumes_now() -> None:
    slow = replace(ORDERS[0], victim_speed_m_s=3, offender_speed_m_s=50)
    who = roster(
        Assignment("B1", "juan", 0),
        Assignment("V1", "ana", 0),
        orders=(slow, replace(ORDERS[1], victim_speed_m_s=10)),
    )
    assert who.wearers["B1"].track.speed_m_s == 50
    assert who.wearers["V1"].track.speed_m_s == 10
    who.put_order(replace(ORDERS[1], version=2, protected=("eva",)), 1)
    assert who.wearers["V1"].track.speed_m_s == 3
    who.put_order(replace(slow, version=2, protected=()), 2)
    assert who.wearers["V1"].track.speed_m_s == SPEED_M_S


def test_a_place_is_exact_never_stale_and_never_moves() -> None:
    who = roster(Assignment("B1", "juan", 0), Assignment("V1", "ana", 0))
    place = make_fix("", 0, 0, *PLACE, a95_m=0, fixed=True)
    bound = who.place("ana", place, 5)
    assert [state.order.id for state in bound] == ["O1", "O2"]
    assert who.place_of("ana") is place
    assert who.track_of("ana").speed_m_s == 0
    assert who.orders["O1"].victims == (who.track_of("ana"),)
    assert who.place_of("juan") is None
