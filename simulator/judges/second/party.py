"""One person as the host may know of: where the unit last was, whether it rests, when it is due.

Nothing here depends on an order but `speed_m_s`, the greatest that any of the person's orders
thinks credible.
"""

from dataclasses import dataclass
from typing import Any

from protocol import record
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.earth import Spot, distance_m

MARGIN_MS = 20_000  # M: worst wake-up, GNSS, uplink, commit, answer and drift
SURELY_M = 30.0  # the least radius of a disc that surely holds a position
SURELY = 3.0  # and so many times the radius that holds it with 95 %
FUTURE_MS = 2_000  # clocks may differ by this
PAST_MS = 92 * 86_400_000  # no unit stores for longer
UNSEEN_MS = 90_000  # a broker misses a unit after one and a half keep-alives of 60 s
SEEN_M_S = 100.0  # who is not believed at this speed is not even seen
SLACK_M = 1.0  # positions are whole 1e-7 degrees, radii decimetres


@dataclass(frozen=True, slots=True)
class Fix:
    """A position that a unit told, and when it came."""

    sequence: int
    time_ms: int
    spot: Spot
    a95_m: float
    satellites: bool  # not Wi-Fi, not cells
    at_rest: bool
    resolved: bool
    received_ms: int

    @property
    def surely_m(self) -> float:
        """The radius of the disc that surely holds it."""
        return max(SURELY_M, SURELY * self.a95_m)


def read_fix(said: Any, now_ms: int) -> Fix | None:
    """The position in a record, or None if it cannot be one."""
    at_ms = said.time_s * 1000 + said.ms
    place = said.lat_e7, said.lon_e7
    if not said.flags & record.UTC or place == (0, 0) or said.a95_dm >= record.A95_DM_MAX:
        return None
    if abs(said.lat_e7) > 900_000_000 or abs(said.lon_e7) > 1_800_000_000:
        return None
    if not now_ms - PAST_MS <= at_ms <= now_ms + FUTURE_MS or said.ms > 999:
        return None
    source, quality = said.source_quality & 15, said.source_quality >> 4
    return Fix(
        said.sequence,
        at_ms,
        place,
        said.a95_dm / 10,
        source == record.GNSS,
        bool(quality & record.AT_REST),
        said.satellites_clock >> 5 == record.CLOCK_RESOLVED,
        now_ms,
    )


def agree(one: Fix, other: Fix, speed_m_s: float) -> bool:
    """Whether somebody can have been at both."""
    reach_m = one.surely_m + other.surely_m
    reach_m += speed_m_s * abs(one.time_ms - other.time_ms) / 1000 + SLACK_M
    return distance_m(one.spot, other.spot) <= reach_m


