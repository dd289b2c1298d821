"""The reader's thread: whatever fails, it goes on, and what comes later is still found."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from host.core.outcome import Changed, Entered, Found, Lookback
from host.proximity.fix import make_fix
from host.proximity.types import Fix
from host.registry.types import Role, Unit
from host.store.reader import Reader
from host.store.store import Store
from tests.host.store.rows import fix_row, outcome_of

_WITHIN_S = 10
UNIT = Unit("B1", Role.OFFENDER, bytes(32), 1)


class Shaky:
    """A store that cannot be read while `fails` is set."""

    def __init__(self, store: Store) -> None:
        self.fails: Exception | None = None
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if self.fails is not None:
            raise self.fails
        return getattr(self._store, name)


@pytest.fixture
def store(tmp_path: Path) -> Shaky:
    store = Store.open(tmp_path / "a.db")
    store.log.commit([outcome_of(fix_row("V1", 1, 1000))])
    return Shaky(store)


@pytest.fixture
def put() -> SimpleQueue[Any]:
    return SimpleQueue()


@pytest.fixture
def reader(
    store: Shaky, put: SimpleQueue[Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    monkeypatch.setattr("host.store.reader.POLL_S", 0.01)
    reader = Reader(store, lambda: 5000, put.put, entry=0, within_ms=60_000)  # type: ignore[arg-type]
    reader.start()
    yield reader
    reader.stop()


def test_a_counterpart_and_news_of_the_registry_come_as_inputs(
    store: Shaky, reader: Reader, put: SimpleQueue[Any]
) -> None:
    store.save_unit(UNIT, 1)
    assert put.get(timeout=_WITHIN_S) == Changed(UNIT, 5000)
    assert put.get(timeout=_WITHIN_S) == Entered(1, store.registry_head()[1].hex(), 5000)
    reader.look_back(Lookback("O1", _late(), "V1"))
    found = put.get(timeout=_WITHIN_S)
    assert isinstance(found, Found)
    assert found.counterpart is not None
    assert found.counterpart.sequence == 1


@pytest.mark.parametrize("error", [ZeroDivisionError("a fault of ours"), OSError("disk I/O error")])
def test_it_outlives_whatever_fails_and_says_it_once(
    store: Shaky,
    reader: Reader,
    put: SimpleQueue[Any],
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    store.fails = error
    _until(lambda: reader.failure == str(error))
    reader.look_back(Lookback("O1", _late(), "V1"))
    _until(lambda: "a late fix of order O1 is not compared" in caplog.text)
    store.fails = None
    _until(lambda: not reader.failure)
    store.save_unit(UNIT, 1)
    assert put.get(timeout=_WITHIN_S) == Changed(UNIT, 5000)
    assert put.get(timeout=_WITHIN_S) == Entered(1, store.registry_head()[1].hex(), 5000)
    reader.look_back(Lookback("O1", _late(), "V1"))
    assert isinstance(put.get(timeout=_WITHIN_S), Found)
    assert caplog.text.count("the registry cannot be read") == 1


def _late() -> Fix:
    return make_fix("B1", 7, 1000, 0, 0, 5.0)


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.005)
