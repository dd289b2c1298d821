"""A position that a promise hangs on, and for how long its wearer surely rested there since."""

from simulator.judges.second.fix import Fix

MARGIN_MS = 20_000  # M: worst wake-up, GNSS, uplink, commit, answer and drift
IDLE_MS = 20_000  # a connection that was idle for longer may have been forgotten,
FORGOTTEN_MS = 15_000  # which costs so much more


def margin_ms(silent_ms: int) -> int:
    """How long after a silence a unit may be on its way to be heard."""
    return MARGIN_MS + (FORGOTTEN_MS if silent_ms > IDLE_MS else 0)


class Anchor:
    """`fix`, and the rests since, which a record has ended or which still last."""

    def __init__(self, fix: Fix) -> None:
        self.fix = fix
        self._stood_ms = 0  # in rests that have ended
        self._rests_from_ms: int | None = None

    def rest(self, from_ms: int) -> None:
        """The wearer rests since then."""
        if self._rests_from_ms is None:
            self._rests_from_ms = max(from_ms, self.fix.time_ms)

    def stir(self, at_ms: int) -> None:
        """The wearer may have moved since then."""
        if self._rests_from_ms is not None:
            self._stood_ms += max(0, at_ms - self._rests_from_ms)
            self._rests_from_ms = None

    def full_ms(self, now_ms: int) -> int:
        """Its age."""
        return max(0, now_ms - self.fix.time_ms)

    def moving_ms(self, now_ms: int) -> int:
        """For how much of its age the wearer may have moved, as far as rests that have ended say:
        the record that ended a rest proves it."""
        return max(0, self.full_ms(now_ms) - self._stood_ms)

    def unseen_ms(self, now_ms: int) -> int:
        """The same, where a rest that has ended is sure up to a margin before that."""
        away_ms = abs(now_ms - self.fix.time_ms)
        return min(away_ms, self.moving_ms(now_ms) + MARGIN_MS) if self._stood_ms else away_ms

    def resting_ms(self, now_ms: int) -> int:
        """The same while a rest lasts that counts: its wearer may be off for as long as the news
        of that takes."""
        if self._rests_from_ms is None:
            return self.moving_ms(now_ms)
        moved_ms = self._rests_from_ms - self.fix.time_ms - self._stood_ms + MARGIN_MS
        return max(0, min(self.full_ms(now_ms), moved_ms))

    def overdue_ms(self, now_ms: int, said_ms: int) -> int:
        """The same for a unit that is overdue: it rested when last it spoke, at `said_ms`."""
        since_ms = said_ms if self._rests_from_ms is None else self._rests_from_ms
        return max(0, self.moving_ms(now_ms) - max(0, said_ms - since_ms))

    def replaced_by(self, fix: Fix, moving_ms: int, speed_m_s: float) -> bool:
        """Whether the disc of a later position is no wider than this one has become."""
        return fix.surely_m <= self.fix.surely_m + speed_m_s * moving_ms / 1000
