"""When a unit speaks next, and when the host misses it: one rule for both ends.

A record that the unit makes is to be answered. Until the answer has come, the unit speaks again
no later than its floor after the record; the answer lets it be silent for a lease after it. A
report (a position, or word that there is none) takes that lease as it is; the answer to any other
record only ever shortens what the last report was granted. So a unit is never silent for longer
than the host expects, whatever is lost on the way.
"""

MARGIN_S = 20  # worst wake-up, GNSS, uplink, commit, answer and timer drift


def speaks_ms(made_ms: int, lease_s: int) -> int:
    """When a unit speaks again after a record that was made then; the floor is a lease too."""
    return made_ms + lease_s * 1000


def missed_ms(made_ms: int, lease_s: int) -> int:
    """When the host misses a unit whose newest record was made then."""
    return speaks_ms(made_ms, lease_s + MARGIN_S)
