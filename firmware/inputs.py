"""What the unit senses beside its position: contacts, battery, motion. Nothing here does I/O.

Each takes readings and gives back events as tuples (code, raised, detail), for the unit to report.
"""

from firmware.utc import NEVER_MS
from protocol.record import (
    BATTERY_LOW,
    CASE,
    CLEARED,
    MOTION,
    NEW,
    PANIC,
    STILL_LATCHED,
    STRAP,
)

CONTACTS = {"strap": STRAP, "case": CASE, "panic": PANIC}
_LONG_PRESS_MS = 2_000
_AT_REST_AFTER_MS = 60_000
_LOW_PCT = (20, 10, 5)
_CHARGED_PCT = 25


class Contacts:
    """Strap, case and panic button: logical pins, 1 is open, cut or pressed.

    `latched`: bits 1 << code, to be kept across restarts; only the centre clears them.
    """

    def __init__(self, latched: int) -> None:
        self.latched = latched
        self._raised = 0
        self.due_ms = NEVER_MS  # when the panic button will have been pressed for long

    def restarted(self) -> list[tuple[int, int, int]]:
        """What is latched from before the restart."""
        codes = (STRAP, CASE, PANIC)
        return [(code, 1, STILL_LATCHED) for code in codes if self.latched >> code & 1]

    def pin(self, code: int, value: int, now_ms: int) -> list[tuple[int, int, int]]:
        """A contact changes, or is read again."""
        if value == self._raised >> code & 1:
            return []
        self._raised ^= 1 << code
        if code == PANIC:  # only a long press counts, and letting go heals nothing
            self.due_ms = now_ms + _LONG_PRESS_MS if value else NEVER_MS
            return []
        if value:
            self.latched |= 1 << code
        return [(code, value, NEW)]

    def tick(self, now_ms: int) -> list[tuple[int, int, int]]:
        """Whether the panic button has been pressed for long."""
        if now_ms < self.due_ms:
            return []
        self.due_ms = NEVER_MS
        self.latched |= 1 << PANIC
        return [(PANIC, 1, NEW)]

    def clear(self, code: int) -> list[tuple[int, int, int]]:
        """The centre clears a latch."""
        if not self.latched >> code & 1:
            return []
        self.latched ^= 1 << code
        raised = 0 if code == PANIC else self._raised >> code & 1
        return [(code, raised, CLEARED)]


class Battery:
    """Its charge, as it is measured."""

    def __init__(self) -> None:
        self._warned = 0  # how many of the thresholds were passed

    def measured(self, pct: int) -> list[tuple[int, int, int]]:
        """An event for each threshold passed on the way down, and one when charged again."""
        passed = sum(pct <= low for low in _LOW_PCT)
        if passed > self._warned:
            self._warned = passed
            return [(BATTERY_LOW, 1, pct)]
        if self._warned and pct >= _CHARGED_PCT:
            self._warned = 0
            return [(BATTERY_LOW, 0, pct)]
        return []


class Motion:
    """At rest after a minute's stillness; moving off counts at once (wake-on-motion)."""

    def __init__(self, now_ms: int) -> None:
        self.at_rest = False
        self.moved_ms = now_ms  # when the wearer last left rest
        self.due_ms = NEVER_MS  # when rest will be reached

    def sensed(self, moving: bool, now_ms: int) -> list[tuple[int, int, int]]:
        """The accelerometer's word, when it changes or more often."""
        if not moving:
            if not self.at_rest and self.due_ms == NEVER_MS:
                self.due_ms = now_ms + _AT_REST_AFTER_MS
            return []
        self.due_ms = NEVER_MS
        if not self.at_rest:
            return []
        self.at_rest = False
        self.moved_ms = now_ms
        return [(MOTION, 1, 0)]

    def tick(self, now_ms: int) -> list[tuple[int, int, int]]:
        """Whether rest is reached."""
        if now_ms < self.due_ms:
            return []
        self.due_ms = NEVER_MS
        self.at_rest = True
        return [(MOTION, 0, 0)]
