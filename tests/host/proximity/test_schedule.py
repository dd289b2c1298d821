"""Weekly windows, held against a look at the local clock; validity; pinned time zones."""

import zoneinfo
from datetime import datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from host.base import time_zone
from host.proximity.schedule import ALWAYS_MS, in_force, window
from host.registry.types import Order, Weekly

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ZONES = ("America/Guatemala", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")

weeklies = st.builds(
    Weekly,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.integers(0, 1439),
    st.integers(0, 1440),
)
schedules = st.lists(weeklies, min_size=1, max_size=3).map(tuple)
instants_ms = st.integers(1_700_000_000_000, 1_800_000_000_000)


def ms(zone: str, *moment: int, fold: int = 0) -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)  # type: ignore[misc,arg-type]


def on_by_the_clock(weekly: Weekly, now_ms: int, zone: str) -> bool:
    """The oracle: what somebody says who looks at the clock on the wall and at the plan."""
    local = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    yesterday = (local.weekday() - 1) % 7
    overnight = weekly.until_minute <= weekly.from_minute
    if overnight:
        return (local.weekday() in weekly.days and minute >= weekly.from_minute) or (
            yesterday in weekly.days and minute < weekly.until_minute
        )
    return local.weekday() in weekly.days and weekly.from_minute <= minute < weekly.until_minute


def clocks_change(now_ms: int, zone: str) -> bool:
    """Within three hours of `now_ms`."""
    around = [now_ms + hours * HOUR_MS for hours in (-3, 0, 3)]
    return len({datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).utcoffset() for at in around}) > 1


@given(schedules, instants_ms, st.sampled_from(ZONES))
@example(
    (Weekly((6,), 120, 180),), ms("Europe/Madrid", 2025, 10, 26, 2, 30, fold=1), "Europe/Madrid"
)
@example(
    (Weekly((5,), 1320, 150),), ms("Europe/Madrid", 2025, 10, 26, 2, 15, fold=1), "Europe/Madrid"
)
def test_on_when_the_clock_on_the_wall_says_so(
    weekly: tuple[Weekly, ...], now_ms: int, zone: str
) -> None:
    active, _ = window(weekly, now_ms, zone)
    expected = any(on_by_the_clock(one, now_ms, zone) for one in weekly)
    if clocks_change(now_ms, zone):
        assert active or not expected  # rather too long than too short
    else:
        assert active == expected


@given(schedules, instants_ms, st.sampled_from(ZONES), st.floats(0, 1))
def test_nothing_changes_before_the_boundary(
    weekly: tuple[Weekly, ...], now_ms: int, zone: str, part: float
) -> None:
    active, boundary_ms = window(weekly, now_ms, zone)
    assert now_ms < boundary_ms <= now_ms + 8 * DAY_MS
    for at_ms in (now_ms + int(part * (boundary_ms - 1 - now_ms)), boundary_ms - 1):
        assert window(weekly, at_ms, zone) == (active, boundary_ms)


@given(weeklies, instants_ms, st.sampled_from(ZONES))
def test_the_boundary_of_a_single_window_is_a_change(
    weekly: Weekly, now_ms: int, zone: str
) -> None:
    active, boundary_ms = window((weekly,), now_ms, zone)
    whole_day = weekly.from_minute == weekly.until_minute % 1440
    if not whole_day and not clocks_change(boundary_ms, zone):
        assert window((weekly,), boundary_ms, zone)[0] != active


def test_past_midnight() -> None:
    zone = "America/Guatemala"
    friday_night = (Weekly((4,), 22 * 60, 6 * 60),)
    assert window(friday_night, ms(zone, 2025, 6, 6, 21, 59), zone) == (
        False,
        ms(zone, 2025, 6, 6, 22),
    )
    for moment in ((6, 22), (6, 23), (7, 0), (7, 5)):
        now_ms = ms(zone, 2025, 6, *moment)
        assert window(friday_night, now_ms, zone) == (True, ms(zone, 2025, 6, 7, 6))
    assert window(friday_night, ms(zone, 2025, 6, 7, 6), zone) == (False, ms(zone, 2025, 6, 13, 22))
    assert not window(friday_night, ms(zone, 2025, 6, 6, 3), zone)[0]


def test_a_window_to_the_same_minute_lasts_a_day() -> None:
    monday = (Weekly((0,), 480, 480),)
    start_ms = ms("UTC", 2025, 6, 2, 8)
    assert window(monday, start_ms, "UTC") == (True, start_ms + DAY_MS)
    assert window(monday, start_ms + DAY_MS, "UTC") == (False, start_ms + 7 * DAY_MS)