class Party:
    """What is known of one wearer of a unit, since it was put on.

    `last`, `before`: the last two positions believed. `anchor`: the one that the promise hangs
    on. `doubted`: positions that cannot all be true; while there are any, none is believed.
    """

    def __init__(self, unit: str, since_ms: int, speed_m_s: float) -> None:
        self.unit = unit
        self.since_ms = since_ms
        self.speed_m_s = speed_m_s
        self.last: Fix | None = None
        self.before: Fix | None = None
        self.seen: Fix | None = None  # the last position told, believed or not
        self.anchor: Fix | None = None
        self.doubted: list[Fix] = []
        self.resting = False
        self.rest_sequence = 0
        self._rests_from_ms = 0
        self._stood_ms = 0  # how long it surely rested on the anchor, before this rest
        self.rest_ended_ms = 0  # up to when the last rest was sure
        self.heard_ms = -NEVER_MS  # when something new last came
        self.newest = 0
        self.said_ms = 0  # when the newest record was made
        self.due_ms = -NEVER_MS  # when the unit is overdue
        self.place_due_ms = NEVER_MS  # when its next position is; not known before a lease is
        self.off_ms: int | None = None  # since when the strap is cut
        self.strap_sequence = 0

    # What is heard

    def hear(self, newest: int, said_ms: int, floor_s: int, now_ms: int) -> None:
        """Something new has come. Until a lease is granted the unit is due at its floor."""
        self.heard_ms = now_ms
        due_ms = said_ms + floor_s * 1000 + MARGIN_MS
        if newest > self.newest:
            self.newest, self.said_ms, self.due_ms = newest, said_ms, due_ms
        else:
            self.due_ms = max(self.due_ms, due_ms)

    def sleep(self, lease_s: int) -> None:
        """The host has granted a lease to the newest record."""
        self.due_ms = self.said_ms + lease_s * 1000 + MARGIN_MS
        if self.place_due_ms == NEVER_MS:
            self.place_due_ms = self.due_ms

    def rests(self, now_ms: int) -> bool:
        """Whether its rest is believed: until the unit is overdue, and from its next word on."""
        return self.resting and now_ms <= self.due_ms

    def end_rest(self, at_ms: int) -> None:
        """The wearer may have moved since `at_ms`."""
        if not self.resting:
            return
        self.resting = False
        self.place_due_ms = NEVER_MS
        self.rest_ended_ms = max(at_ms, self._rests_from_ms)
        self._stood_ms += self.rest_ended_ms - self._rests_from_ms

    def moved_off(self, sequence: int, at_ms: int) -> None:
        """A record says that the wearer moves; an older one than the rest says nothing of it."""
        if sequence > self.rest_sequence:
            self.end_rest(at_ms)

    def strap(self, said: Any, at_ms: int) -> None:
        """The strap is cut, or the centre has cleared that."""
        if said.sequence <= self.strap_sequence:
            return
        if said.raised:
            self.strap_sequence = said.sequence
            self.off_ms = at_ms if self.off_ms is None else min(self.off_ms, at_ms)
        elif said.detail == record.CLEARED:
            self.strap_sequence = said.sequence
            self.off_ms = None

    # Where it is

    def take(self, fix: Fix) -> bool:
        """A position comes. Returns whether it is news of where the wearer is now."""
        if fix.time_ms < self.since_ms:
            return False
        if self.last is not None and fix.time_ms < self.last.time_ms:
            self._take_late(fix)
            return False
        rivals = self.doubted or [one for one in (self.last, self.anchor) if one is not None]
        friends = [one for one in rivals if agree(one, fix, self.speed_m_s)]
        self.before, self.seen = self.seen, fix
        self.place_due_ms = NEVER_MS
        if self.doubted:
            if not friends:
                self.doubted.append(fix)
                return True
            self.doubted, self.anchor = [], friends[-1]
            self._stood_ms, self.resting = 0, False
            self.before = friends[-1]
        elif len(friends) < len(rivals):
            self.doubted = [*dict.fromkeys(rivals), fix]
            return True
        self.last = fix
        self._rest(fix)
        return True

    def _take_late(self, fix: Fix) -> None:
        """A promise does not depend on what came first: of two positions the tighter counts."""
        anchor = self.anchor
        if anchor is None or self.doubted or self.off_ms is not None or not fix.resolved:
            return
        tighter = not _replaces(fix, anchor, self.speed_m_s)
        if tighter and agree(anchor, fix, self.speed_m_s):
            self.anchor = fix
            self._stood_ms, self.resting = 0, self.resting and fix.at_rest
            self._rests_from_ms = max(self._rests_from_ms, fix.time_ms)

    def _rest(self, fix: Fix) -> None:
        anchor = self.anchor
        if self.off_ms is None and fix.resolved and _replaces(anchor, fix, self.speed_m_s):
            self.anchor = fix
            self._stood_ms = 0
            self.resting = False
        if fix.at_rest and not self.resting:
            self._rests_from_ms = fix.time_ms
        elif self.resting and not fix.at_rest:
            self.end_rest(fix.time_ms)
        self.resting = fix.at_rest
        if fix.at_rest:
            self.rest_sequence = fix.sequence

    def moving_ms(self, now_ms: int, trusted: bool) -> int:
        """For how long, since its anchor, the wearer may have moved unseen.

        A rest that a record has ended is proven by that record. One that still lasts counts where
        the unit is `trusted` while it is silent; its wearer may then be off for as long as the
        news takes.
        """
        anchor = self.anchor
        if anchor is None:
            return NEVER_MS
        full_ms = max(0, now_ms - anchor.time_ms)
        moved_ms = full_ms - self._stood_ms
        if trusted and self.rests(now_ms):
            moved_ms += MARGIN_MS - (now_ms - self._rests_from_ms)
        elif trusted and self.resting:  # overdue: it rested when last it spoke
            moved_ms -= max(0, self.said_ms - self._rests_from_ms)
        return max(0, min(full_ms, moved_ms))


def _replaces(anchor: Fix | None, fix: Fix, speed_m_s: float) -> bool:
    if anchor is None:
        return True
    passed_s = (fix.time_ms - anchor.time_ms) / 1000
    return fix.surely_m <= anchor.surely_m + speed_m_s * passed_s
