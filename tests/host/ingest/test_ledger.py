"""The ledger against the obvious model: a set of sequences."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host.ingest import ledger as ledgers
from host.ingest.ledger import (
    DUPLICATE,
    MAYBE_REPLAYED,
    NEW,
    REPLAYED,
    RUNS_MAX,
    TAMPER,
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
            ledger.cover(sequence, other)
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
            again.cover(sequence, other)
            ledger.cover(sequence, other)
        assert again.state() == ledger.state()


def test_no_unit_is_ever_locked_out_by_a_host_that_knows_little() -> None:
    ledger = Ledger()
    assert ledger.admit(5_000_000, seal(1)) == NEW  # a host restored from an old copy
    assert ledger.admit(NEWEST, seal(1)) == NEW
    assert ledger.watermark == 0
    ledger.cover(1, 4_999_999)
    assert ledger.watermark == 5_000_000


def test_a_backlog_sent_newest_first_stays_one_run() -> None:
    ledger = Ledger()
    ledger.cover(1, 10)
    for sequence in range(130_000, 11, -1):  # a week at one fix every five seconds
        assert ledger.admit(sequence, seal(sequence)) == NEW
    assert len(json.dumps(ledger.state())) < 300
    assert ledger.admit(11, seal(11)) == NEW
    assert ledger.watermark == 130_000


@contextmanager
def few_runs(runs_max: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledgers, "RUNS_MAX", runs_max)
        yield


def runs(ledger: Ledger) -> int:
    return len(ledger.state()[1]) // 2


@given(days)
@settings(max_examples=300, deadline=None)
def test_of_too_many_gaps_nothing_is_lost_and_no_copy_is_new(
    day: list[tuple[str, int, int]],
) -> None:
    ledger, model = Ledger(), Model()
    with few_runs(8):
        for what, sequence, other in day:
            if what == "admit":
                right = model.admit(sequence, other)
                said = ledger.admit(sequence, seal(other))
                # What the ledger has forgotten is taken again, and called so.
                assert said in (right, MAYBE_REPLAYED)
                assert ledger.has(sequence)  # so it is answered
            elif other - sequence < 1000:
                ledger.cover(sequence, other)
                model.committed.update(range(sequence, other + 1))
            assert runs(ledger) <= 2 * 8
            # Nothing is ever acknowledged that is not committed.
            assert ledger.watermark <= model.watermark()
            bits = ledger.bitmap(sequence)
            for i in range(64):
                assert not bits >> i & 1 or sequence - i in model.committed
        again = Ledger()
        again.restore(json.loads(json.dumps(ledger.state())))
        assert again.state() == ledger.state()


def backlog(chance: Random) -> list[list[int]]:
    """What a unit has stored, by the message in which it sends it, newest first: at most 32
    records within 32 sequences."""
    stored, sequence = [], 0
    for _ in range(chance.randrange(200, 2000)):
        sequence += chance.choice((1, 1, 2, 2, 64, 64, chance.randrange(1, 5000)))
        stored.append(sequence)
    messages: list[list[int]] = []
    for sequence in reversed(stored):
        if not messages or messages[-1][0] - sequence >= 32:
            messages.append([])
        messages[-1].append(sequence)
    return messages


@given(st.randoms(use_true_random=False), st.sampled_from([64, RUNS_MAX]))
@settings(max_examples=25, deadline=None)
def test_any_backlog_drains_whatever_its_gaps(chance: Random, runs_max: int) -> None:
    """Newest first, with news meanwhile and answers that are lost: each record is new, once."""
    ledger = Ledger()
    messages = backlog(chance)
    newest = messages[0][0]
    with few_runs(runs_max):
        for message in messages:
            if chance.random() < 0.2:
                newest += chance.choice((1, 64))
                assert ledger.admit(newest, seal(newest)) == NEW
            for sequence in message:
                assert ledger.admit(sequence, seal(sequence)) == NEW
            if chance.random() < 0.2:  # its answer was lost
                copies = {ledger.admit(sequence, seal(sequence)) for sequence in message}
                assert copies <= {DUPLICATE, REPLAYED}
            acknowledged = ledger.bitmap(message[0])
            assert all(acknowledged >> message[0] - sequence & 1 for sequence in message)
            assert runs(ledger) <= runs_max + 32
        # The unit has nothing left below its newest, and says so.
        ledger.cover(ledger.watermark + 1, newest - 1)
    assert ledger.watermark == newest
    assert ledger.state()[1:2] == [[]]
    assert len(ledger.state()) == 3  # nothing is forgotten any more


def test_what_was_forgotten_is_taken_again_and_acknowledged() -> None:
    ledger = Ledger()
    for n in range(RUNS_MAX, 0, -1):
        assert ledger.admit(1000 + 64 * n, seal(n)) == NEW
    assert runs(ledger) == RUNS_MAX
    assert ledger.admit(1000, seal(0)) == NEW
    assert runs(ledger) == RUNS_MAX // 2 + 1
    middle, end = 1000 + 64 * RUNS_MAX // 2, 1000 + 64 * RUNS_MAX
    assert not ledger.has(middle)
    assert ledger.admit(middle, seal(1)) == MAYBE_REPLAYED
    assert ledger.bitmap(middle) & 1
    assert ledger.admit(middle, seal(1)) == DUPLICATE  # it is known again
    assert ledger.admit(middle + 1, seal(1)) == MAYBE_REPLAYED  # although it was never there
    assert ledger.admit(end, seal(1)) == REPLAYED
    assert ledger.admit(end + 1, seal(1)) == NEW
    ledger.cover(1, end)
    assert ledger.watermark == end + 1
    assert ledger.admit(middle + 2, seal(1)) == REPLAYED


def test_covering_nothing_changes_nothing() -> None:
    ledger = Ledger()
    ledger.cover(1, 5)
    before = ledger.state()
    for first, last in ((3, 5), (9, 8), (6, 5), (1, 1)):
        ledger.cover(first, last)
        assert ledger.state() == before
