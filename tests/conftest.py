"""Hypothesis, for every test: no clock decides a result, and a failure prints how to repeat it."""

import os
from random import SystemRandom

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "resguardo", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("resguardo")

# Folders and modules that take too long to be waited for all day: many worlds, every byte of a
# flash, and MicroPython, which cannot read a marker.
LONG = (
    "tests/firmware/on_device/test_journal.py",
    "tests/firmware/test_month.py",
    "tests/host/evidence/test_altered.py",
    "tests/host/web/test_fuzz.py",
    "tests/simulator/commands",
    "tests/simulator/days",
    "tests/simulator/swarm",
    "tests/simulator/worlds",
    "tests/test_micropython.py",
)

# Of the worlds that nobody has played before.
SWARM_SEED = int(os.environ.get("RESGUARDO_SEED") or SystemRandom().getrandbits(40))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(LONG):
            item.add_marker(pytest.mark.long)


def pytest_report_header() -> str:
    return f"fresh worlds: RESGUARDO_SEED={SWARM_SEED} plays them again"
