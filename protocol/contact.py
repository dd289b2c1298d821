"""When a unit speaks next, and when the host misses it: one rule for both ends.

A record that the unit makes is to be answered. Until the answer has come, the unit speaks again
no later than its floor after the record; the answer lets it be silent for a lease after it. A
report (a position, or word that there is none) takes that lease as it is; the answer to any other
record only ever shortens what the last report was granted. So a unit is never silent for longer
than the host expects, whatever is lost on the way.
"""

MARGIN_S = 20  # worst wake-up, GNSS, uplink, commit, answer and timer drift


# After one and a half of them without a word a broker tells that a unit is gone (MQTT 3.1.1,
# 3.1.2.10). That ends a rest that counts: of hers most hangs on it.
KEEP_ALIVE_S = 60
VICTIM_KEEP_ALIVE_S = 30


def speaks_ms(made_ms: int, lease_s: int) -> int:
    """When a unit speaks again after a record that was made then; the floor is a lease too."""
    return made_ms + lease_s * 1000


def missed_ms(made_ms: int, lease_s: int) -> int:
    """When the host misses a unit whose newest record was made then."""
    return speaks_ms(made_ms, lease_s + MARGIN_S)


def keep_alive_s(is_bracelet: bool) -> int:
    """What a unit asks its broker for."""
    return KEEP_ALIVE_S if is_bracelet else VICTIM_KEEP_ALIVE_S


def unheard_ms(is_bracelet: bool) -> int:
    """For how long a link can have been cut when its broker tells that the unit is gone."""
    return keep_alive_s(is_bracelet) * 1500
