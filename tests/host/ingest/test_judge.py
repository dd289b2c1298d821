"""Every way in which a fix is implausible by itself has a name, and nothing else is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.ingest import judge
from host.proximity.types import Source
from protocol import record

RECEIVED_MS = 1_780_000_000_000
GOOD = record.Fix(
    1,
    record.UTC,
    RECEIVED_MS // 1000 - 1,
    500,
    146_000_000,
    -905_000_000,
    50,
    0,
    0,
    record.pack_source(record.GNSS, record.THREE_D),
    90,
    record.pack_satellites(9, record.CLOCK_RESOLVED),
    5,
)
NOW_S = RECEIVED_MS // 1000
DAY_S = 86_400

CASES = {
    "good": ({}, ""),
    "uptime instead of UTC": ({"flags": 0}, judge.UNRESOLVED_TIME),
    "null island": ({"lat_e7": 0, "lon_e7": 0}, judge.NULL_ISLAND),
    "the equator": ({"lat_e7": 0}, ""),
    "greenwich": ({"lon_e7": 0}, ""),
    "a pole": ({"lat_e7": -900_000_000}, ""),
    "beyond a pole": ({"lat_e7": 900_000_001}, judge.OUT_OF_RANGE),
    "the antimeridian": ({"lon_e7": -1_800_000_000}, ""),
    "beyond the antimeridian": ({"lon_e7": 1_800_000_001}, judge.OUT_OF_RANGE),
    "not a number, as integers say it": (
        {"lat_e7": -(2**31), "lon_e7": -(2**31)},
        judge.OUT_OF_RANGE,
    ),
    "clocks two seconds apart": ({"time_s": NOW_S + 2, "ms": 0}, ""),
    "the future": ({"time_s": NOW_S + 2, "ms": 1}, judge.FUTURE),
    "the end of time": ({"time_s": 0xFFFF_FFFF}, judge.FUTURE),
    "the last millisecond": ({"ms": 999}, ""),
    "a thousand milliseconds": ({"ms": 1000}, judge.MALFORMED_TIME),
    "a quarter in the backlog": ({"time_s": NOW_S - 92 * DAY_S, "ms": 0}, ""),
    "longer than any unit stores": (
        {"time_s": NOW_S - 92 * DAY_S - 1, "ms": 999},
        judge.YEARS_OFF,
    ),
    "a week's rollover": ({"time_s": NOW_S - 1024 * 7 * DAY_S}, judge.YEARS_OFF),
    "the epoch": ({"time_s": 0}, judge.YEARS_OFF),
    "accuracy zero": ({"a95_dm": 0}, judge.NO_ACCURACY),
    "accuracy unknown": ({"a95_dm": 0xFFFF}, judge.NO_ACCURACY),
    "the coarsest accuracy": ({"a95_dm": 0xFFFE}, ""),
    "wi-fi": ({"source_quality": record.WIFI}, ""),
    "cell": ({"source_quality": record.CELL}, ""),
    "unknown source": ({"source_quality": 3}, judge.UNKNOWN_SOURCE),
    "unknown quality bits": ({"source_quality": record.pack_source(record.GNSS, 8)}, ""),
}


@pytest.mark.parametrize(("changed", "reason"), CASES.values(), ids=CASES)
def test_what_is_implausible_has_a_name(changed: dict[str, Any], reason: str) -> None:
    assert judge.judge(GOOD._replace(**changed), RECEIVED_MS) == reason


wire_fixes = st.builds(
    record.Fix,
    *(
        st.integers(low, high)
        for low, high in (
            (0, 2**32 - 1),
            (0, 255),
            (0, 2**32 - 1),
            (0, 2**16 - 1),
            (-(2**31), 2**31 - 1),
            (-(2**31), 2**31 - 1),
            (0, 2**16 - 1),
            (0, 2**16 - 1),
            (0, 255),
            (0, 255),
            (0, 255),
            (0, 255),
            (0, 2**16 - 1),
        )
    ),
)


@given(wire_fixes, st.integers(0, 2**42))
def test_any_fix_is_judged_and_a_plausible_one_can_be_believed(fix: Any, received_ms: int) -> None:
    reason = judge.judge(fix, received_ms)
    if not reason:
        believed = judge.believable("B1", fix)
        assert received_ms - judge.BACKLOG_MS <= believed.time_ms
        assert believed.time_ms <= received_ms + judge.FUTURE_MS
        assert believed.a95_m > 0
        assert believed.source in Source


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (record.CLOCK_UNKNOWN, False),
        (record.CLOCK_HELD, False),
        (record.CLOCK_RESOLVED, True),
        (7, False),
    ],
)
def test_only_a_resolved_clock_may_anchor(clock: int, expected: bool) -> None:
    packed = record.pack_satellites(31, clock)
    assert judge.resolved(GOOD._replace(satellites_clock=packed)) is expected


def test_a_believed_fix_says_what_the_wire_said() -> None:
    quality = record.pack_source(record.WIFI, record.AT_REST | record.ESTIMATED)
    fix = judge.believable("B1", GOOD._replace(source_quality=quality, sequence=7))
    assert (fix.unit, fix.sequence, fix.time_ms) == ("B1", 7, RECEIVED_MS - 500)
    assert (fix.lat_e7, fix.lon_e7, fix.a95_m) == (146_000_000, -905_000_000, 5.0)
    assert (fix.source, fix.at_rest, fix.fixed) == (Source.WIFI, True, False)
