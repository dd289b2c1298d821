"""What is still possible: slack, and until when nobody can have come within a distance unseen.

    S = D - R - b_O - b_V - v_O g_O - v_V g_V          slack, metres
    T = n + S / (v_O + r v_V)                          assured until

D is the chord between the anchors (never more than the way between them), b their radii, g
their ages at the host's time n, v the greatest credible speeds. For a party at rest whose unit
wakes on motion and reports at once, g counts as the margin M. r is 0 for a protected person at
rest, because her own unit, which holds T, knows when she moves off; of him it knows nothing.
"""

from typing import NamedTuple

from host.proximity.fix import radius_m
from host.proximity.geodesy import chord_m
from host.proximity.schedule import ALWAYS_MS
from host.proximity.track import Track
from protocol.contact import MARGIN_S


class Reach(NamedTuple):
    """How much room one party leaves at one instant: `used_m` so far, `rate_m_s` from now on."""

    used_m: float
    rate_m_s: float


NOWHERE = Reach(0.0, 0.0)


def reach(track: Track, now_ms: int, rests: bool) -> Reach:
    """The reach of an anchored party. `rests`: at rest, and trusted to wake on motion."""
    anchor = track.anchor
    if anchor is None:
        raise ValueError("a party without an anchor has no bound")
    if anchor.fixed:
        return NOWHERE
    speed_m_s = track.speed_m_s
    if rests:
        return Reach(radius_m(anchor) + speed_m_s * MARGIN_S, 0.0)
    age_ms = now_ms - anchor.time_ms
    used_m = speed_m_s * age_ms / 1000 if age_ms > 0 else 0.0
    return Reach(radius_m(anchor) + used_m, speed_m_s)


def slack_m(one: Track, other: Track, limit_m: float, used_m: float) -> float:
    """How far the two are at least from being within `limit_m` of each other; may be negative."""
    his, hers = one.anchor, other.anchor
    if his is None or hers is None:
        raise ValueError("a party without an anchor has no bound")
    return chord_m(his[5:8], hers[5:8]) - limit_m - used_m


def after_ms(now_ms: int, slack: float, rate_m_s: float) -> int:
    """When `slack` metres will have been used up; never before `now_ms`, ALWAYS_MS for never."""
    if rate_m_s <= 0:
        return ALWAYS_MS if slack > 0 else now_ms
    return now_ms + int(slack / rate_m_s * 1000)
