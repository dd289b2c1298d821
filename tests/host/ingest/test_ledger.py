"""The ledger against the obvious model: a set of sequences."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest.ledger import (
    DUPLICATE,
    NEW,
    REPLAYED,
    RUNS_MAX,
    TAMPER,
    TOO_MANY_GAPS,
    Ledger,
)

REMEMBERED = 8
NEWEST = 0xFFFF_FFFF  # what a record's sequence can be at most


def seal(content: int) -> bytes:
    return content.to_bytes(16, "big")


# A ledger's day: ("admit", sequence, content) or ("cover", first, last).
sequences = st.one_of(st.integers(1, 40), st.integers(1, 400), st.integers(NEWEST - 70, NEWEST))
days = st.lists(
    st.one_of(
        st.tuples(st.just("admit"), sequences, st.sampled_from((1 << 64, 2 << 64))),
        st.tuples(st.just("cover"), sequences, sequences),
    ),
    max_size=60,
)


class Model:
    """Sequences in a set, contents in a list: slow and obvious."""

    def __init__(self) -> None:
        self.committed: set[int] = set()
        self.contents: list[tuple[int, int]] = []

    def admit(self, sequence: int, content: int) -> str:
        if sequence in self.committed:
            known = dict(self.contents[-REMEMBERED:])
            if sequence not in known:
                return REPLAYED
            return DUPLICATE if known[sequence] == content else TAMPER
        self.committed.add(sequence)
        self.contents.append((sequence, content))
        return NEW

    def watermark(self) -> int:
        upto = 0
        while upto + 1 in self.committed:
            upto += 1
        return upto


@given(days)
@settings(max_examples=200, deadline=None)
def test_a_ledger_is_a_set_of_sequences(day: list[tuple[str, int, int]]) -> None:
    ledger, model = Ledger(), Model()
    for what, sequence, other in day:
        if what == "admit":
            assert ledger.admit(sequence, seal(other)) == model.admit(sequence, other)
        elif other - sequence < 1000:
            assert ledger.cover(sequence, other)
            model.committed.update(range(sequence, other + 1))
        assert ledger.watermark == model.watermark()
        assert ledger.newest == max(model.committed, default=0)
    for sequence in {one + near for one in model.committed for near in (-1, 0, 1)}:
        assert ledger.has(sequence) == (sequence == 0 or sequence in model.committed)
        bits = [
            sequence - i > 0 and sequence - i in model.committed for i in range(64)
        ]  # anchored at what is answered, whatever the watermark
        assert ledger.bitmap(sequence) == sum(bit << i for i, bit in enumerate(bits))


@given(days)
@settings(max_examples=50, deadline=None)
def test_a_ledger_goes_on_from_its_state(day: list[tuple[str, int, int]]) -> None:
    ledger = Ledger()
    for what, sequence, other in day:
        again = Ledger()
        again.restore(json.loads(json.dumps(ledger.state())))
        if what == "admit":
            assert again.admit(sequence, seal(other)) == ledger.admit(sequence, seal(other))
        else:
            assert again.cover(sequence, other) == ledger.cover(sequence, other)
        assert again.state() == ledger.state()


def test_no_unit_is_ever_locked_out_by_a_host_that_knows_little() -> None:
    ledger = Ledger()
    assert ledger.admit(5_000_000, seal(1)) == NEW  # a host restored from an old copy
    assert ledger.admit(NEWEST, seal(1)) == NEW
    assert ledger.watermark == 0
    assert ledger.cover(1, 4_999_999)
    assert ledger.watermark == 5_000_000


def test_a_backlog_sent_newest_first_stays_one_run() -> None:
    ledger = Ledger()
    ledger.cover(1, 10)
    for sequence in range(130_000, 11, -1):  # a week at one fix every five seconds
        assert ledger.admit(sequence, seal(sequence)) == NEW
    assert len(json.dumps(ledger.state())) < 300
    assert ledger.admit(11, seal(11)) == NEW
    assert ledger.watermark == 130_000


def test_gaps_are_bounded_and_filling_them_is_always_possible() -> None:
    ledger = Ledger()
    for n in range(1, RUNS_MAX + 1):
        assert ledger.admit(2 * n, seal(n)) == NEW
    before = ledger.state()
    far = 2 * RUNS_MAX + 2
    assert ledger.admit(far, seal(0)) == TOO_MANY_GAPS
    assert not ledger.cover(far, far + 5)
    assert ledger.state() == before
    assert ledger.admit(far - 1, seal(0)) == NEW  # next to a run
    assert ledger.admit(1, seal(0)) == NEW
    assert ledger.admit(far + 1, seal(0)) == NEW  # there is room for one more run now


def test_covering_nothing_changes_nothing() -> None:
    ledger = Ledger()
    ledger.cover(1, 5)
    before = ledger.state()
    for first, last in ((3, 5), (9, 8), (6, 5), (1, 1)):
        assert ledger.cover(first, last)
        assert ledger.state() == before
