"""Virtual time only goes forward, and what is armed goes off once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.worlds.queue import WOKEN_MAX, Queue, StuckError, TimeWentBackError


def run(queue: Queue, until_ms: int) -> None:
    queue.run(until_ms, lambda _: None)


def test_what_is_over_is_refused() -> None:
    queue = Queue(1000)
    with pytest.raises(TimeWentBackError, match="B1: 999 is before 1000"):
        queue.at(999, 0, "B1", lambda *_: None)


def test_what_falls_into_the_past_by_other_means_is_found_too() -> None:
    queue = Queue(0)
    queue.at(5, 0, "B1", lambda *_: None)
    queue.now_ms = 6
    with pytest.raises(TimeWentBackError, match="B1: 5 is before 6"):
        run(queue, 10)


def test_a_core_that_is_due_in_the_past_is_due_now() -> None:
    queue, woken = Queue(1000), list[int]()
    queue.arm(0, 0, "B1", lambda _, now_ms: woken.append(now_ms))
    run(queue, 2000)
    assert woken == [1000]


def test_what_was_armed_before_is_overtaken() -> None:
    queue, woken = Queue(0), list[tuple[int, int]]()
    for due_ms in (50, 10, 30):
        queue.arm(due_ms, 0, "B1", lambda _, now_ms, due_ms=due_ms: woken.append((due_ms, now_ms)))
    queue.arm(20, 0, "V1", lambda *_: woken.append((0, 20)))
    queue.arm(None, 0, "V1", lambda *_: None)
    run(queue, 100)
    assert woken == [(30, 30)]


def test_a_core_that_is_due_for_ever_is_named() -> None:
    queue = Queue(7)

    def again(entity: str, now_ms: int) -> None:
        queue.arm(now_ms, 0, entity, again)

    queue.arm(7, 0, "B1", again)
    with pytest.raises(StuckError, match="B1 is due again and again at 7"):
        run(queue, 8)
    assert queue.taken == WOKEN_MAX + 1


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.sampled_from(["a", "b", "c"]), st.booleans()),
        max_size=40,
    )
)
def test_time_never_goes_back_and_each_entity_has_one_alarm(
    said: list[tuple[int, str, bool]],
) -> None:
    queue, seen, left = Queue(0), list[int](), list(said)
    alarms = {"a": 0, "b": 0, "c": 0}

    def woken(entity: str, now_ms: int) -> None:
        alarms[entity] -= 1
        happened(entity, now_ms)

    def happened(_: str, now_ms: int) -> None:
        seen.append(now_ms)
        if left:
            due_ms, entity, arms = left.pop()
            if arms:
                queue.arm(due_ms, 1, entity, woken)
                alarms[entity] = 1
            else:
                queue.at(max(due_ms, now_ms), 0, entity, happened)

    queue.at(0, 0, "a", happened)
    run(queue, 1000)
    assert seen == sorted(seen)
    assert all(count >= 0 for count in alarms.values())
