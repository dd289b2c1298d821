from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.base.time_zone import zone
from simulator.tracks.points import BadTrack
from simulator.tracks.times import Calendar, Dated, DateOrder, Reading, reading, settled_order


def _local(*numbers: int) -> datetime:
    """A moment that names no zone."""
    year, month, day, hour, minute, second = (*numbers, 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)


NOON = _local(2026, 3, 5, 12, 0, 1)
UTC_NOON = NOON.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-05T12:00:01Z", UTC_NOON),
        ("2026-03-05 12:00:01", NOON),
        ("2026-03-05T13:00:01+01:00", UTC_NOON),
        ("2026-03-05T06:00:01 -0600", UTC_NOON),
        ("2026-03-05 12:00:01 UTC", UTC_NOON),
        ("2026/3/5 12:00:01 gmt", UTC_NOON),
        ("2026-03-05T12:00:01.25Z", UTC_NOON + timedelta(milliseconds=250)),
        ("2026-03-05T12:00:01,2500001Z", UTC_NOON + timedelta(milliseconds=250)),
        ("20260305T120001Z", UTC_NOON),
        ("20260305120001", NOON),
        ("1772712001", UTC_NOON),
        ("1772712001,5", UTC_NOON + timedelta(milliseconds=500)),
        ("1772712001000", UTC_NOON),
        ("1772712001000000", UTC_NOON),
        ("1772712001000000000", UTC_NOON),
        ("2026-03-05 12:00:01 p.\u00a0m.", NOON),
        ("2026-03-05 12:00:01 AM", _local(2026, 3, 5, 0, 0, 1)),
    ],
)
def test_a_text_that_leaves_no_choice(text: str, meant: datetime) -> None:
    assert reading(text) == Reading(meant, meant)


def test_a_text_that_leaves_one() -> None:
    assert reading("05/03/2026, 12:00:01") == Reading(NOON, _local(2026, 5, 3, 12, 0, 1))
    assert reading("13.03.2026 12:00") == Reading(_local(2026, 3, 13, 12), None)
    assert reading("3-13-2026 12:00 p. m.") == Reading(None, _local(2026, 3, 13, 12))


def test_a_column_may_say_that_its_times_are_utc() -> None:
    assert reading("2026-03-05 12:00:01", is_utc=True) == Reading(UTC_NOON, UTC_NOON)
    later = reading("2026-03-05 12:00:01+01:00", is_utc=True)
    assert later is not None
    assert later.day_first == UTC_NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    "text",
    [
        "", "noon", "12:00:01", "2026-03-05", "05/03/26 12:00:01", "31/31/2026 12:00",
        "2026-02-30 12:00:00", "2026-03-05 24:00:00", "2026-03-05 12:60:00",
        "2026-03-05 12:00:01 CET", "2026-03-05 13:00:01 PM", "2026-03-05T12:00:01+24:00",
        "0001-01-01 00:00:00Z", "9999-12-31 23:59:59Z", "12345678", "1,77E+12", "9" * 20,
    ],
)  # fmt: skip
def test_what_is_no_date_with_a_time_of_day(text: str) -> None:
    assert reading(text) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = reading(text)
    assert found is None or (found.day_first or found.month_first) is not None


@given(st.datetimes(_local(1990, 1, 1), _local(2099, 12, 31)), st.integers(-1439, 1439))
def test_iso_8601_is_read_as_it_was_written(instant: datetime, ahead_min: int) -> None:
    written = instant.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=ahead_min)))
    found = reading(written.isoformat())
    assert found is not None
    assert found.day_first == written


def _dated(*texts: str) -> list[Dated]:
    found = [(f"line {line}", text, reading(text)) for line, text in enumerate(texts, 2)]
    return [Dated(where, text, read) for where, text, read in found if read is not None]


OPEN, DAY, MONTH = "05/03/2026 12:00", "13/03/2026 12:00", "03/13/2026 12:00"


@pytest.mark.parametrize(
    ("texts", "comma", "order", "told"),
    [
        ([OPEN, DAY], False, DateOrder.DAY_FIRST, f"day-first, as {DAY} tells"),
        ([OPEN, MONTH], True, DateOrder.MONTH_FIRST, f"month-first, as {MONTH} tells"),
        ([OPEN], True, DateOrder.DAY_FIRST, "day-first, as decimal commas tell"),
        (["05/05/2026 12:00"], False, DateOrder.DAY_FIRST, None),
        (["2026-03-05 12:00"], False, DateOrder.DAY_FIRST, None),
    ],
)
def test_the_file_as_a_whole_tells_the_order_of_its_dates(
    texts: list[str], comma: bool, order: DateOrder, told: str | None
) -> None:
    assert settled_order(_dated(*texts), None, decimal_comma=comma) == (order, told)


@pytest.mark.parametrize(
    ("texts", "given", "complaint"),
    [
        ([OPEN], None, "line 2: 05/03/2026 12:00 may begin with the day or the month"),
        ([DAY, MONTH], None, "line 2: 13/03/2026 12:00 begins with the day, line 3: 03/13"),
        ([OPEN, DAY], DateOrder.MONTH_FIRST, "line 3: 13/03/2026 12:00 does not begin with the m"),
        ([MONTH], DateOrder.DAY_FIRST, "line 2: 03/13/2026 12:00 does not begin with the day"),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    texts: list[str], given: DateOrder | None, complaint: str
) -> None:
    with pytest.raises(BadTrack) as refusal:
        settled_order(_dated(*texts), given, decimal_comma=False)
    assert str(refusal.value).startswith(complaint)


def _madrid() -> Calendar:
    madrid = zone("Europe/Madrid")
    assert madrid is not None
    return Calendar(madrid)


def test_an_hour_that_comes_twice_is_the_second_when_time_would_go_back() -> None:
    """Clocks in Madrid go from 3:00 to 2:00 at 2026-10-25 01:00 UTC."""
    calendar = _madrid()
    minutes = [(1, 59), (2, 0), (2, 59), (2, 0), (2, 59), (3, 0)]
    placed = [
        calendar.instant_ms(_local(2026, 10, 25, hour, minute), "") for hour, minute in minutes
    ]
    assert [(later - placed[0]) // 60_000 for later in placed] == [0, 1, 60, 61, 120, 121]
    assert calendar.hours_twice == [2, 2]
    assert calendar.without_zone == 6


def test_an_hour_that_never_was_shows_a_wrong_zone() -> None:
    with pytest.raises(BadTrack, match=r"line 3: 2026-03-29 02:30:00 never was in Europe/Madrid"):
        _madrid().instant_ms(_local(2026, 3, 29, 2, 30), "line 3")


def test_a_time_that_names_its_zone_is_left_alone() -> None:
    calendar = _madrid()
    assert calendar.instant_ms(UTC_NOON, "") == 1_772_712_001_000
    assert calendar.without_zone == 0
