"""A database that a host has lived on, and copies of it that anybody may alter."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.evidence.day import Host, live

SLICE_ROWS = 16  # so that a day has several


@pytest.fixture(scope="package", autouse=True)
def _small_slices() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("host.store.log.SLICE_ROWS", SLICE_ROWS)
        patch.setattr("host.evidence.index.SLICE_ROWS", SLICE_ROWS)
        yield


@pytest.fixture(scope="package")
def lived(tmp_path_factory: pytest.TempPathFactory, _small_slices: None) -> Path:
    path = tmp_path_factory.mktemp("lived") / "a.db"
    host = Host(path)
    live(host)
    host.store.close()
    return path


@pytest.fixture
def database(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(lived, tmp_path))
