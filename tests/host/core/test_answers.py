"""Answers: custody and a lease for both; for her until when, for him nothing that tells of her."""

from dataclasses import replace
from typing import Any

import pytest

from host.core.outcome import Answer, Connection, Outcome
from host.registry.types import Assignment, Order, Role, Strength, Unit, Zone
from protocol import command, record
from protocol.contact import MARGIN_S, missed_ms
from tests.host.driven_centre import REGISTRY, DrivenCentre, at_ms, unit, with_order
from tests.host.proximity.pair import PLACE


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
    driven.fix("B1", 0, 1500)
    assert answer(driven.fix("V1", 1)).lease_s == 5  # too near to assure
    driven = DrivenCentre()
    driven.both(0, 450)
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


def under(strength: Strength, **fields: Any) -> DrivenCentre:
    driven = DrivenCentre(with_order(REGISTRY, strength=strength, **fields))
    driven.step(Connection("B1", True, at_ms(0)))
    driven.fix("V1", 0)
    return driven


def test_a_bracelets_rhythm_is_that_of_its_rest_and_of_its_orders_strength() -> None:
    for strength, resting_s in ((Strength.SUPERVISED, 600), (Strength.STRICT, 60)):
        driven = under(strength)
        assert answer(driven.fix("B1", 1, 90_000)).lease_s == 10
        rests = driven.receive("B1", 12, driven.sealers["B1"].rest(12, 90_000))
        assert answer(rests).lease_s == resting_s
        moves = driven.sealers["B1"].event(20, record.MOTION)
        assert answer(driven.receive("B1", 20, moves)).lease_s == 10


def test_who_cannot_be_paged_has_the_strict_rhythm_and_one_strict_order_is_enough() -> None:
    deaf = replace(REGISTRY, units=(unit("B1", Role.OFFENDER, listen_s=None), *REGISTRY.units[1:]))
    strict = Order("O2", 1, "juan", ("eva",), strength=Strength.STRICT)
    both = replace(REGISTRY, orders=(*REGISTRY.orders, strict))
    for registry in (with_order(deaf, strength=Strength.SUPERVISED), both):
        driven = DrivenCentre(registry)
        driven.step(Connection("B1", True, at_ms(0)))
        assert answer(driven.receive("B1", 2, driven.sealers["B1"].rest(2))).lease_s == 60


def test_from_a_warning_to_him_on_a_bracelet_speaks_at_its_floor_for_half_an_hour() -> None:
    driven = under(Strength.SUPERVISED)
    told = driven.receive("B1", 1, driven.sealers["B1"].rest(1, 400))
    (warned,) = [one for one in told.warnings if one.unit == "B1"]
    assert answer(told).lease_s == 5
    receipt = driven.sealers["B1"].receipt(2, warned.warning_id, record.PRESENTED)
    assert answer(driven.receive("B1", 2, receipt)).lease_s == 5
    assert answer(driven.receive("B1", 1800, driven.sealers["B1"].rest(1800, 400))).lease_s == 5
    assert answer(driven.receive("B1", 1802, driven.sealers["B1"].rest(1802, 400))).lease_s == 600
    driven.fix("V1", 1803, -40_000)
    again = driven.receive("B1", 1804, driven.sealers["B1"].rest(1804, 400))
    assert answer(again).lease_s == 600  # wherever she is


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


def near_a_zone(**fields: Any) -> DrivenCentre:
    zone = Zone("z", "school", (PLACE,), 300, margin_m=100, **fields)
    return under(Strength.STRICT, zones=(zone,))


def test_near_a_zone_that_he_knows_a_bracelet_that_moves_speaks_at_its_floor() -> None:
    # From the edge twice the margin, and how far he can come until he is heard again.
    for disclosed, north_m, lease_s in ((True, 850, 5), (True, 950, 10), (False, 850, 10)):
        driven = near_a_zone(disclosed=disclosed)
        assert answer(driven.fix("B1", 1, north_m)).lease_s == lease_s
    driven = near_a_zone(disclosed=True)
    assert answer(driven.receive("B1", 1, driven.sealers["B1"].rest(1, 850))).lease_s == 60


def test_a_copy_promises_no_more_once_a_rest_is_doubted_that_its_lease_counted_on() -> None:
    """The broker misses him a minute and a half after his last word: he may long have set out."""
    driven = DrivenCentre(with_order(REGISTRY, strength=Strength.SUPERVISED))
    driven.step(Connection("B1", True, at_ms(0)))
    driven.receive("B1", 0, driven.sealers["B1"].rest(0, 10_000))
    sealed = driven.sealers["V1"].rest(60)
    first = answer(driven.receive("V1", 60, sealed))
    again = answer(driven.receive("V1", 70, sealed))
    assert again.assured_until_s == first.assured_until_s
    state = driven.centre.roster.orders["O1"]
    driven.step(Connection("B1", False, at_ms(90)))
    again = answer(driven.receive("V1", 91, sealed))
    assert again.assured_until_s == state.until_ms // 1000 < first.assured_until_s
    driven.restart()
    again = answer(driven.receive("V1", 92, sealed))
    assert again.assured_until_s < first.assured_until_s


def test_nor_once_he_has_started_again_long_after_his_last_word() -> None:
    driven = DrivenCentre(with_order(REGISTRY, strength=Strength.SUPERVISED))
    driven.receive("B1", 0, driven.sealers["B1"].rest(0, 12_000))
    sealed = driven.sealers["V1"].rest(60)
    first = answer(driven.receive("V1", 60, sealed))
    driven.receive("B1", 70, driven.sealers["B1"].boot(70))  # it remembers no rest
    again = answer(driven.receive("V1", 71, sealed))
    assert again.assured_until_s < first.assured_until_s
