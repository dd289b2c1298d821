"""The unit's idea of UTC: its own monotonic milliseconds, and what the host and GNSS say they are.

Every command's number is the host's clock when it was sealed. So UTC less the unit's own time is
no less than the number less when it came; and where it answers a record, no more than the number
less when that was made. Between these two the receiver is believed, and not beyond them.
"""

from protocol.record import (
    CLOCK_CONTRADICTED,
    CLOCK_CORRECTED,
    CLOCK_HELD,
    CLOCK_RESOLVED,
    CLOCK_UNKNOWN,
    UTC,
)

NEVER_MS = 1 << 62  # when what is not due is due
_EARLY_MS = 2_000  # an epoch is told so late, or a number has run ahead of the clock
_SURE_MS = 1_000  # by so much a stamp may be later than what is proven: 40 m at 40 m/s
_APART_MS = 120_000  # no command is so long on its way while the receiver is right
_LEAP_MS = 20_000  # by less than this a receiver is ahead until it has learned of leap seconds,
_COLD_MS = 3_600_000  # which takes 12.5 minutes of reception after power on
_BACK_MS = 5_000  # later on, more than this is a lie, or was one
_DETAIL_MAX = (1 << 31) - 1  # of an event


class Utc:
    """Nothing is scheduled by it: leases and deadlines run on the monotonic clock.

    `heard`: whether the host has been, since the start.
    """

    def __init__(self, boot_ms: int) -> None:
        self.heard = False
        self._boot_ms = boot_ms
        self._told_ms = 0
        # UTC less the unit's own time: as the receiver says, and between which two it lies.
        self._offset_ms: int | None = None
        self._least_ms = -NEVER_MS
        self._most_ms = NEVER_MS

    def learn(self, utc_ms: int, now_ms: int) -> int:
        """A fully resolved time of the receiver's, as of `now_ms`.

        Returns how many seconds it lies before the last one told, 0 if that is nothing to report.
        What was told is compared, not what was expected: an epoch that comes late is no step.
        """
        back_ms, self._told_ms = self._told_ms - utc_ms, utc_ms
        self._offset_ms = utc_ms - now_ms
        cold = now_ms - self._boot_ms < _COLD_MS
        small_ms = _LEAP_MS if cold else _BACK_MS
        return min(back_ms // 1000, _DETAIL_MAX) if back_ms > small_ms else 0

    def hear(self, number: int, made_ms: int | None, now_ms: int) -> None:
        """A command has come. `made_ms`: when the record that it answers was made, if known."""
        least_ms = number - now_ms
        most_ms = NEVER_MS if made_ms is None else number - made_ms
        if not self._least_ms <= most_ms or not least_ms <= self._most_ms:
            self._least_ms, self._most_ms = least_ms, most_ms  # a clock was set, or has drifted
        self._least_ms = max(self._least_ms, least_ms)
        self._most_ms = min(self._most_ms, most_ms)
        self.heard = True

    @property
    def _contradicted(self) -> bool:
        """Whether the host's clock says otherwise than the receiver."""
        if self._offset_ms is None or not self.heard:
            return False
        most_ms = min(self._most_ms + _SURE_MS, self._least_ms + _APART_MS)
        return not self._least_ms - _EARLY_MS <= self._offset_ms <= most_ms

    def clock(self, resolved: bool) -> int:
        """What to say of the time of a fix (protocol.record): whether the receiver has told it."""
        if not resolved:
            return CLOCK_UNKNOWN if self.at(0) is None else CLOCK_HELD
        if not self._contradicted:
            return CLOCK_RESOLVED
        ahead_ms = self._offset_ms - self._least_ms  # type: ignore[operator]
        return CLOCK_CORRECTED if 0 < ahead_ms <= _LEAP_MS else CLOCK_CONTRADICTED

    def at(self, now_ms: int) -> int | None:
        """UTC milliseconds since 1970, or None while it is not known.

        Once the host was heard, never later than it surely is, but for a second.
        """
        offset_ms = self._offset_ms
        if self.heard:
            least_ms = self._least_ms
            if offset_ms is None or not -_EARLY_MS <= offset_ms - least_ms <= _SURE_MS:
                offset_ms = least_ms
        return None if offset_ms is None else now_ms + offset_ms

    def host_s(self, now_ms: int) -> int:
        """What the host's clock says, or somewhat less; less than nothing before it was heard."""
        return (now_ms + self._least_ms) // 1000

    def past(self, utc_ms: int, now_ms: int) -> bool:
        """Whether an instant is over; False while that is not known."""
        if self._offset_ms is None or self._contradicted:
            return False
        return now_ms + self._offset_ms > utc_ms

    def monotonic(self, utc_ms: int) -> int | None:
        """The unit's own time of an instant, or before that; None while it is not known."""
        if self._most_ms < NEVER_MS:
            return utc_ms - self._most_ms
        return None if self.heard or self._offset_ms is None else utc_ms - self._offset_ms

    def uptime_s(self, now_ms: int) -> int:
        """Seconds since boot."""
        return (now_ms - self._boot_ms) // 1000

    def stamp(self, now_ms: int) -> tuple[int, int, int]:
        """A record's (flags, time_s, ms): UTC, or uptime while UTC is not known."""
        utc_ms = self.at(now_ms)
        if utc_ms is None:
            uptime_ms = now_ms - self._boot_ms
            return 0, uptime_ms // 1000, uptime_ms % 1000
        return UTC, utc_ms // 1000, utc_ms % 1000
