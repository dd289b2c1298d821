"""What the unit senses beside its position: contacts, battery, motion. Nothing here does I/O.

Each takes readings and gives back events as tuples (code, raised, detail), for the unit to report.
"""

from firmware.utc import NEVER_MS
from protocol.contact import STILL_S
from protocol.record import (
    BATTERY_LOW,
    CASE,
    CLEARED,
    MOTION,
    MOVED,
    NEW,
    PANIC,
    STILL_LATCHED,
    STRAP,
)

CONTACTS = {"strap": STRAP, "case": CASE, "panic": PANIC}
_LONG_PRESS_MS = 2_000
_SETTLED_MS = 1_000
_CALM_MS = 600_000
_ONCE = 1 << 8  # one edge more, in the detail of an event
_LOW_PCT = (20, 10, 5)
_CHARGED_PCT = 25


class Contacts:
    """Strap, case and panic button: logical pins, 1 is open, cut or pressed.

    `latched`: bits 1 << code, to be kept across restarts. Opening latches, and is told at once;
    only the centre clears, and what is open then stays latched. However a contact bounces
    meanwhile, its edges are counted, and told together: after a second, then at intervals that
    double up to ten minutes, until it was calm for as long.
    """

    def __init__(self, latched: int) -> None:
        self.latched = latched
        self._raised = 0
        self._pressed_ms = NEVER_MS  # when the panic button will have been pressed for long
        self._moved: dict[int, int] = {}  # of each contact, what there is to tell: MOVED, counted
        self._moved_ms = NEVER_MS  # when to tell it
        self._told_ms = -_CALM_MS
        self._apart_ms = 0

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do."""
        return min(self._pressed_ms, self._moved_ms)

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
            self._pressed_ms = now_ms + _LONG_PRESS_MS if value else NEVER_MS
            return []
        if value and not self.latched >> code & 1:
            self.latched |= 1 << code
            return [(code, 1, NEW)]
        if not self._moved:
            if now_ms - self._told_ms >= _CALM_MS:
                self._apart_ms = _SETTLED_MS
            self._moved_ms = max(now_ms + _SETTLED_MS, self._told_ms + self._apart_ms)
        self._moved[code] = self._moved.get(code, MOVED) + _ONCE
        return []

    def tick(self, now_ms: int) -> list[tuple[int, int, int]]:
        """Whether the panic button has been pressed for long, and how contacts have moved."""
        events = []
        if now_ms >= self._pressed_ms:
            self._pressed_ms = NEVER_MS
            self.latched |= 1 << PANIC
            events.append((PANIC, 1, NEW))
        if now_ms >= self._moved_ms:
            self._moved_ms = NEVER_MS
            self._told_ms = now_ms
            self._apart_ms = min(2 * self._apart_ms, _CALM_MS)
            for code, moved in self._moved.items():
                events.append((code, self._raised >> code & 1, moved))
            self._moved = {}
        return events

    def clear(self, code: int) -> list[tuple[int, int, int]]:
        """The centre clears a latch."""
        if code not in CONTACTS.values():
            return []
        raised = 0 if code == PANIC else self._raised >> code & 1
        self.latched = self.latched & ~(1 << code) | raised << code
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
                self.due_ms = now_ms + STILL_S * 1000
            return []
        self.due_ms = NEVER_MS
        if not self.at_rest:
            return []
        self.at_rest = False
        self.moved_ms = now_ms
        return [(MOTION, 1, 0)]

    def tick(self, now_ms: int) -> bool:
        """Whether rest is reached."""
        if now_ms < self.due_ms:
            return False
        self.due_ms = NEVER_MS
        self.at_rest = True
        return True
