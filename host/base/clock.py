"""The host's clock: integer UTC milliseconds, passed in everywhere, never going back."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

STEP_MS = 2000  # a difference beyond this is a step of the machine's clock, not drift
_SLEW = 0.05  # the share of elapsed time by which drift is made good


def iso(at_ms: int) -> str:
    """An instant in UTC milliseconds as ISO 8601, always with milliseconds and a Z."""
    second = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{second:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"


def _system_ms() -> int:
    return time.time_ns() // 1_000_000


def _steady_ms() -> int:
    # Since the machine was started, its sleep included, which CLOCK_MONOTONIC leaves out
    # (clock_gettime(2)): a host that slept knows for how long, and is not behind ever after.
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Clock:
    """The system's time, read once and carried on by the steady clock. For any thread.

    Drift within STEP_MS is slewed in. A step of the machine's clock that the steady one does not
    confirm is not followed (timers and leases would jump with it): `step_ms` says how far the two
    are apart, for an alarm. A virtual machine that is paused has no clock that could confirm it.

    With `epoch_ms` it starts there instead and runs `speed` times as fast: accelerated live
    simulations, where the units run on the same pair of numbers.
    """

    def __init__(
        self,
        epoch_ms: int | None = None,
        speed: float = 1.0,
        *,
        system_ms: Callable[[], int] = _system_ms,
        steady_ms: Callable[[], int] = _steady_ms,
    ) -> None:
        self.speed = speed
        self.step_ms = 0
        self._follows = epoch_ms is None
        self._system_ms = system_ms
        self._steady_ms = steady_ms
        self._lock = threading.Lock()
        self._read_at = steady_ms()
        self._now = float(system_ms() if epoch_ms is None else epoch_ms)
        self._latest = int(self._now)

    def now_ms(self) -> int:
        """UTC milliseconds since 1970; equal to or later than every earlier answer."""
        with self._lock:
            steady = self._steady_ms()
            elapsed = steady - self._read_at
            self._read_at = steady
            self._now += elapsed * self.speed
            if self._follows:
                self._follow(elapsed)
            self._latest = max(self._latest, int(self._now))
            return self._latest

    def _follow(self, elapsed: int) -> None:
        drift = self._system_ms() - self._now
        if abs(drift) <= STEP_MS:
            self.step_ms = 0
            self._now += max(-_SLEW * elapsed, min(_SLEW * elapsed, drift))
        else:
            self.step_ms = int(drift)

    def wait_s(self, due_ms: int) -> float:
        """Real seconds until this clock shows `due_ms`; 0 when it is past."""
        return max(0.0, (due_ms - self.now_ms()) / 1000 / self.speed)
