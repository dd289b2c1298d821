"""A host at work on a database of its own, and its units."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.field import Field


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    field = Field(tmp_path)
    yield field
    field.end()
