"""How long somebody has to wait who was wrong about a password or a code. Pure.

Failures are counted for an account as tried from browsers that never logged in to it (all of them
together, so that many addresses gain nothing), and for each browser that did, which a mark says
that it keeps (OWASP, "Device cookies"). A stranger who guesses all day so shuts out strangers; the
account's own browser still comes in at once, and whoever has a new invitation too.
"""

from dataclasses import dataclass

FREE = 4  # mistakes that cost nothing
FIRST_MS = 2_000
LONGEST_MS = 15 * 60_000
FORGOTTEN_MS = 24 * 3_600_000  # after a day without a mistake


@dataclass(frozen=True, slots=True)
class Attempts:
    """Mistakes in a row, and when the last one was made."""

    failures: int = 0
    last_ms: int = 0


def wait_ms(attempts: Attempts, now_ms: int) -> int:
    """How long no further attempt is looked at; 0 for not at all. It doubles with each mistake."""
    beyond = attempts.failures - FREE
    if beyond <= 0 or now_ms - attempts.last_ms > FORGOTTEN_MS:
        return 0
    wait = min(LONGEST_MS, FIRST_MS << min(beyond - 1, 20))
    return max(0, attempts.last_ms + wait - now_ms)


def failed(attempts: Attempts, now_ms: int) -> Attempts:
    """After one more mistake."""
    if now_ms - attempts.last_ms > FORGOTTEN_MS:
        return Attempts(1, now_ms)
    return Attempts(attempts.failures + 1, now_ms)
