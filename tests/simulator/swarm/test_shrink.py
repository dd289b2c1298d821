"""What fails is made small, and still fails for the same reason."""

from copy import deepcopy
from typing import Any

import pytest

from simulator.swarm.draw import random_world
from simulator.swarm.play import said
from simulator.swarm.shrink import shrink


def a_rich_world() -> dict[str, Any]:
    return next(
        document
        for document in map(random_world, range(1, 500))
        if len(document["units"]) >= 4 and len(document["faults"]) >= 3
    )


def test_it_keeps_what_the_failure_needs_and_leaves_out_the_rest() -> None:
    document = a_rich_world()
    needed = document["faults"][-1]
    before = deepcopy(document)

    def fails(candidate: dict[str, Any]) -> bool:
        said(candidate)  # raises UsageError for what is no scenario, as playing it would
        return needed in candidate["faults"]

    small = shrink(document, fails)
    assert small["faults"] == [needed]
    assert small["operators"] == []
    assert len(small["orders"]) == 1
    assert len(small["units"]) <= 3
    assert all(unit["movement"]["legs"] == [] for unit in small["units"].values())
    assert document == before


@pytest.mark.parametrize("worlds_max", [0, 1, 7])
def test_it_plays_no_more_worlds_than_it_may(worlds_max: int) -> None:
    played: list[dict[str, Any]] = []

    def fails(candidate: dict[str, Any]) -> bool:
        played.append(candidate)
        return True

    shrink(a_rich_world(), fails, worlds_max)
    assert len(played) == worlds_max


def test_a_world_that_needs_all_of_itself_stays_as_it_is() -> None:
    document = a_rich_world()
    assert shrink(document, lambda _: False) == document
