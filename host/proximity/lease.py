"""How long a unit may sleep: granted with each answer, and for a bracelet not exact.

Exact intervals are a range finder (four of them place the protected person within 89 m), so a
bracelet's lease is rounded down to one of a few steps, and after a longer step has become
possible it dwells on the shorter one for a random while.
"""

from protocol.seal import hmac_sha256

STEPS_S = (600, 120, 30)


def victim_lease_s(allowance_s: float, floor_s: int) -> int:
    """Whole seconds, at least the unit's floor."""
    return max(floor_s, int(allowance_s))


def bracelet_lease_s(
    allowance_s: float, floor_s: int, last_s: int, secret: bytes, draw: bytes
) -> int:
    """One of the steps that fit the allowance, or the floor.

    A longer step than the last is taken with probability one half, by a coin that only the host
    can throw: HMAC of `draw` (which never repeats) under the host's secret.
    """
    step_s = next((step for step in STEPS_S if step <= allowance_s), floor_s)
    step_s = max(step_s, floor_s)
    if step_s > last_s and hmac_sha256(secret, draw)[0] < 128:
        return max(last_s, floor_s)
    return step_s
