"""How long a unit may be silent: hers adapts to how far he is, his tells nothing.

A bracelet's wearer sees how often it speaks, so its lease depends on nothing but what he knows
anyway: whether it rests, the zones that were disclosed to him, how strict his orders are, what it
has been sent. Any other rule is a
range finder: with steps by distance a few slow crossings of a step's edge placed her within 20 m.
"""

from typing import NamedTuple

from protocol.contact import FORGOTTEN_S, IDLE_S, MARGIN_S


class Rhythm(NamedTuple):
    """How long a bracelet may be silent, in seconds; never below its floor."""

    moving_s: int = 10  # its floor where he can reach a disclosed zone's pre-alert meanwhile
    resting_s: int = 600  # where its rest is trusted: all orders supervised, and it can be paged
    resting_strict_s: int = 60
    unbound_s: int = 30  # by no order, at rest: a new one is to be answered before it is an alarm
    warned_s: int = 1800  # for so long after a warning was last sent to it, its floor


RHYTHM = Rhythm()


def lease_within_s(silent_s: float) -> float:
    """The longest lease whose unit is missed within `silent_s` seconds; negative for none."""
    lease_s = silent_s - MARGIN_S
    return lease_s if lease_s <= IDLE_S else max(IDLE_S, lease_s - FORGOTTEN_S)
