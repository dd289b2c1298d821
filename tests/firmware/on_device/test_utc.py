from firmware.utc import Utc
from protocol.record import (
    CLOCK_CONTRADICTED,
    CLOCK_CORRECTED,
    CLOCK_HELD,
    CLOCK_RESOLVED,
    CLOCK_UNKNOWN,
    UTC,
)

NOON_MS = 1_700_000_000_000  # at the unit's millisecond 0


def heard(receiver_ms=None, up_ms=200, down_ms=300):
    """A unit at its tenth second: what it said at the ninth was answered; `receiver_ms` ahead."""
    utc = Utc(0)
    if receiver_ms is not None:
        utc.learn(NOON_MS + 9_000 + receiver_ms, 9_000)
    utc.hear(NOON_MS + 9_000 + up_ms, 9_000, 9_000 + up_ms + down_ms)
    return utc


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


def test_a_small_step_back_is_a_leap_second_learned_soon_after_power_on_and_a_lie_later():
    utc = Utc(5_000)
    utc.learn(NOON_MS + 18_000, 65_000)
    assert utc.learn(NOON_MS + 1_000, 66_000) == 0
    utc.learn(NOON_MS + 7_200_000, 7_265_000)
    assert utc.learn(NOON_MS + 7_183_000, 7_266_000) == 17


def test_a_receiver_that_the_host_confirms_tells_the_time():
    for ahead_ms in (-1_500, 0, 150):
        utc = heard(ahead_ms)
        assert utc.clock(True) == CLOCK_RESOLVED
        assert utc.at(20_000) == NOON_MS + 20_000 + ahead_ms


def test_one_that_is_ahead_by_old_leap_seconds_is_corrected():
    for ahead_ms in (2_000, 3_000, 18_000):
        utc = heard(ahead_ms)
        assert utc.clock(True) == CLOCK_CORRECTED
        assert utc.at(20_000) == NOON_MS + 20_000 - 300  # the answer was 300 ms on its way


def test_one_that_is_wrong_in_any_other_way_is_contradicted():
    for ahead_ms in (-1 << 50, -3_600_000, -5_400_000, -7_000, 25_000, 3_600_000, 1 << 50):
        utc = heard(ahead_ms)
        assert utc.clock(True) == CLOCK_CONTRADICTED
        assert utc.stamp(20_000) == (UTC, 1_700_000_019, 700)


def test_without_a_receivers_time_the_hosts_is_told():
    utc = heard()
    assert utc.at(20_000) == NOON_MS + 19_700
    assert utc.clock(False) == CLOCK_HELD
    assert Utc(0).clock(False) == CLOCK_UNKNOWN


def test_where_the_way_was_slow_no_more_is_told_than_is_proven():
    utc = heard(0, down_ms=4_000)
    assert utc.clock(True) == CLOCK_RESOLVED
    assert utc.at(20_000) == NOON_MS + 16_000
    utc.hear(NOON_MS + 19_000, None, 19_100)
    assert utc.at(20_000) == NOON_MS + 20_000


def test_a_command_that_was_held_back_tells_nothing_new():
    utc = heard(0)
    utc.hear(NOON_MS + 15_000, None, 90_000)
    assert utc.at(100_000) == NOON_MS + 100_000


def test_an_instant_is_past_only_by_a_time_that_is_known():
    assert not Utc(0).past(0, 1)
    utc = Utc(0)
    utc.learn(NOON_MS, 0)
    utc.hear(NOON_MS - 60_000, None, 0)  # it may have been a minute on its way
    assert utc.past(NOON_MS - 1, 0) and not utc.past(NOON_MS, 0)
    for ahead_ms in (-7_000, 7_000, 90_000, 3_600_000, 1 << 50):
        assert not heard(ahead_ms).past(NOON_MS, 20_000)
    assert heard(0).past(NOON_MS + 19_999, 20_000)


def test_a_promise_is_counted_from_when_the_answered_record_was_made():
    for ahead_ms in (None, -3_600_000, 0, 3_600_000):
        assert heard(ahead_ms).monotonic(NOON_MS + 60_000) == 59_800
    utc = heard(0, up_ms=5_000)
    assert utc.monotonic(NOON_MS + 60_000) == 55_000
    utc.hear(NOON_MS + 30_100, 30_000, 30_200)
    assert utc.monotonic(NOON_MS + 60_000) == 59_900


def test_where_a_clock_was_set_or_has_drifted_the_newer_word_counts():
    utc = heard(0)
    utc.hear(NOON_MS + 90_000, 29_000, 30_000)  # the host's was a minute behind
    assert utc.at(30_000) == NOON_MS + 90_000
    utc.hear(NOON_MS + 91_000, 91_000, 91_500)  # or ahead
    assert utc.at(91_500) == NOON_MS + 91_500
    assert utc.clock(True) == CLOCK_RESOLVED
