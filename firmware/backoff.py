"""How long to wait before the next try: longer after each failure, and never all units at once."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable  # MicroPython has none


class Backoff:
    """Waits anywhere below a ceiling that doubles from `first_ms` to `most_ms` ("full jitter").

    below(n): a random integer from 0 to n - 1; handed in, so that a seed repeats a run.
    """

    def __init__(
        self, below: "Callable[[int], int]", first_ms: int = 2_000, most_ms: int = 60_000
    ) -> None:
        self._below = below
        self._first_ms = first_ms
        self._most_ms = most_ms
        self._ceiling_ms = first_ms

    def next_ms(self) -> int:
        """The time to wait now."""
        wait_ms = self._below(self._ceiling_ms)
        self._ceiling_ms = min(2 * self._ceiling_ms, self._most_ms)
        return wait_ms

    def reset(self) -> None:
        """It worked: the next failure is a first one again."""
        self._ceiling_ms = self._first_ms
