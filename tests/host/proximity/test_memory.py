"""What is remembered: where a party last was when that was well known, and how fast it went."""

import pytest

from host.proximity.levels import FINE_A95_M
from host.proximity.memory import Memory
from host.proximity.pace import KEPT_MS, NO_PACE
from host.proximity.quiet import Quiet
from host.proximity.types import Level, Source
from protocol.contact import STILL_S
from tests.host.proximity.pair import START_MS, Pair, levels

CELL = {"a95_m": 900.0, "source": Source.CELL}


def seen(north_m: float = 2000) -> Pair:
    """She is at home, he so far north of her, and both were seen by satellite."""
    pair = Pair()
    pair.both(0, north_m)
    return pair


def fine_age_s(pair: Pair, at_s: float) -> float:
    """For how long he may have moved since he was well seen."""
    fine = pair.offender.memory.fine
    assert fine is not None
    return at_s - (fine.time_ms - START_MS) / 1000


def test_rests_are_no_part_of_the_age_of_where_he_was_well_seen() -> None:
    pair = seen()
    pair.offends(90, 2000, **CELL)
    assert fine_age_s(pair, 90) == 90
    for s in (100, 400, 4000):  # it rests from 100 on, and was still for a minute before
        pair.offends(s, 2000, at_rest=True, **CELL)
    assert fine_age_s(pair, 4000) == 40
    pair.offender.moved_off(START_MS + 5_000_000, 20_000)
    assert fine_age_s(pair, 5000) == 40 + 20
    pair.offends(5010, 2000, **CELL)
    assert fine_age_s(pair, 5010) == 70
    pair.offends(5020, 2000, a95_m=FINE_A95_M)
    assert fine_age_s(pair, 5020) == 0


def test_a_rest_that_was_a_lie_leaves_no_memory() -> None:
    pair = seen()
    pair.offender.refute_rest()
    assert pair.offender.memory.fine is None


def test_memory_survives_a_restart() -> None:
    pair = seen()
    pair.offends(10, 2100)
    told = pair.offender.memory
    again = Memory()
    again.restore(told.state())
    assert (again.pace, again.fine) == (told.pace, told.fine)
    assert again.pace != NO_PACE


@pytest.mark.parametrize(
    ("rested_s", "drives"), [(90, False), (179, False), (190, True), (0, True)]
)
def test_steps_from_one_rest_to_the_next_are_no_ride(rested_s: float, drives: bool) -> None:
    """`rested_s`: how long after the last rest the next is told; 0 for no last one."""
    moved_ms, rested_ms = START_MS, START_MS if rested_s else 0
    pace = NO_PACE.moved(moved_ms + 1).settled(rested_ms, START_MS + int(1000 * (rested_s or 60)))
    assert pace.drives(START_MS + 200_000) is drives
    assert not pace.drives(START_MS + KEPT_MS + 200_000)


@pytest.mark.parametrize(("known_m", "raised"), [(2000, False), (1200, True), (None, True)])
def test_a_cell_raises_nothing_against_what_is_known_better(
    known_m: float | None, raised: bool
) -> None:
    """It says that he may be 900 m away; he was just seen at `known_m`, or never."""
    pair = Pair()
    pair.state.quiet = Quiet(still_m_s=3, town_m_s=14)
    pair.walks(0, 0)
    if known_m is not None:
        pair.offends(0, known_m)
    assert bool(levels(pair.offends(10, 900, **CELL))) is raised


def test_a_cell_raises_a_level_once_he_may_have_come_so_near() -> None:
    pair = Pair()
    pair.state.quiet = Quiet(still_m_s=3, town_m_s=14)
    pair.both(0, 2000)
    risen_s = None
    for s in range(10, 300, 10):
        said = pair.walks(s, 0) + pair.offends(s, 900, **CELL)
        risen_s = s if levels(said) else risen_s
    # He has 2000 m less 1000 to the limit less two radii of 5 at 14 m/s; she is known.
    assert risen_s == pytest.approx((2000 - 1000 - 10) / 14, abs=10)
    assert pair.level is Level.PRE_ALERT


def test_a_satellite_raises_whatever_was_known() -> None:
    pair = seen()
    assert levels(pair.offends(60, 900)) == [("pre_alert", "distance")]


def test_a_memory_that_the_last_position_refutes_counts_for_nothing() -> None:
    """He drove 22 km, and his receiver is covered: what is plausible of a driver is so for ten
    minutes only, and then the mast beside her says it all the same."""
    pair = Pair()
    pair.state.quiet = Quiet(still_m_s=3, town_m_s=14, road_m_s=33)
    for s in range(0, 60, 5):
        pair.both(s, 22_000 + 30 * (60 - s))
    raised = []
    for s in range(70, 1000, 10):
        at_m = max(900, 22_000 - 30 * (s - 60))
        raised += levels(pair.walks(s, 0) + pair.offends(s, at_m, **CELL))
    assert raised == [("pre_alert", "distance")]


def test_a_rest_is_reckoned_once() -> None:
    pair = seen()
    for s in (100, 400):
        pair.offends(s, 2000, at_rest=True, **CELL)
    memory = pair.offender.memory
    before_s = fine_age_s(pair, 400)
    memory.stayed(START_MS + 100_000, START_MS + 400_000)
    assert fine_age_s(pair, 400) == before_s


def test_a_gap_in_what_was_heard_is_no_rest() -> None:
    """The word that he set out may be among the records that have not come yet."""
    pair = seen()
    pair.offends(100, 2000, at_rest=True, **CELL)
    age_s = fine_age_s(pair, 100)
    pair.sequence += 5
    pair.offends(1000, 2000, at_rest=True, **CELL)
    assert fine_age_s(pair, 1000) == age_s + 900 - STILL_S
    pair.offends(2000, 2000, at_rest=True, **CELL)  # the next record of all
    assert fine_age_s(pair, 2000) == age_s + 900 - STILL_S
