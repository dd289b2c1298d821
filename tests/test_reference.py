from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.schema import Scenario
from tests.reference import REFERENCES, reference, written


@pytest.mark.parametrize(
    ("readme", "make"), REFERENCES, ids=[one.parent.name for one, _ in REFERENCES]
)
def test_the_reference_is_todays(readme: Path, make: Callable[[], str]) -> None:
    """After a change of a schema: python -m tests.reference."""
    text = readme.read_text(encoding="utf-8")
    assert text == written(text, make())


def test_it_names_every_leg_and_every_fault() -> None:
    text = reference(Scenario, "Scenario")
    for word in ("stand", "walk", "drive", "approach", "pass_by", "leave", "host_crash", "jump"):
        assert f"`{word}`" in text
