"""Hypothesis, for every test: no clock decides a result, and a failure prints how to repeat it."""

import os
from random import SystemRandom

from hypothesis import HealthCheck, settings

settings.register_profile(
    "resguardo", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("resguardo")

# Of the worlds that nobody has played before.
SWARM_SEED = int(os.environ.get("RESGUARDO_SEED") or SystemRandom().getrandbits(40))


def pytest_report_header() -> str:
    return f"fresh worlds: RESGUARDO_SEED={SWARM_SEED} plays them again"
