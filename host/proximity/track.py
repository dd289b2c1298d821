"""What is believed of one party's position: the last live fix, and the anchor of the bound.

95 % is not a bound: the anchor's radius is max(30 m, 3 a95). A new fix replaces the anchor only
when that does not loosen the bound. Two fixes whose discs cannot both be true, even at the
greatest credible speed, disbelieve both, until a third one agrees with either.

That speed is for the bound only. One who really is faster than it has no bound, but is seen: a
fix that follows from the one before at less than FASTEST_M_S still moves the last live fix.
"""

from typing import Any

from host.proximity.fix import FASTEST_M_S, leads, pack, radius_m, reaches, unpack
from host.proximity.types import Fix

SPEED_M_S = 40.0
NEVER_MS = 1 << 62
RESTARTS_APART_MS = 600_000

LATE = "late"
IMPOSSIBLE_SPEED = "impossible_speed"


class Track:
    """One wearer's position as the host knows it, and when the unit must be heard next."""

    __slots__ = (
        "anchor",
        "before",
        "begun_ms",
        "blind_ms",
        "contact_ms",
        "doubted",
        "due_ms",
        "fix",
        "lease_s",
        "off",
        "paged",
        "resting",
        "speed_m_s",
        "suspect",
        "told_ms",
    )

    def __init__(self, *, paged: bool = True) -> None:
        self.speed_m_s = SPEED_M_S
        self.fix: Fix | None = None
        self.before: Fix | None = None  # where the last leg began, if there is one
        self.anchor: Fix | None = None
        self.doubted: Fix | None = None
        self.suspect: Fix | None = None
        self.begun_ms = 0  # when it was last put on or enrolled, or has restarted
        self.told_ms = 0  # the time of the newest position that has one
        self.contact_ms = 0  # last authentic record's receipt; 0 is never
        self.due_ms = 0  # overdue after this
        self.blind_ms = NEVER_MS  # a position is overdue after this, though the unit be heard
        self.lease_s = 0
        self.resting = False  # at rest with wake-on-motion armed
        self.off = False  # the wearer may be without the unit
        self.paged = paged  # its link listens while it sleeps

    def believe(self, fix: Fix, anchors: bool = True) -> str:
        """Take a plausible fix. Returns "" when it moves the live state, else why not.

        `anchors` False: the fix's time is not resolved well enough to build a bound on. Nor is
        the position of a unit that is off its wearer.
        """
        anchor, before = self.anchor, self.fix
        anchors = anchors and fix.dated and not self.off
        if self.is_late(fix):
            # The bound must not depend on the order of arrival: the tighter of the two counts.
            better = anchor is not None and not self._tightens(fix, anchor)
            if better and anchors and self._possible(anchor, fix):
                self.anchor = fix
                self.resting &= fix.at_rest  # the rest that is known began after this
            return LATE
        if not fix.dated:
            self._sight(fix)
            return ""
        if anchor is None and self.suspect is not None:
            if self._possible(self.suspect, fix):
                before = self.suspect  # it was true, and the way from there counts
                self.suspect = self.doubted = None
            elif self._possible(self.doubted, fix):
                self.suspect = self.doubted = None
            else:
                before, self.suspect, anchors = self.suspect, fix, False
                if not reaches(before, fix, FASTEST_M_S):
                    return IMPOSSIBLE_SPEED
        elif anchor is not None and (rival := self._contradicted(anchor, fix)) is not None:
            self.doubted, self.suspect, self.anchor = rival, fix, None
            return IMPOSSIBLE_SPEED
        # What is possible from the anchor was looked at above; it nearly always is the last fix.
        near = before is anchor or (before is not None and reaches(before, fix, FASTEST_M_S))
        self.before = before if near and before is not None and leads(before, fix) else None
        self.fix = fix
        self.told_ms = fix.time_ms
        self.blind_ms = NEVER_MS
        if anchors and (anchor is None or self._tightens(anchor, fix)):
            self.anchor = fix
        # An anchor from before this rest, kept against a coarser fix, may lie far behind.
        self.resting = fix.at_rest and not self.off and (self.resting or self.anchor is fix)
        return ""

    def is_late(self, fix: Fix) -> bool:
        """Whether a fix is of before the live one, which it then does not move: made before it, or
        told so. The time of one that has none cannot be compared."""
        before = self.fix is not None and fix.sequence < self.fix.sequence
        return before or fix.time_ms < self.told_ms

    def renumber(self) -> None:
        """The unit counts its records anew: sequences of before cannot be compared."""
        self.resting = False
        if self.fix is not None:
            anchors = self.anchor is self.fix
            self.fix = self.fix._replace(sequence=0)
            self.anchor = self.fix if anchors else self.anchor

    def _sight(self, fix: Fix) -> None:
        """A position whose time cannot be true: it contradicts nothing and anchors nothing."""
        before = self.fix
        near = before is not None and reaches(before, fix, FASTEST_M_S)
        self.before = before if near and before is not None and leads(before, fix) else None
        self.fix = fix
        self.resting &= fix.at_rest

    def place(self, fix: Fix) -> None:
        """Make this party a fixed place: exact, never stale, never overdue."""
        self.fix = self.anchor = fix
        self.before = None
        self.speed_m_s = 0.0
        self.contact_ms = self.due_ms = NEVER_MS

    def doubt(self) -> None:
        """Believe the present position no longer (two contents for one sequence)."""
        if self.anchor is not None and not self.anchor.fixed:
            self.doubted, self.suspect, self.anchor = None, self.anchor, None

    def moved_off(self, at_ms: int, margin_ms: int) -> None:
        """The wearer, until now at rest, moves: the anchor held until a margin before that."""
        self.resting = False
        self.blind_ms = NEVER_MS  # it was seen until now
        if self.anchor is not None and not self.anchor.fixed:
            held_ms = max(self.anchor.time_ms, at_ms - margin_ms)
            self.anchor = self.anchor._replace(time_ms=held_ms)

    def take_off(self, at_ms: int) -> None:
        """The wearer may be elsewhere from then on: the bound goes on from where the unit was."""
        self.off = True
        self.resting = False
        if self.anchor is not None and not self.anchor.fixed:
            # What was seen since then is the unit, which may have been carried away from him.
            since_ms = max(0, self.anchor.time_ms - at_ms)
            self.anchor = self.anchor._replace(time_ms=self.anchor.time_ms - 2 * since_ms)

    def restarted(self, now_ms: int) -> None:
        """The unit has started again. One that does so over and over is not new each time."""
        if now_ms - self.begun_ms >= RESTARTS_APART_MS:
            self.begun_ms = now_ms

    def put_on(self) -> None:
        """The unit is where its wearer is again."""
        self.off = False

    def expect(self, heard_ms: int, within_ms: int) -> None:
        """What the unit said at `heard_ms` was heard: something new is due within that time.

        So is a position, from the last one on, if one has just come.
        """
        self.due_ms = heard_ms + within_ms
        if self.blind_ms == NEVER_MS and self.fix is not None:
            self.blind_ms = min(self.due_ms, self.fix.time_ms + within_ms)

    @property
    def lacks_ms(self) -> int:
        """When there will be a `lack`."""
        return self.due_ms if self.resting else min(self.due_ms, self.blind_ms)

    def rests(self, now_ms: int) -> bool:
        """Whether it may be counted on to stay where it is: not once the unit is overdue."""
        return self.resting and now_ms < self.due_ms

    def lack(self, now_ms: int) -> str:
        """What is missing for the party to be watched: "off" has taken the unit off, "overdue" is
        silent, "blind" is heard, and says neither that it rests nor, with a time that can be true,
        where it is; "" for nothing.
        """
        if self.off:
            return "off"
        if now_ms < self.lacks_ms:
            return ""
        return "overdue" if now_ms >= self.due_ms else "blind"

    def _tightens(self, anchor: Fix, fix: Fix) -> bool:
        # Earlier or later, this orders fixes by how tight a bound they give at any one instant.
        aged_m = radius_m(anchor) + self.speed_m_s * (fix.time_ms - anchor.time_ms) / 1000
        return radius_m(fix) <= aged_m

    def _contradicted(self, anchor: Fix, fix: Fix) -> Fix | None:
        """What of all that is believed cannot be true beside `fix`, if anything."""
        if not self._possible(anchor, fix):
            return anchor
        # An older anchor allows more. Off its wearer, a unit may go wherever it is carried.
        last = self.fix
        if last is anchor or last is None or not last.dated:
            return None
        return None if self.off or self._possible(last, fix) else last

    def _possible(self, earlier: Fix | None, later: Fix) -> bool:
        return earlier is not None and reaches(earlier, later, self.speed_m_s)

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON; speed and paging are the registry's to say."""
        fixes = (self.fix, self.anchor, self.doubted, self.suspect, self.before)
        kept: list[Any] = []
        for index, fix in enumerate(fixes):
            # The anchor nearly always is the last fix: say so instead of saying it twice.
            kept.append(1 if index == 1 and fix is not None and fix is self.fix else pack(fix))
        undated = self.fix is not None and not self.fix.dated
        return [
            self.contact_ms,
            self.due_ms,
            self.blind_ms,
            self.lease_s,
            int(self.resting),
            int(self.off),
            kept,
            self.begun_ms,
            *([self.told_ms] if undated else []),
        ]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.contact_ms, self.due_ms, self.blind_ms, self.lease_s = state[:4]
        self.resting, self.off = bool(state[4]), bool(state[5])
        self.begun_ms = state[7] if len(state) > 7 else 0
        fix, anchor, doubted, suspect, before = state[6]
        self.fix = unpack(fix)
        last_ms = 0 if self.fix is None else self.fix.time_ms
        self.told_ms = state[8] if len(state) > 8 else last_ms
        self.anchor = self.fix if anchor == 1 else unpack(anchor)
        self.doubted, self.suspect = unpack(doubted), unpack(suspect)
        self.before = unpack(before)
