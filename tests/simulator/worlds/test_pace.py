from time import monotonic

from simulator.worlds.pace import Pace


def test_it_is_held_at_the_start_until_it_begins() -> None:
    pace = Pace(1_000_000, speed=50.0)
    assert (pace.now_ms(), pace.real_ms()) == (1_000_000, 0)
    before_s = monotonic()
    assert pace.steady_at_s(1_050_000) >= before_s + 1
    pace.begin()
    pace.sleep_until(1_000_500)
    assert pace.now_ms() >= 1_000_499
    assert pace.steady_at_s(1_000_000) >= before_s


def test_another_process_shows_the_same() -> None:
    begun_s = monotonic() - 2
    assert Pace(0, begun_s, 10.0).now_ms() in range(20_000, 21_000)
    assert Pace(0, begun_s + 60, 10.0).now_ms() == 0
