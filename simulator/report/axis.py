"""Axes: time from left to right, distance from bottom to top by powers of ten."""

from datetime import UTC, datetime
from math import log10

_S, _MIN, _H = 1000, 60_000, 3_600_000
_STEPS_MS = (
    *(_S * step for step in (1, 2, 5, 10, 15, 30)),
    *(_MIN * step for step in (1, 2, 5, 10, 15, 30)),
    *(_H * step for step in (1, 2, 3, 6, 12, 24, 48, 96)),
)
NEAREST_M = 10.0  # nearer than this a logarithm has no use for


class TimeAxis:
    """From `start_ms` at `left` to `end_ms` at `right`."""

    def __init__(self, start_ms: int, end_ms: int, left: float, right: float) -> None:
        self.start_ms, self.end_ms = start_ms, max(end_ms, start_ms + 1)
        self.left, self.right = left, right

    def x(self, at_ms: float) -> float:
        """Where an instant is; what is outside is at the nearer end."""
        share = (at_ms - self.start_ms) / (self.end_ms - self.start_ms)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def ticks(self, least_px: float) -> list[tuple[int, str]]:
        """Round instants, at least so far apart, with the time of day in UTC."""
        span_ms = self.end_ms - self.start_ms
        most = max(1.0, (self.right - self.left) / least_px)
        step_ms = next((step for step in _STEPS_MS if span_ms / step <= most), _STEPS_MS[-1])
        first_ms = -(-self.start_ms // step_ms) * step_ms
        shown = "%H:%M:%S" if step_ms < _MIN else "%H:%M"
        return [
            (at_ms, datetime.fromtimestamp(at_ms / 1000, UTC).strftime(shown))
            for at_ms in range(first_ms, self.end_ms + 1, step_ms)
        ]


class DistanceAxis:
    """From NEAREST_M at `bottom` to `most_m` at `top`, logarithmic: limits and nearness count."""

    def __init__(self, most_m: float, top: float, bottom: float) -> None:
        self.most_m = max(2000.0, most_m * 1.15)
        self.top, self.bottom = top, bottom

    def y(self, metres: float) -> float:
        """Where a distance is; nearer than the axis shows is at its bottom."""
        share = log10(max(metres, NEAREST_M) / NEAREST_M) / log10(self.most_m / NEAREST_M)
        return self.bottom - min(1.0, share) * (self.bottom - self.top)

    def ticks(self) -> list[float]:
        """1, 2 and 5 of each power of ten; powers alone where these would be too many."""
        powers = [10.0**power for power in range(1, 8)]
        firsts = (1, 2, 5) if self.bottom - self.top > 60 * log10(self.most_m / 10) else (1,)
        return [
            power * first for power in powers for first in firsts if power * first < self.most_m
        ]
