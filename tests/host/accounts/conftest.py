"""A house with accounts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.accounts.people import House, hash_quickly


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.store.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)
