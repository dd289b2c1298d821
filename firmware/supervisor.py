"""Why the unit restarted, and the watchdog, which is fed only when every task has checked in."""

# Boot.cause
POWER_ON = 1  # also a brown-out, which some chips cannot tell from it
WATCHDOG = 2
ASKED = 3  # a restart of its own: after an enrolment, after a clean stop
EXCEPTION = 4

TASKS = ("gnss", "link", "core")


class Supervisor:
    """Counts nothing and times nothing: that is the watchdog's, a piece of hardware."""

    def __init__(self) -> None:
        self._missing = set(TASKS)

    def alive(self, task: str) -> bool:
        """A task has done its round. Returns whether the watchdog is to be fed now."""
        self._missing.discard(task)
        if self._missing:
            return False
        self._missing = set(TASKS)
        return True
