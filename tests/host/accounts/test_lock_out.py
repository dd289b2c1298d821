"""How long somebody waits who was wrong."""

from hypothesis import given
from hypothesis import strategies as st

from host.accounts.lock_out import (
    FIRST_MS,
    FORGOTTEN_MS,
    FREE,
    LONGEST_MS,
    Attempts,
    failed,
    wait_ms,
)


def test_it_doubles_and_ends_at_the_longest() -> None:
    attempts, waits = Attempts(), []
    for _ in range(FREE + 12):
        attempts = failed(attempts, 1000)
        waits.append(wait_ms(attempts, 1000))
    assert waits[:FREE] == [0] * FREE
    assert waits[FREE : FREE + 3] == [FIRST_MS, 2 * FIRST_MS, 4 * FIRST_MS]
    assert waits[-1] == LONGEST_MS


@given(st.integers(0, 10**6), st.integers(0, 10**10), st.integers(0, 10**8))
def test_nobody_is_shut_out_for_good(failures: int, last_ms: int, later_ms: int) -> None:
    attempts = Attempts(failures, last_ms)
    waited = wait_ms(attempts, last_ms + later_ms)
    assert 0 <= waited <= max(0, LONGEST_MS - later_ms)


def test_a_day_without_a_mistake_forgets_them() -> None:
    attempts = Attempts(50, 0)
    assert failed(attempts, FORGOTTEN_MS + 1) == Attempts(1, FORGOTTEN_MS + 1)
    assert wait_ms(attempts, FORGOTTEN_MS + 1) == 0
