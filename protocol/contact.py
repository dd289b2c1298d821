"""When a unit speaks next, and when the host misses it: one rule for both ends.

A record that the unit makes is to be answered. Until the answer has come, the unit speaks again
no later than its floor after the record; the answer lets it be silent for a lease after it. A
report (a position, or word that there is none, or of rest) takes that lease as it is; the answer to
any other record only ever shortens what the last report was granted. So a unit is never silent for
longer than the host expects, whatever is lost on the way.

A carrier may forget a connection that is idle, and tell nobody: what is then sent is lost, either
way. The unit that speaks after a longer silence finds that out by the missing acknowledgement, and
has connected anew within FORGOTTEN_S. So a longer lease is missed so much later, and has to be
granted so much shorter. Word that a wearer moves off waits for no position, and comes within
MARGIN_S all the same.
"""

MARGIN_S = 20  # worst wake-up, GNSS, uplink, commit, answer and timer drift
IDLE_S = 20  # no carrier forgets a connection sooner
FORGOTTEN_S = 15  # 10 until it is given up, 2 at the most to wait, and to connect

# After one and a half of them without a word a broker tells that a unit is gone (MQTT 3.1.1,
# 3.1.2.10). That ends a rest that counts: of hers most hangs on it.
KEEP_ALIVE_S = 60
VICTIM_KEEP_ALIVE_S = 30

STILL_S = 60  # for so long a unit was still before it says that it rests


def speaks_ms(made_ms: int, lease_s: int) -> int:
    """When a unit speaks again after a record that was made then; the floor is a lease too."""
    return made_ms + lease_s * 1000


def missed_ms(made_ms: int, lease_s: int) -> int:
    """When the host misses a unit whose newest record was made then."""
    return speaks_ms(made_ms, lease_s + margin_s(lease_s))


def margin_s(lease_s: float) -> int:
    """How much later than the end of a lease its unit may be heard."""
    return MARGIN_S if lease_s <= IDLE_S else MARGIN_S + FORGOTTEN_S


def keep_alive_s(is_bracelet: bool) -> int:
    """What a unit asks its broker for."""
    return KEEP_ALIVE_S if is_bracelet else VICTIM_KEEP_ALIVE_S


def unheard_ms(is_bracelet: bool) -> int:
    """For how long a link can have been cut when its broker tells that the unit is gone."""
    return keep_alive_s(is_bracelet) * 1500
