"""The time of a live run: real, or a number of times faster, and the same in all its processes."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Shows `epoch_ms` (UTC) when the machine's steady clock shows `steady_s`."""

    epoch_ms: int
    steady_s: float
    speed: float = 1.0

    def now_ms(self) -> int:
        """UTC milliseconds of the run."""
        return self.epoch_ms + int((time.monotonic() - self.steady_s) * 1000 * self.speed)

    def steady_at_s(self, due_ms: int) -> float:
        """What the steady clock (time.monotonic, asyncio's too) shows at an instant of the run."""
        return self.steady_s + (due_ms - self.epoch_ms) / 1000 / self.speed

    def sleep_until(self, due_ms: int) -> None:
        """Wait; returns at once when it is past."""
        time.sleep(max(0.0, self.steady_at_s(due_ms) - time.monotonic()))
