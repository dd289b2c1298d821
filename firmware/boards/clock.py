"""A board's own time, made of ticks that wrap."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable  # MicroPython has none


class Clock:
    """Counts the milliseconds from the moment when it is made, without an end.

    MicroPython's ticks begin anew after 2**30 ms, 12.4 days, where words have 32 bits; and a
    difference of ticks is right only while it is less than half of that. So short differences are
    added up: ask it at least once in six days. A loop that a watchdog guards asks in seconds.
    """

    def __init__(
        self, ticks_ms: "Callable[[], int]", ticks_diff: "Callable[[int, int], int]"
    ) -> None:
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._seen = ticks_ms()
        self._passed_ms = 0

    def ms(self) -> int:
        """Milliseconds since the start. They never go back, whatever the ticks do."""
        ticks = self._ticks_ms()
        passed_ms = self._ticks_diff(ticks, self._seen)
        if passed_ms > 0:
            self._passed_ms += passed_ms
            self._seen = ticks
        return self._passed_ms
