"""Hypothesis, for every test: no clock decides a result, and a failure prints how to repeat it."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "resguardo", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("resguardo")
