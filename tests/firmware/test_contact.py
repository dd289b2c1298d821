"""One rule for both ends: the host never misses a unit before the unit itself means to speak."""

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.reporting import EARLY_MS, Reporting
from protocol.contact import margin_s, missed_ms

FLOOR_S = 5

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "event", "event", "restart", "answer", "answer"]),
        st.integers(0, 20_000),  # after the step before, in milliseconds
        st.booleans(),  # whether a record arrives
        st.sampled_from([5, 7, 30, 120, 600]),  # the lease that it is granted
        st.integers(0, 5),  # which of the answers on their way arrives
    ),
    max_size=40,
)


class Ends:
    """A unit, and what a host that hears of its records counts on."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.sequence = 0
        self.unit = Reporting(FLOOR_S, 0)
        self.newest = 0  # of what has arrived
        self.missed_ms: int | None = None
        self.margin_ms = 0
        self.on_the_way: list[tuple[int, int, int]] = []  # number, answered, lease
        self.numbers = self.last_number = 0

    def make(self, kind: str, arrives: bool, lease_s: int) -> None:
        self.sequence += 1
        if kind == "report":
            self.unit.fix(self.now_ms)
            self.unit.reported(self.sequence, self.now_ms)
        else:
            self.unit.noted(self.sequence, self.now_ms)
        if arrives:
            self.newest = self.sequence
            self.numbers += 1
            lease_s = max(lease_s, FLOOR_S)
            self.missed_ms = missed_ms(self.now_ms, lease_s)
            self.margin_ms = margin_s(lease_s) * 1000
            self.on_the_way.append((self.numbers, self.sequence, lease_s))

    def answer(self, which: int) -> None:
        """One of the answers arrives, perhaps once more; an older number is not taken."""
        if self.on_the_way:
            number, answered, lease_s = self.on_the_way[which % len(self.on_the_way)]
            if number > self.last_number:
                self.last_number = number
                self.unit.answer(answered, lease_s)

    def restart(self) -> None:
        self.unit = Reporting(FLOOR_S, self.now_ms)


@settings(max_examples=400)
@given(STEPS)
def test_the_host_never_misses_a_unit_that_means_to_be_silent(
    steps: list[tuple[str, int, bool, int, int]],
) -> None:
    ends = Ends()
    for kind, after_ms, arrives, lease_s, which in steps:
        ends.now_ms += after_ms
        # A unit that is due speaks; here it has done so in time.
        if ends.unit._due_ms <= ends.now_ms:
            ends.make("report", arrives, lease_s)
        if kind == "answer":
            ends.answer(which)
        elif kind == "restart":
            ends.restart()
        else:
            ends.make(kind, arrives, lease_s)
        if ends.missed_ms is not None and ends.newest == ends.sequence:  # else it has spoken since
            counted_ms = max(ends.missed_ms - ends.margin_ms, ends.now_ms)
            assert ends.unit._due_ms <= counted_ms + EARLY_MS
