"""What is known of one party's position: hypotheses, each with its last fix and its anchor.

95 % is not a bound: the anchor's radius is max(30 m, 3 a95). A new fix replaces the anchor only
when that does not loosen the bound. Fixes whose discs cannot both be true, even at the greatest
credible speed, are hypotheses (`hypothesis.py`): while there is more than one, nothing is promised,
and each may show a level.

That speed is for the bound only. One who really is faster than it has no bound, but is seen.
"""

from collections.abc import Sequence
from typing import Any

from host.proximity.fix import FASTEST_M_S, is_same, leg_start, reaches
from host.proximity.hypothesis import Dropped, Hypothesis, part, restore_earlier, tightens
from host.proximity.memory import Memory
from host.proximity.stay import Stay
from host.proximity.types import Fix

SPEED_M_S = 40.0
NEVER_MS = 1 << 62
_ENTRIES = 10  # of the state at least; there were fewer before there were hypotheses
RESTARTS_APART_MS = 600_000

LATE = "late"
IMPOSSIBLE_SPEED = "impossible_speed"
SAME_EPOCH = "same_epoch"


class Track:
    """One wearer's position as the host knows it, and when the unit must be heard next."""

    __slots__ = (
        "_dropped",
        "begun_ms",
        "blind_ms",
        "contact_ms",
        "contested",
        "doubted_ms",
        "due_ms",
        "hypotheses",
        "lease_s",
        "lone",
        "memory",
        "off",
        "outliers",
        "paged",
        "rested_ms",
        "resting",
        "shown",
        "sight",
        "speed_m_s",
        "stay",
        "stirred",
    )

    def __init__(self, *, paged: bool = True) -> None:
        self.speed_m_s = SPEED_M_S
        self.hypotheses: tuple[Hypothesis, ...] = ()  # that of the newest fix first
        self.outliers: tuple[Hypothesis, ...] = ()  # dropped not long ago; they may come back
        self.sight: Hypothesis | None = None  # newer than all of them, at a time that nobody knows
        self.shown: tuple[Hypothesis, ...] = ()  # where it may be, by the newest fix first
        self.contested = False  # whether fixes contradict each other, or two contents of one do
        self.lone = False  # whether one of them is a lone fix that shows nothing yet
        self._dropped: list[Dropped] = []
        self.begun_ms = 0  # when it was last put on or enrolled, or has restarted
        self.contact_ms = 0  # last authentic record's receipt; 0 is never
        self.due_ms = 0  # overdue after this
        self.blind_ms = NEVER_MS  # a position is overdue after this, though the unit be heard
        self.lease_s = 0
        self.resting = False  # at rest with wake-on-motion armed
        self.rested_ms = 0  # until when the last rest that has ended is known
        self.doubted_ms = 0  # when it was last found out that a rest may have ended long before
        self.stirred = 0  # sequence of its newest word that it moves, or has started anew
        self.stay = Stay()  # the rest that it told last
        self.off = False  # the wearer may be without the unit
        self.memory = Memory()
        self.paged = paged  # its link listens while it sleeps

    # Where it is

    @property
    def fix(self) -> Fix | None:
        """The newest, true or not."""
        return self.shown[0].fix if self.shown else None

    @property
    def anchor(self) -> Fix | None:
        """What a bound can be built on, unless it is `contested`."""
        return self.hypotheses[0].anchor if self.hypotheses else None

    @property
    def told_ms(self) -> int:
        """The time of the newest position that has one, 0 for none."""
        for one in self.hypotheses:
            if one.shows:
                return one.fix.time_ms
        return 0

    def believe(self, fix: Fix, anchors: bool = True, proven: bool = False) -> str:
        """Take a plausible fix. Returns "" where it is one more of where the party is, else what
        it is: LATE and SAME_EPOCH say nothing new, IMPOSSIBLE_SPEED contradicts all that is known.

        `anchors` False: the fix's time is not resolved well enough to build a bound on. Nor is
        the position of a unit that is off its wearer. `proven`: it has not moved since the last.
        """
        anchors = anchors and fix.dated and not self.off
        if self.is_late(fix):
            self._take_late(fix, anchors)
            return LATE
        if not fix.dated:
            self._see(fix)
            return ""
        known, verdict, before = self.hypotheses, "", self.fix
        certain = known and not (self.contested or self.outliers or self.sight)
        if certain and known[0].admits(fix, self.speed_m_s):
            live, rested = known[0], self.resting
            if fix.time_ms == live.fix.time_ms and is_same(live.fix, fix):
                verdict = SAME_EPOCH
            live.take(fix, self.speed_m_s, anchors)
        else:
            verdict = self._weigh(fix, anchors)
            live = self.hypotheses[0]
            rested = self.resting and live in known[:1]
        self.blind_ms = NEVER_MS
        # An anchor from before this rest, kept against a coarser fix, may lie far behind.
        self.resting = fix.at_rest and not self.off and (rested or live.anchor is fix)
        if not verdict:
            stood = self._stood(before, fix, proven)
            self.memory.take(before, fix, stood)
            if fix.at_rest and not (stood or self.off):
                self.memory.settled(self.rested_ms, fix.time_ms)
        return verdict

    def is_late(self, fix: Fix) -> bool:
        """Whether a fix is of before the live one, which it then does not move: made before it, or
        told so. The time of one that has none cannot be compared."""
        last = self.fix
        before = last is not None and fix.sequence < last.sequence
        return before or fix.time_ms < self.told_ms

    def _stood(self, before: Fix | None, fix: Fix, proven: bool) -> bool:
        """Whether its wearer rested from one fix to the next: as the unit says, or as it would have
        said in between."""
        if before is None or self.off or not (before.at_rest and fix.at_rest):
            return False
        return proven or before.sequence + 1 == fix.sequence > self.stirred

    def renumber(self) -> None:
        """The unit counts its records anew: sequences of before cannot be compared."""
        self._rest_on(False)
        self.stay = Stay()
        self.stirred = 0
        for one in (*self.shown, *self.hypotheses, *self.outliers):
            one.renumber()

    def dropped(self) -> Sequence[Dropped]:
        """The hypotheses that have been dropped since this was last asked."""
        if not self._dropped:
            return ()
        told, self._dropped = self._dropped, []
        return told

    def _see(self, fix: Fix) -> None:
        """A position whose time cannot be true: it contradicts nothing and anchors nothing."""
        self.sight = Hypothesis(fix, leg_start(self.fix, fix))
        self._rest_on(fix.at_rest)
        self._show()

    def _take_late(self, fix: Fix, anchors: bool) -> None:
        """The bound must not depend on the order of arrival: the tighter of the two counts."""
        anchor, speed_m_s = self.anchor, self.speed_m_s
        if anchor is None or not anchors or self.contested or tightens(fix, anchor, speed_m_s):
            return
        if reaches(anchor, fix, speed_m_s):
            self.hypotheses[0].anchor = fix
            self._rest_on(fix.at_rest)  # the rest that is known began after this

    def _weigh(self, fix: Fix, anchors: bool) -> str:
        """Find the hypothesis whose next fix this is: the newest that admits it, or a new one."""
        known, verdict = self.hypotheses, ""
        candidates = (*known, *self.outliers)
        mine = next((one for one in candidates if one.admits(fix, self.speed_m_s)), None)
        if mine is None:
            before = known[0].fix if known else None
            follows = len(known) > 1 and reaches(known[0].fix, fix, FASTEST_M_S)
            # What contradicts only for how long a rest has lasted shows where it is at once.
            follows |= any(reaches(one.fix, fix, self.speed_m_s) for one in known)
            if known and not follows:
                verdict = IMPOSSIBLE_SPEED
            anchor, shows = fix if anchors else None, not verdict
            mine = Hypothesis(fix, leg_start(before, fix), anchor, shows=shows)
        else:
            verdict = SAME_EPOCH if is_same(mine.fix, fix) else ""
            mine.returned |= mine is not known[0]
            mine.take(fix, self.speed_m_s, anchors)
        mine.remember()
        if self.sight is not None:
            mine.before, self.sight = leg_start(self.sight.fix, fix), None
        held = [mine, *(one for one in known if one is not mine)]
        outliers = [one for one in self.outliers if one is not mine]
        self.hypotheses, self.outliers, dropped = part(held, outliers, fix.time_ms)
        self._dropped += dropped
        self._show()
        return verdict

    def _show(self) -> None:
        """Say what follows from the hypotheses and the sight that are held now."""
        known, sight = self.hypotheses, self.sight
        self.contested = len(known) > 1 or (len(known) == 1 and not known[0].fixes)
        self.shown = tuple(one for one in known if one.shows)
        self.lone = len(self.shown) < len(known)
        if sight is not None:
            self.shown = (sight, *self.shown) if self.contested else (sight,)

    def place(self, fix: Fix) -> None:
        """Make this party a fixed place: exact, never stale, never overdue."""
        self.hypotheses = (Hypothesis(fix, anchor=fix),)
        self._show()
        self.speed_m_s = 0.0
        self.contact_ms = self.due_ms = NEVER_MS

    def doubt(self) -> None:
        """Believe the present position no longer (two contents for one sequence)."""
        for live in self.hypotheses[:1]:
            if not live.fix.fixed:
                live.anchor, live.fixes = None, 0
        self._show()

    def moved_off(self, at_ms: int, margin_ms: int) -> None:
        """The wearer, until now at rest, moves: the anchor held until a margin before that."""
        if self.fix is not None:
            self.memory.stayed(self.fix.time_ms, at_ms - margin_ms)
        self._rest_on(False)
        self.rested_ms = at_ms
        anchor = self.anchor
        if anchor is not None and not anchor.fixed:
            held_ms = max(anchor.time_ms, at_ms - margin_ms)
            self.hypotheses[0].anchor = anchor._replace(time_ms=held_ms)

    def _rest_on(self, rests: bool) -> None:
        """A rest lasts, or is over: then a position is due as it is of one who moves."""
        if self.resting and not rests:
            self.resting, self.blind_ms = False, NEVER_MS

    def refute_rest(self) -> None:
        """It has not rested where it said: what it was last seen at holds, and nothing else."""
        self._rest_on(False)
        self.outliers = ()
        self.hypotheses = self.hypotheses[:1]
        for one in self.hypotheses:
            if one.anchor is not None and not self.stay.is_apart(one.anchor):
                one.anchor = None
        self.stay, self.memory.fine = Stay(), None
        self._show()

    def take_off(self, at_ms: int) -> None:
        """The wearer may be elsewhere from then on: the bound goes on from where the unit was."""
        self.off = True
        self.resting = False
        for one in self.hypotheses:
            if one.anchor is not None and not one.anchor.fixed:
                # What was seen since is the unit, which may have been carried away from him.
                since_ms = max(0, one.anchor.time_ms - at_ms)
                one.anchor = one.anchor._replace(time_ms=one.anchor.time_ms - 2 * since_ms)

    def restarted(self, now_ms: int) -> None:
        """The unit has started again. One that does so over and over is not new each time."""
        if now_ms - self.begun_ms >= RESTARTS_APART_MS:
            self.begun_ms = now_ms

    def put_on(self) -> None:
        """The unit is where its wearer is again."""
        self.off = False

    def expect(self, heard_ms: int, within_ms: int) -> None:
        """What the unit said at `heard_ms` was heard: something new is due within that time.

        So is a position, from the last one on, if one has just come, or from when the wearer has
        moved off.
        """
        self.due_ms = heard_ms + within_ms
        if self.blind_ms == NEVER_MS and self.fix is not None:
            seen_ms = max(self.fix.time_ms, self.rested_ms)
            self.blind_ms = min(self.due_ms, seen_ms + within_ms)

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

    # Across restarts

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON; speed and paging are the registry's to say."""
        return [
            self.contact_ms,
            self.due_ms,
            self.blind_ms,
            self.lease_s,
            int(self.resting),
            int(self.off),
            self.begun_ms,
            [one.state() for one in self.hypotheses],
            [one.state() for one in self.outliers],
            self.sight and self.sight.state(),
            self.stay.state(),
            self.rested_ms,
            self.doubted_ms,
            self.stirred,
            self.memory.state(),
        ]

    def restore(self, state: list[Any]) -> None:
        """Take what `state` gave."""
        self.contact_ms, self.due_ms, self.blind_ms, self.lease_s = state[:4]
        self.resting, self.off = bool(state[4]), bool(state[5])
        if len(state) > _ENTRIES:
            self.stay.restore(state[_ENTRIES])
        if len(state) > _ENTRIES + 1:
            self.rested_ms, *more = state[_ENTRIES + 1 :]
            if isinstance(more[0], int):  # what was kept in another form is known again soon
                self.doubted_ms, self.stirred, memory = more
                self.memory.restore(memory)
        if len(state) >= _ENTRIES:
            self.begun_ms = state[6]
            self.hypotheses = tuple(Hypothesis.restore(one) for one in state[7])
            self.outliers = tuple(Hypothesis.restore(one) for one in state[8])
            self.sight = state[9] and Hypothesis.restore(state[9])
        else:
            self.begun_ms = state[7] if len(state) > 7 else 0
            self.hypotheses, self.sight = restore_earlier(*state[6])
        self._show()
