from firmware.utc import Utc
from protocol.record import UTC


def test_before_it_is_known_time_is_uptime():
    utc = Utc(5_000)
    assert utc.at(7_250) is None
    assert utc.monotonic(1) is None
    assert utc.stamp(7_250) == (0, 2, 250)
    assert utc.uptime_s(7_250) == 2


def test_it_runs_on_from_the_last_fix():
    utc = Utc(0)
    utc.learn(1_700_000_000_250, 10_000)
    assert utc.stamp(12_000) == (UTC, 1_700_000_002, 250)
    assert utc.monotonic(1_700_000_001_250) == 11_000
    utc.learn(1_700_000_003_000, 12_000)
    assert utc.at(12_000) == 1_700_000_003_000


def test_a_time_that_goes_back_is_told_and_lateness_and_a_leap_second_are_not():
    utc = Utc(0)
    assert utc.learn(1_700_000_000_000, 1_000) == 0
    assert utc.learn(1_700_000_001_000, 60_000) == 0
    assert utc.learn(1_699_999_999_000, 60_000) == 0
    assert utc.learn(1_699_999_399_000, 61_000) == 600
    assert utc.learn(1_699_999_400_000, 62_000) == 0
    assert utc.learn((1 << 32) * 1000, 63_000) == 0
    assert utc.learn(0, 64_000) == (1 << 31) - 1
