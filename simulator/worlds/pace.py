"""The time of a live run: real, or a number of times faster, and the same in all its processes."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """Shows `epoch_ms` (UTC) until the machine's steady clock shows `steady_s`, and runs from then.

    None: it is held there until `begin`.
    """

    epoch_ms: int
    steady_s: float | None = None
    speed: float = 1.0

    def begin(self) -> None:
        """Run from now on."""
        self.steady_s = time.monotonic()

    def real_ms(self) -> int:
        """Real milliseconds since it began, 0 before."""
        return max(0, int((time.monotonic() - self._begun_s()) * 1000))

    def now_ms(self) -> int:
        """UTC milliseconds of the run."""
        return self.epoch_ms + int(self.real_ms() * self.speed)

    def steady_at_s(self, due_ms: int) -> float:
        """What the steady clock (time.monotonic, asyncio's too) shows at an instant of the run."""
        return self._begun_s() + (due_ms - self.epoch_ms) / 1000 / self.speed

    def sleep_until(self, due_ms: int) -> None:
        """Wait; returns at once when it is past."""
        time.sleep(max(0.0, self.steady_at_s(due_ms) - time.monotonic()))

    def _begun_s(self) -> float:
        return time.monotonic() if self.steady_s is None else self.steady_s
