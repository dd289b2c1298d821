"""Positions of one unit that cannot all be true: each row of them that can be is a chain.

One that tells the same place again and again, though its wearer moves, soon is as good as lone.
"""

from simulator.judges.second.anchor import Anchor
from simulator.judges.second.fix import Fix, agree

CHAINS_MAX = 3
ENOUGH = 3  # positions of another chain
OUTLIVES_MS = 120_000
_KEPT = 4  # positions; nothing older is asked for


class Chain:
    """`fixes`: the latest, each of another time, in their order. `anchors`: those that a promise
    may hang on. `came_back`: whether it went on after another. `alone`: it contradicts all that was
    known, and nothing has confirmed it. `weight`: how many positions speak for it, up to ENOUGH."""

    def __init__(self, fix: Fix, *, alone: bool) -> None:
        self.fixes = [fix]
        self.anchors: list[Anchor] = []
        self.came_back = False
        self.alone = alone
        self.weight = 1

    @property
    def last(self) -> Fix:
        return self.fixes[-1]

    @property
    def before(self) -> Fix | None:
        """The position before the last one."""
        return self.fixes[-2] if len(self.fixes) > 1 else None

    def admits(self, fix: Fix, speed_m_s: float) -> bool:
        """Whether a position may be its next."""
        if not agree(self.last, fix, speed_m_s):
            return False
        return all(
            agree(one.fix, fix, speed_m_s, one.unseen_ms(fix.time_ms)) for one in self.anchors
        )

    def add(self, fix: Fix) -> None:
        """One more position. One of the very time of the last takes its place."""
        if fix.time_ms == self.last.time_ms:
            self.fixes.pop()
        else:
            self.alone = False
            self._weigh(fix)
        self.fixes = [*self.fixes, fix][-_KEPT:]

    def _weigh(self, fix: Fix) -> None:
        if not self.weight or fix.spot != self.last.spot:
            self.weight = min(ENOUGH, self.weight + 1)
        elif not fix.at_rest:
            self.weight = max(1, self.weight - 1)

    def since(self, other: "Chain") -> list[Fix]:
        """The latest positions of this chain that came after the last of another."""
        return [fix for fix in self.fixes if fix.time_ms > other.last.time_ms][-ENOUGH:]

    def outweighed(self, chains: list["Chain"], now_ms: int) -> bool:
        """Whether it is to be dropped."""
        against = [since for one in chains if len(since := one.since(self)) == ENOUGH]
        if against and now_ms - self.last.time_ms >= OUTLIVES_MS:
            return True
        apart = any(len({fix.spot for fix in since}) == ENOUGH for since in against)
        return apart and self.weight <= 1 and not self.came_back


class Chains:
    """All chains of one party, that of the newest position first."""

    def __init__(self) -> None:
        self.held: list[Chain] = []
        self.outliers: list[Chain] = []  # dropped, and not yet forgotten

    @property
    def alone(self) -> bool:
        """Whether one of them contradicts all others, and is not confirmed."""
        return any(chain.alone for chain in self.held)

    def take(self, fix: Fix, speed_m_s: float) -> Chain:
        """The chain whose next position this is, a new one if it can follow none."""
        known = [*self.held, *self.outliers]
        mine = next((chain for chain in known if chain.admits(fix, speed_m_s)), None)
        if mine is None:
            mine = Chain(fix, alone=bool(self.held))
        else:
            mine.came_back |= mine is not self.held[0]
            mine.add(fix)
        self.outliers = [chain for chain in self.outliers if chain is not mine]
        self.held = [mine, *(chain for chain in self.held if chain is not mine)]
        self._drop(fix.time_ms)
        return mine

    def _drop(self, now_ms: int) -> None:
        kept = []
        for chain in self.held:
            if not chain.outweighed(self.held, now_ms):
                kept.append(chain)
            elif now_ms - chain.last.time_ms < OUTLIVES_MS:
                self.outliers.append(chain)
        if len(kept) > CHAINS_MAX:
            weakest = min(kept[1:], key=_strength)
            kept.remove(weakest)
            self.outliers.append(weakest)
        self.outliers = [
            chain for chain in self.outliers if now_ms - chain.last.time_ms < OUTLIVES_MS
        ]
        self.held = kept
        if len(kept) == 1 and not self.outliers:
            kept[0].came_back = False


def _strength(chain: Chain) -> tuple[bool, bool, int, int]:
    return not chain.alone, chain.came_back, chain.weight, chain.last.time_ms
