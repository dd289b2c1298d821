"""The writer's thread: everything submitted is committed, in order, whatever the store does."""

import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from host.core.audit import Chain
from host.core.outcome import Outcome
from host.store.failure import StoreDown, StoreRefused
from host.store.log import Log
from host.store.store import Store
from host.store.writer import Writer
from tests.host.store.rows import fix_row, outcome_of

_WITHIN_S = 10


class ShakyLog:
    """A log that is down while `down` is set, and never takes a sequence in `bad`.

    On a sequence in `absurd` it fails as no log should.
    """

    def __init__(self, log: Log) -> None:
        self.down = Event()
        self.bad: set[int] = set()
        self.absurd: set[int] = set()
        self.groups: list[int] = []
        self._log = log

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        if self.down.is_set():
            raise StoreDown("disk full")
        sequences = {row.sequence for outcome in outcomes for row in outcome.records}
        if sequences & self.absurd:
            raise ZeroDivisionError("a fault of ours")
        if sequences & self.bad:
            raise StoreRefused("bad row")
        self.groups.append(len(outcomes))
        self._log.commit(outcomes)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "a.db")


@pytest.fixture
def log(store: Store) -> ShakyLog:
    return ShakyLog(store.log)


def outcomes(count: int) -> list[Outcome]:
    return [outcome_of(fix_row("B1", n, n * 1000)) for n in range(1, count + 1)]


def stored(store: Store) -> list[int]:
    return [row.sequence for _, row in store.records()]


def test_what_waits_is_committed_together(store: Store, log: ShakyLog) -> None:
    writer = Writer(log)  # type: ignore[arg-type]
    futures = [writer.submit(outcome) for outcome in outcomes(50)]
    writer.start()
    for future in futures:
        assert future.result(_WITHIN_S) is None
    writer.stop()
    assert log.groups == [50]
    assert stored(store) == list(range(1, 51))


def test_a_store_that_is_down_is_tried_until_it_is_up(store: Store, log: ShakyLog) -> None:
    told: list[str] = []
    writer = Writer(log, told.append)  # type: ignore[arg-type]
    log.down.set()
    writer.start()
    first, *rest = outcomes(9)
    future = writer.submit(first)
    _until(lambda: writer.failure == "disk full")
    futures = [writer.submit(outcome) for outcome in rest]
    assert not future.done()
    log.down.clear()
    for waiting in (future, *futures):
        waiting.result(_WITHIN_S)
    writer.stop()
    assert stored(store) == list(range(1, 10))
    assert told == ["disk full", ""]


def test_nothing_is_built_on_an_outcome_that_cannot_be_stored(store: Store, log: ShakyLog) -> None:
    log.bad = {3}
    writer = Writer(log)  # type: ignore[arg-type]
    futures = [writer.submit(outcome) for outcome in outcomes(5)]
    writer.start()
    refused = [isinstance(future.exception(_WITHIN_S), StoreRefused) for future in futures]
    assert refused == [False, False, True, True, True]
    writer.resume()
    writer.submit(outcomes(4)[3]).result(_WITHIN_S)
    writer.stop()
    assert stored(store) == [1, 2, 4]


def test_whatever_a_commit_fails_with_ends_what_waits_for_it(store: Store, log: ShakyLog) -> None:
    log.absurd = {2}
    writer = Writer(log)  # type: ignore[arg-type]
    futures = [writer.submit(outcome) for outcome in outcomes(3)]
    writer.start()
    futures[0].result(_WITHIN_S)
    for future in futures[1:]:
        with pytest.raises(StoreRefused, match="a fault of ours"):
            future.result(_WITHIN_S)
    writer.resume()
    writer.submit(outcomes(3)[2]).result(_WITHIN_S)
    writer.stop()
    assert stored(store) == [1, 3]


def test_stopping_commits_what_was_submitted(store: Store, log: ShakyLog) -> None:
    writer = Writer(log)  # type: ignore[arg-type]
    writer.start()
    futures = [writer.submit(outcome) for outcome in outcomes(200)]
    writer.stop()
    assert all(future.done() and future.exception() is None for future in futures)
    assert stored(store) == list(range(1, 201))


def test_stopping_does_not_wait_for_a_store_that_is_down(log: ShakyLog) -> None:
    writer = Writer(log)  # type: ignore[arg-type]
    log.down.set()
    writer.start()
    futures = [writer.submit(outcome) for outcome in outcomes(3)]
    writer.stop()
    assert all(isinstance(future.exception(), StoreDown) for future in futures)


def test_nothing_is_stored_beyond_what_was_given_up_when_it_stopped(
    store: Store, log: ShakyLog
) -> None:
    writer, chain = Writer(log), Chain(bytes(32))  # type: ignore[arg-type]
    first, second = (Outcome(audit=[chain.append("level", "O1", {}, n)]) for n in (1, 2))
    log.down.set()
    writer.start()
    given_up = writer.submit(first)
    _until(lambda: writer.failure)
    waits = writer.submit(second)
    given_up.add_done_callback(lambda _: log.down.clear())  # up again, and too late
    writer.stop()
    assert isinstance(given_up.exception(), StoreDown)
    assert isinstance(waits.exception(), StoreRefused)
    assert list(store.audit()) == []


def _until(happens: "object") -> None:
    deadline = time.monotonic() + _WITHIN_S
    while not happens():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.005)
