import time

from firmware.boards.clock import Clock

NARROW_PERIOD = 1 << 30  # of MicroPython's ticks, where words have 32 bits
WIDE_PERIOD = 1 << 62
SIX_DAYS_MS = 6 * 86_400_000


class Ticks:
    """Ticks that begin anew after `period`, and their difference as MicroPython has it."""

    def __init__(self, period, first):
        self.period = period
        self.now = first

    def ms(self):
        return self.now % self.period

    def diff(self, later, earlier):
        half = self.period // 2
        return (later - earlier + half) % self.period - half


def test_it_goes_on_when_the_ticks_begin_anew():
    for period in (NARROW_PERIOD, WIDE_PERIOD):
        ticks = Ticks(period, period - 500)
        clock = Clock(ticks.ms, ticks.diff)
        for passed_ms in (0, 1, 499, 500, 501, 60_000):
            ticks.now = period - 500 + passed_ms
            assert clock.ms() == passed_ms


def test_it_counts_for_a_year_and_beyond_what_a_small_integer_holds():
    ticks = Ticks(NARROW_PERIOD, NARROW_PERIOD - 1)
    clock = Clock(ticks.ms, ticks.diff)
    for times in range(1, 62):
        ticks.now += SIX_DAYS_MS
        assert clock.ms() == times * SIX_DAYS_MS


def test_it_never_goes_back():
    ticks = Ticks(NARROW_PERIOD, 1_000)
    clock = Clock(ticks.ms, ticks.diff)
    for tick, expected_ms in ((1_500, 500), (1_490, 500), (1_510, 510)):
        ticks.now = tick
        assert clock.ms() == expected_ms


def test_the_ports_own_ticks_differ_as_these():
    if not hasattr(time, "ticks_diff"):  # CPython, where no unit runs
        return
    period = time.ticks_add(0, -1) + 1
    assert period in (NARROW_PERIOD, WIDE_PERIOD)
    ticks = Ticks(period, 0)
    for later, earlier in ((0, period - 1), (period - 1, 0), (period // 2 - 1, 0), (5, 1)):
        assert time.ticks_diff(later, earlier) == ticks.diff(later, earlier)
