"""The allowance: so many at once, so many on average, and nobody pays for another."""

from hypothesis import given
from hypothesis import strategies as st

from host.service.allowance import Allowance


def test_so_many_may_come_at_once_and_then_one_by_one() -> None:
    allowance = Allowance(spacing_ms=500, at_once=3)
    assert [allowance.take("B1", 1000) for _ in range(5)] == [True] * 3 + [False] * 2
    assert not allowance.take("B1", 1499)
    assert allowance.take("B1", 1500)
    assert not allowance.take("B1", 1500)
    assert [allowance.take("B1", 9000) for _ in range(4)] == [True] * 3 + [False]


def test_nobody_pays_for_another() -> None:
    allowance = Allowance(spacing_ms=500, at_once=1)
    assert allowance.take("B1", 1000)
    assert not allowance.take("B1", 1000)
    assert allowance.take("B2", 1000)


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 50), st.integers(1, 8))
def test_no_stretch_of_time_holds_more_than_is_allowed(
    waits_ms: list[int], spacing_ms: int, at_once: int
) -> None:
    allowance = Allowance(spacing_ms, at_once)
    now_ms, passed = 1_000_000, []
    for wait_ms in waits_ms:
        now_ms += wait_ms
        if allowance.take("B1", now_ms):
            passed.append(now_ms)
    for first, begin_ms in enumerate(passed):
        for count, end_ms in enumerate(passed[first:], 1):
            assert count <= at_once + (end_ms - begin_ms) // spacing_ms
