"""How many messages a unit may send: one that floods, or whose name a forger uses, waits alone."""

SPACING_MS = 500  # on average; the fastest report comes every 5 s
AT_ONCE = 2_000  # a week's backlog: a fix each 5 s or 10 s, 32 of them in a message


class Allowance:
    """A bucket of messages for each name, filled one by one (GCRA, ITU-T I.371).

    Kept of each is one number: when its bucket would be full again.
    """

    def __init__(self, spacing_ms: int = SPACING_MS, at_once: int = AT_ONCE) -> None:
        self._spacing_ms = spacing_ms
        self._full_ms = spacing_ms * at_once
        self._full_at_ms: dict[str, int] = {}

    def take(self, name: str, now_ms: int) -> bool:
        """Whether one more message of this name may pass; if so it is counted."""
        full_at_ms = max(self._full_at_ms.get(name, 0), now_ms) + self._spacing_ms
        if full_at_ms - now_ms > self._full_ms:
            return False
        self._full_at_ms[name] = full_at_ms
        return True