def test_windows_that_touch_or_overlap_are_one() -> None:
    touching = (Weekly((0,), 480, 600), Weekly((0,), 600, 720), Weekly((0,), 660, 700))
    for minute in (480, 599, 600, 601, 690, 719):
        active, boundary_ms = window(touching, ms("UTC", 2025, 6, 2, *divmod(minute, 60)), "UTC")
        assert active
        assert boundary_ms <= ms("UTC", 2025, 6, 2, 12)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 30, 9), (10, 26, 11), (6, 8, 10)])
def test_a_night_on_which_clocks_change_is_whole(month: int, day: int, hours: int) -> None:
    """22 to 8 o'clock in Madrid, a Saturday's."""
    zone = "Europe/Madrid"
    nightly = (Weekly(tuple(range(7)), 22 * 60, 8 * 60),)
    end_ms = ms(zone, 2025, month, day, 8)
    start_ms = end_ms - hours * HOUR_MS
    assert window(nightly, start_ms, zone) == (True, end_ms)
    assert not window(nightly, start_ms - 1, zone)[0]
    assert not window(nightly, end_ms, zone)[0]


def test_a_time_that_exists_twice_or_never_makes_the_longer_window() -> None:
    zone = "Europe/Madrid"
    sunday = (Weekly((6,), 150, 165),)  # 02:30 to 02:45
    autumn_ms = ms(zone, 2025, 10, 26, 2, 30)
    assert window(sunday, autumn_ms, zone) == (True, autumn_ms + 75 * 60_000)
    spring_ms = ms(zone, 2025, 3, 30, 1, 30)
    assert window(sunday, spring_ms, zone) == (True, spring_ms + 75 * 60_000)


def test_no_schedule_is_always() -> None:
    assert window((), 0, "UTC") == (True, ALWAYS_MS)


def test_no_day_is_never() -> None:
    assert window((Weekly((), 0, 60),), 0, "UTC") == (False, ALWAYS_MS)


def order(**terms: object) -> Order:
    return Order("o", 1, "a", ("b",), time_zone="UTC", **terms)  # type: ignore[arg-type]


def test_in_force_within_its_validity() -> None:
    limited = order(valid_from_ms=1000, valid_until_ms=2000)
    assert in_force(limited, 999) == (False, 1000)
    assert in_force(limited, 1000) == (True, 2000)
    assert in_force(limited, 1999) == (True, 2000)
    assert in_force(limited, 2000) == (False, ALWAYS_MS)
    assert in_force(order(), 0) == (True, ALWAYS_MS)


def test_a_suspended_order_waits_for_its_next_version() -> None:
    assert in_force(order(suspended=True), 0) == (False, ALWAYS_MS)


def test_validity_ends_within_a_window() -> None:
    start_ms = ms("UTC", 2025, 6, 2, 8)
    mornings = order(schedule=(Weekly((0,), 480, 600),), valid_until_ms=start_ms + HOUR_MS)
    assert in_force(mornings, start_ms - 1) == (False, start_ms)
    assert in_force(mornings, start_ms) == (True, start_ms + HOUR_MS)


@given(schedules, instants_ms, st.integers(0, DAY_MS), st.floats(0, 1))
def test_an_order_does_not_change_before_its_boundary(
    weekly: tuple[Weekly, ...], now_ms: int, lasts_ms: int, part: float
) -> None:
    terms = order(schedule=weekly, valid_from_ms=now_ms, valid_until_ms=now_ms + lasts_ms)
    active, boundary_ms = in_force(terms, now_ms)
    if boundary_ms < ALWAYS_MS:
        at_ms = now_ms + int(part * (boundary_ms - 1 - now_ms))
        assert in_force(terms, at_ms) == (active, boundary_ms)
    else:
        assert not active


def test_the_machines_own_zone_files_change_nothing(tmp_path: Path) -> None:
    """A machine that takes Guatemala for UTC."""
    folder = tmp_path / "America"
    folder.mkdir()
    utc = resources.files("tzdata").joinpath("zoneinfo", "UTC").read_bytes()
    (folder / "Guatemala").write_bytes(utc)
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    time_zone.zone.cache_clear()
    try:
        noon = (Weekly(tuple(range(7)), 720, 721),)
        zone = "America/Guatemala"
        assert ms(zone, 2025, 6, 2, 12) == ms("UTC", 2025, 6, 2, 12)
        assert window(noon, ms("UTC", 2025, 6, 2, 18), zone)[0]
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()
        time_zone.zone.cache_clear()


def test_a_time_zone_that_nobody_knows_is_always_on() -> None:
    never = (Weekly((), 0, 60),)
    assert window(never, 0, "America/Atlantis") == (True, ALWAYS_MS)
    order = Order("o", 1, "he", ("she",), schedule=never, time_zone="../zones")
    assert in_force(order, 0) == (True, ALWAYS_MS)
