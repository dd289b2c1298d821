from pathlib import Path

import pytest

from host.base.document import Model
from simulator.scenario.schema import Scenario
from tests.reference import REFERENCES, reference, written


@pytest.mark.parametrize(("readme", "root", "title"), REFERENCES, ids=lambda value: str(value))
def test_the_reference_is_todays(readme: Path, root: type[Model], title: str) -> None:
    """After a change of a schema: python -m tests.reference."""
    text = readme.read_text(encoding="utf-8")
    assert text == written(text, root, title)


def test_it_names_every_leg_and_every_fault() -> None:
    text = reference(Scenario, "Scenario")
    for word in ("stand", "walk", "drive", "approach", "pass_by", "leave", "host_crash", "jump"):
        assert f"`{word}`" in text
