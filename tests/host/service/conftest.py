"""A host at work on a database of its own, and its units."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.host_at_work import HostAtWork


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostAtWork]:
    host = HostAtWork(tmp_path)
    yield host
    host.end()
