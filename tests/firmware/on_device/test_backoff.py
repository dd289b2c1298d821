"""Waiting before the next try."""

from firmware.backoff import Backoff


def test_the_ceiling_doubles_up_to_the_most_and_starts_again():
    ceilings = []

    def below(n):
        ceilings.append(n)
        return n - 1

    backoff = Backoff(below, 1_000, 5_000)
    assert [backoff.next_ms() for _ in range(4)] == [999, 1_999, 3_999, 4_999]
    backoff.reset()
    assert backoff.next_ms() == 999
    assert ceilings == [1_000, 2_000, 4_000, 5_000, 1_000]
