"""In worlds where the host does what it should, the second judge finds nothing."""

from typing import Any

import pytest

from simulator.judges.invariants import broken
from simulator.judges.truth import pairs_of
from simulator.swarm.draw import random_world
from tests.simulator.judges.second.play import findings, play

# Each shows something of its own: 49 a backlog that comes at once, 65 a count over a gap.
WORLDS = [(0, False), (1, False), (0, True), (49, True), (65, True)]

# He rests 6 km away and drives to her, just when nobody can tell her unit any more.
DRIVE_IN: dict[str, Any] = {
    "start": "2026-03-02T14:00:00Z",
    "duration_s": 600,
    "origin": [14.6349, -90.5069],
    "orders": {"order1": {"offender": "he", "protected": ["she"], "strength": "supervised"}},
    "units": {
        "B1": {
            "role": "offender",
            "person": "he",
            "movement": {
                "at": {"north_m": 6000},
                "legs": [
                    {"move": "stand", "for_s": 200},
                    {"move": "approach", "unit": "V1", "speed_m_s": 30},
                ],
            },
        },
        "V1": {"role": "victim", "person": "she", "movement": {"at": {"north_m": 0}}},
    },
}


@pytest.mark.parametrize(("seed", "rough"), WORLDS)
def test_nothing_is_found_where_nothing_is_wrong(seed: int, rough: bool) -> None:
    assert findings(random_world(seed, rough=rough)) == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"faults": [{"fault": "host_crash", "at_s": 195, "down_s": 400}]},
        {"units": {"V1": {"network": {"cuts": [{"from_s": 190, "until_s": 600}]}}}},
    ],
    ids=["the host dies", "her network is cut"],
)
def test_her_units_promise_does_not_count_on_hearing_that_he_moves_off(
    trouble: dict[str, Any],
) -> None:
    """It once did where his rest was trusted: it said *assured* while he stood before her."""
    units = {
        name: {**unit, **trouble.get("units", {}).get(name, {})}
        for name, unit in DRIVE_IN["units"].items()
    }
    found, recorder, scenario = play({**DRIVE_IN, **trouble, "units": units})
    (pair,) = pairs_of(scenario)
    assert found == []
    assert max(until_ms for _, until_ms in recorder.unit_until["V1"]) > scenario.at_ms(200)
    assert list(broken(pair, recorder.unit_until["V1"], scenario.end_ms, settles=True)) == []
