"""Deadlines: in order of (due, kind, entity), each once, and late moves cost nothing."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from host.core.timers import NEVER_MS, Key, Timers


class Deadlines:
    """Entities with deadlines that may change."""

    def __init__(self) -> None:
        self.due: dict[Key, int] = {}
        self.asked = 0
        self.timers = Timers(self._due_of)

    def _due_of(self, key: Key) -> int | None:
        self.asked += 1
        return self.due.get(key)

    def arm(self, key: Key, due_ms: int) -> None:
        self.due[key] = due_ms
        self.timers.arm(key, due_ms)

    def fired(self, now_ms: int) -> Iterator[tuple[int, Key]]:
        while (due := self.timers.pop(now_ms)) is not None:
            self.due.pop(due[1])
            yield due


def test_they_come_up_by_time_then_kind_then_name() -> None:
    deadlines = Deadlines()
    for key, due_ms in {(2, "a"): 5, (0, "b"): 7, (0, "a"): 7, (1, "a"): 7, (0, "z"): 5}.items():
        deadlines.arm(key, due_ms)
    assert list(deadlines.fired(6)) == [(5, (0, "z")), (5, (2, "a"))]
    assert list(deadlines.fired(7)) == [(7, (0, "a")), (7, (0, "b")), (7, (1, "a"))]
    assert list(deadlines.fired(NEVER_MS)) == []


def test_what_moves_earlier_comes_up_earlier_and_once() -> None:
    deadlines = Deadlines()
    deadlines.arm((0, "a"), 100)
    deadlines.arm((0, "a"), 50)
    assert deadlines.timers.next_ms() == 50
    assert list(deadlines.fired(1000)) == [(50, (0, "a"))]


def test_what_moves_later_costs_nothing_until_it_would_have_come_up() -> None:
    deadlines = Deadlines()
    deadlines.arm((0, "a"), 10)
    for due_ms in range(11, 10_011):
        deadlines.arm((0, "a"), due_ms)
    assert len(deadlines.timers._heap) == 1
    assert deadlines.asked == 0
    assert list(deadlines.fired(9_999)) == []
    assert deadlines.asked == 1
    assert list(deadlines.fired(10_010)) == [(10_010, (0, "a"))]


def test_who_has_no_deadline_any_more_does_not_come_up() -> None:
    deadlines = Deadlines()
    deadlines.arm((0, "a"), 10)
    del deadlines.due[0, "a"]
    assert list(deadlines.fired(10)) == []
    assert deadlines.timers.next_ms() is None


def test_never_is_not_armed() -> None:
    deadlines = Deadlines()
    deadlines.timers.arm((0, "a"), None)
    deadlines.timers.arm((0, "b"), NEVER_MS)
    assert deadlines.timers.next_ms() is None


changes = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("abcd"), st.integers(0, 2), st.integers(0, 60)),
    max_size=40,
)


@given(changes)
@settings(max_examples=150)
def test_timers_are_a_sorted_list_of_deadlines(said: list[tuple[int, str, int, int]]) -> None:
    deadlines, model = Deadlines(), dict[Key, int]()
    now_ms = 0
    for gap_ms, entity, kind, ahead_ms in said:
        now_ms += gap_ms
        expected = sorted((due_ms, key) for key, due_ms in model.items() if due_ms <= now_ms)
        assert list(deadlines.fired(now_ms)) == expected
        for _, key in expected:
            del model[key]
        next_ms = deadlines.timers.next_ms()
        assert min(model.values(), default=NEVER_MS) >= (NEVER_MS if next_ms is None else next_ms)
        deadlines.arm((kind, entity), now_ms + 1 + ahead_ms)
        model[kind, entity] = now_ms + 1 + ahead_ms
