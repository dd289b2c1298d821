"""One person as the host may know of: where the unit last was, whether it rests, when it is due."""

from dataclasses import replace
from typing import Any

from protocol import record
from simulator.judges.second.anchor import Anchor, margin_ms
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.chain import Chain, Chains
from simulator.judges.second.earth import distance_m
from simulator.judges.second.fix import Fix, agree
from simulator.judges.second.levels import SHARP_M
from simulator.judges.second.rest import Rest

_ANCHORS_MAX = 3
_LEGS_MS = 1_800_000  # for so long it matters how fast somebody went
RESTARTS_APART_MS = 600_000
# A broker misses a unit after one and a half keep-alives, of 60 s or of 30.
HIS_UNSEEN_MS = 90_000
HER_UNSEEN_MS = 45_000


class Party:
    """What is known of one wearer of a unit, since it was put on.

    `chains`: what its positions may mean; while there is more than one, none is the truth.
    `sight`: newer than all of them, at a time that nobody stands by.
    `forked`: the last one was told in two ways, and none has come since. `speed_m_s`: the greatest
    that any of the wearer's orders thinks credible.
    """

    def __init__(self, unit: str, since_ms: int, speed_m_s: float) -> None:
        self.unit = unit
        self.since_ms = since_ms
        self.begun_ms = since_ms  # when it was put on or enrolled, or has restarted
        self.speed_m_s = speed_m_s
        self.chains = Chains()
        self.sight: Chain | None = None
        self.forked = False
        self.seen: Fix | None = None  # the last position told
        self.before: Fix | None = None  # and the one before
        self.resting = False
        self.rest_sequence = 0
        self.stirred = 0  # the newest record that said that the wearer moves; a start counts as one
        self.rest_ended_ms = 0  # up to when the last rest was sure
        self.heard_ms = -NEVER_MS  # when something new last came
        self.newest = 0
        self.said_ms = 0  # when the newest record was made
        self.due_ms = -NEVER_MS  # when the unit is overdue
        self.place_due_ms = NEVER_MS  # when its next position is; not known before a lease is
        self.rest = Rest()  # the one that was claimed last
        self.off_ms: int | None = None  # since when the strap is cut
        self.strap_sequence = 0
        self.moved_ms = -NEVER_MS  # when it last said that it moves
        self.fine: Fix | None = None  # the last position that was not coarse
        self.legs: list[tuple[int, float]] = []  # when, and how fast at the most, in m/s

    # What is heard

    def hear(self, newest: int, said_ms: int, floor_s: int, now_ms: int) -> None:
        """Something new has come. Until a lease is granted the unit is due at its floor."""
        self.heard_ms = now_ms
        due_ms = said_ms + floor_s * 1000 + margin_ms(floor_s * 1000)
        if newest > self.newest:
            self.newest, self.said_ms, self.due_ms = newest, said_ms, due_ms
        else:
            self.due_ms = max(self.due_ms, due_ms)

    def sleep(self, lease_s: int) -> None:
        """The host has granted a lease to the newest record."""
        self.due_ms = self.said_ms + lease_s * 1000 + margin_ms(lease_s * 1000)
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
        self.rest_ended_ms = at_ms
        for chain in self.chains.held:
            for anchor in chain.anchors:
                anchor.stir(at_ms)

    def restarted(self, sequence: int, now_ms: int) -> None:
        """It has begun anew, unless it has told where it is since; once in ten minutes."""
        seen = 0 if self.last is None else self.last.sequence
        if sequence > seen and now_ms - self.begun_ms >= RESTARTS_APART_MS:
            self.begun_ms = now_ms

    def moved_off(self, sequence: int, at_ms: int) -> None:
        """A record says that the wearer moves; an older one than the rest says nothing of it."""
        self.stirred = max(self.stirred, sequence)
        if sequence > self.rest_sequence:
            self.end_rest(at_ms)

    def strap(self, said: Any, at_ms: int) -> None:
        """The strap is cut, or the centre has cleared that."""
        if said.sequence <= self.strap_sequence or said.detail & 0xFF == record.MOVED:
            return
        if said.raised:
            self.strap_sequence = said.sequence
            self.off_ms = at_ms if self.off_ms is None else min(self.off_ms, at_ms)
            self.end_rest(at_ms)
        elif said.detail == record.CLEARED:
            self.strap_sequence = said.sequence
            self.off_ms = None

    # Where it is

    @property
    def last(self) -> Fix | None:
        """The newest position, but for one that contradicts all others alone."""
        return next((chain.last for chain in self.places if not chain.alone), None)

    @property
    def told_ms(self) -> int:
        """The time of the newest of them that has one."""
        return next((one.last.time_ms for one in self.chains.held if not one.alone), 0)

    @property
    def places(self) -> list[Chain]:
        """Where somebody may be, by the newest position first: where nobody knows the time of
        that, it stands alone, unless those before it contradict each other."""
        held = self.chains.held
        if self.sight is None:
            return held
        return [self.sight, *held] if self.forked or len(held) > 1 else [self.sight]

    @property
    def standing(self) -> list[Chain]:
        """Those of them that surely may be true, and show where somebody is."""
        certain = self.sight is None or self.torn
        return [one for one in self.places if not one.alone and (certain or one is self.sight)]

    @property
    def torn(self) -> bool:
        """Whether it tells positions that surely are more than one truth."""
        return self.forked or len(self.chains.held) > 1

    @property
    def anchors(self) -> list[Anchor]:
        """What a promise may hang on, unless it is torn."""
        return self.chains.held[0].anchors if self.chains.held else []

    def take(self, fix: Fix) -> bool:
        """A position comes. Returns whether it is news of where the wearer is now."""
        if fix.time_ms < self.since_ms:
            return False
        if self.is_late(fix):
            self._take_late(fix)
            return False
        if not fix.dated:
            self.see(fix, fix.time_ms)
            return True
        newest = self.chains.held[0] if self.chains.held else None
        told = self.seen is not None and self.seen.time_ms == fix.time_ms
        again = told and self.seen is not None and self.seen.spot == fix.spot
        chain = self.chains.take(fix, self.speed_m_s)
        self.sight = None
        self._go(chain, fix)
        if not told:
            self.before, self.forked = self.seen, False
        self.seen = fix
        self.place_due_ms = NEVER_MS
        if chain is not newest:  # a rest is known of the chain that it was told in
            self.end_rest(fix.time_ms)
        self._hang_on(chain, fix)
        self._rest(chain, fix)
        return not again

    def is_late(self, fix: Fix) -> bool:
        """Whether a position was made before the last one, or tells a time of before it."""
        made_before = self.last is not None and fix.sequence < self.last.sequence
        return made_before or fix.time_ms < self.told_ms

    def see(self, fix: Fix, rested_ms: int) -> None:
        """A position whose time nobody stands by: where the wearer is now, and nothing else. A
        rest that it ends had lasted until `rested_ms`."""
        sight = Chain(fix, alone=False)
        sight.fixes = [*([self.last] if self.last else []), fix]
        self.before, self.seen, self.sight = self.seen, fix, sight
        if not fix.at_rest:
            self.end_rest(rested_ms)
        elif self.resting:
            self.rest_sequence = fix.sequence

    def refute(self) -> None:
        """It lay about its rest: it is where it was seen last, and nothing of before holds."""
        self.end_rest(min(self.rest_ended_ms, self.said_ms))
        kept = self.chains.held[:1]
        for chain in kept:
            chain.anchors = [one for one in chain.anchors if self.rest.strays_at(one.fix)]
        self.chains.held, self.chains.outliers, self.rest = kept, [], Rest()

    def renumber(self) -> None:
        """The unit counts its records anew."""
        self.rest, self.stirred = Rest(), 0
        for chain in (*self.chains.held, *self.chains.outliers, *filter(None, [self.sight])):
            chain.fixes[-1] = replace(chain.last, sequence=0)

    def _take_late(self, fix: Fix) -> None:
        """A promise does not depend on what came first: of two positions the tighter counts."""
        if self.torn or self.off_ms is not None or not (fix.resolved and self.anchors):
            return
        newest = self.anchors[0].fix
        late = Anchor(fix)
        loose = late.replaced_by(newest, newest.time_ms - fix.time_ms, self.speed_m_s)
        if not loose and agree(fix, newest, self.speed_m_s):
            if self.resting and fix.at_rest:  # the rest that is known lasts since then
                late.rest(fix.time_ms)
            self.anchors.append(late)

    def _hang_on(self, chain: Chain, fix: Fix) -> None:
        """Replace what has become wider than the disc of a new position: by its age, and (the
        other reading) by how long the wearer may have moved."""
        if self.off_ms is not None or not fix.resolved:
            return
        new, now_ms = Anchor(fix), fix.time_ms
        kept = []
        for anchor in chain.anchors:
            moving_ms = anchor.resting_ms(now_ms) if self.resting else anchor.moving_ms(now_ms)
            if not anchor.replaced_by(fix, moving_ms, self.speed_m_s):
                kept.append(anchor)
        aged = [
            one for one in kept if not one.replaced_by(fix, one.full_ms(now_ms), self.speed_m_s)
        ]
        chain.anchors = [*([] if aged else [new]), *kept][:_ANCHORS_MAX]

    def _rest(self, chain: Chain, fix: Fix) -> None:
        if self.resting and not fix.at_rest:
            self.end_rest(fix.time_ms)
        self.resting = fix.at_rest and self.off_ms is None
        if self.resting:
            self.rest_sequence = fix.sequence
            for anchor in chain.anchors:
                anchor.rest(fix.time_ms)

    def _go(self, chain: Chain, fix: Fix) -> None:
        """How fast it may have gone to where it is."""
        if fix.a95_m <= SHARP_M:
            self.fine = fix
        if not fix.at_rest:
            self.moved_ms = max(self.moved_ms, fix.time_ms)
        self.legs = [leg for leg in self.legs if fix.time_ms - leg[0] <= _LEGS_MS]
        for start in filter(None, (chain.before, self.seen)):
            if start.time_ms < fix.time_ms:
                seconds = (fix.time_ms - start.time_ms) / 1000
                self.legs.append((fix.time_ms, distance_m(start.spot, fix.spot) / seconds))

    def fork(self) -> None:
        """The last position was told in two ways."""
        self.forked = True
        for chain in self.chains.held[:1]:
            chain.anchors, chain.weight = [], 0

    def unseen_ms(self, anchor: Anchor, now_ms: int, trusted: bool) -> int:
        """g: for how long, since an anchor, the wearer may have moved unseen. `trusted`: whether
        it counts that the unit has said that it rests, while it is silent."""
        if not (trusted and self.resting):
            return anchor.moving_ms(now_ms)
        if self.rests(now_ms):
            return anchor.resting_ms(now_ms)
        return anchor.overdue_ms(now_ms, self.said_ms)
