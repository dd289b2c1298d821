"""Small scenarios for tests: one order, one bracelet, one victim's unit, changed key by key."""

import copy
import json
from pathlib import Path
from typing import Any

from simulator.scenario.scenario import Scenario, load

BASE: dict[str, Any] = {
    "seed": 3,
    "start": "2026-03-02T14:00:00Z",
    "duration_s": 120,
    "origin": [14.6, -90.5],
    "orders": {"o1": {"offender": "juan", "protected": ["ana"]}},
    "units": {
        "B1": {"role": "offender", "person": "juan", "movement": {"at": {"north_m": 2000}}},
        "V1": {"role": "victim", "person": "ana", "movement": {"at": {}}},
    },
}


def changed(**changes: Any) -> dict[str, Any]:
    """BASE with values at dotted keys (written with __) replaced, or removed where None."""
    document = copy.deepcopy(BASE)
    for key, value in changes.items():
        *way, last = key.split("__")
        inner = document
        for part in way:
            inner = inner.setdefault(part, {})
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return document


def write(folder: Path, document: Any, name: str = "scene.yaml") -> Path:
    path = folder / name
    # JSON is YAML too.
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def scene(folder: Path, **changes: Any) -> Scenario:
    return load(write(folder, changed(**changes)))
