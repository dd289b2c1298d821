"""What a bracelet hears depends on nothing of where she is: no byte length, no time, no content."""

from random import Random
from typing import Any

import pytest

from protocol import command
from simulator.judges.recorder import Told
from simulator.swarm.play import play

Heard = tuple[int, int, str, tuple[int, ...]]


def way(chance: Random, reach_m: float, legs: int) -> dict[str, Any]:
    """To and fro within so many metres, resting here and there."""

    def spot() -> dict[str, float]:
        return {one: round(chance.uniform(-reach_m, reach_m)) for one in ("north_m", "east_m")}

    moves: list[dict[str, Any]] = []
    for _ in range(legs):
        moves.append({"move": "drive", "to": spot(), "speed_m_s": chance.uniform(1, 30)})
        moves.append({"move": "stand", "for_s": round(chance.uniform(0, 240))})
    return {"at": spot(), "legs": moves}


def world(seed: int, hers: dict[str, Any]) -> dict[str, Any]:
    """All but her movement is drawn from the seed alone."""
    chance = Random(f"{seed}/his")
    roof_s = round(chance.uniform(0, 600))
    return {
        "seed": seed,
        "start": "2026-03-02T14:00:00Z",
        "duration_s": 1200,
        "origin": [14.6, -90.5],
        "orders": {
            "order1": {
                "offender": "juan",
                "protected": ["ana"],
                "strength": chance.choice(("strict", "supervised")),
            }
        },
        "units": {
            "B1": {
                "role": "offender",
                "person": "juan",
                "movement": way(chance, chance.choice((600, 6_000, 20_000)), 4),
                "gnss": {"dropouts": [{"from_s": roof_s, "until_s": roof_s + 90}]},
                "network": {
                    "loss": chance.choice((0, 0.1)),
                    "duplicate": chance.choice((0, 0.1)),
                    "reorder": chance.choice((0, 0.1)),
                },
            },
            "V1": {"role": "victim", "person": "ana", "movement": hers},
        },
    }


def what(told: Told) -> Heard:
    """Length, type and all fields of a command; its number is a time, in milliseconds."""
    return told.at_ms, len(told.sealed), type(told.command).__name__, tuple(told.command)


def heard(seed: int, hers: dict[str, Any]) -> tuple[list[Heard], int]:
    """What his unit hears, and when it is first warned, or the end."""
    recorder = play(world(seed, hers)).recorder
    said = [what(told) for told in recorder.told_units if told.unit == "B1"]
    warned = [one[0] for one in said if one[2] == command.Warning.__name__]
    return said, min(warned, default=1 << 62)


@pytest.mark.parametrize("seed", range(12))
def test_until_he_is_warned_it_is_the_same_wherever_she_is_and_however_she_moves(
    seed: int,
) -> None:
    chance = Random(f"{seed}/hers")
    elsewhere = {"at": {"north_m": 300_000, "east_m": 0}}
    far, never_ms = heard(seed, elsewhere)
    assert never_ms == 1 << 62
    assert len(far) > 10
    for reach_m in (1_000, 5_000, 30_000):
        near, warned_ms = heard(seed, way(chance, reach_m, 5))
        until = [one for one in near if one[0] < warned_ms]
        assert until == [one for one in far if one[0] < warned_ms]
