"""The unit's idea of UTC: its own monotonic milliseconds, and what GNSS last said they were."""

from protocol.record import UTC

NEVER_MS = 1 << 62  # when what is not due is due
_BACK_MS = 5_000  # leap seconds that were learned late are fewer; more is a lie, or was one
_DETAIL_MAX = (1 << 31) - 1  # of an event


class Utc:
    """Nothing is scheduled by it: leases and deadlines run on the monotonic clock."""

    def __init__(self, boot_ms: int) -> None:
        self._boot_ms = boot_ms
        self._offset_ms: int | None = None
        self._told_ms = 0

    def learn(self, utc_ms: int, now_ms: int) -> int:
        """A fully resolved time, as of `now_ms`.

        Returns how many seconds it lies before the last one told, 0 if that is nothing to report.
        What was told is compared, not what was expected: an epoch that comes late is no step.
        """
        back_ms, self._told_ms = self._told_ms - utc_ms, utc_ms
        self._offset_ms = utc_ms - now_ms
        return min(back_ms // 1000, _DETAIL_MAX) if back_ms > _BACK_MS else 0

    def at(self, now_ms: int) -> int | None:
        """UTC milliseconds since 1970, or None while it is not known."""
        return None if self._offset_ms is None else now_ms + self._offset_ms

    def monotonic(self, utc_ms: int) -> int | None:
        """The unit's own time of an instant, or None while UTC is not known."""
        return None if self._offset_ms is None else utc_ms - self._offset_ms

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
