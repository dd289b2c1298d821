"""What an order has said aloud: its condition at once, and an alarm when the quiet clock allows."""

from collections.abc import Iterator
from typing import Any

from host.proximity.types import Condition, ConditionChange, Unquiet


class Announced:
    """`since_ms`: since when its condition is this one. `alarmed`: as what it has become an alarm
    that it is unassured, "off" or "unheard"; "" while it has not."""

    __slots__ = ("alarmed", "condition", "since_ms")

    def __init__(self, now_ms: int) -> None:
        self.condition = Condition.INACTIVE
        self.since_ms = now_ms
        self.alarmed = ""

    def change(
        self, order: str, condition: Condition, reason: str, until_ms: int, now_ms: int
    ) -> Iterator[ConditionChange]:
        """It is another one now. `until_ms`: assured until, where it is."""
        if condition is not self.condition:
            before, self.condition = self.condition, condition
            self.since_ms, self.alarmed = now_ms, ""
            until = until_ms if condition is Condition.ASSURED else None
            yield ConditionChange(order, now_ms, before, condition, reason, until)

    def awaits(self, reason: str) -> bool:
        """Whether it is unassured, for this reason, and that is no alarm yet."""
        return self.condition is Condition.UNASSURED and self.alarmed != _kind(reason)

    def alarm(self, order: str, reason: str, now_ms: int) -> Unquiet:
        """The quiet clock has passed."""
        self.alarmed = _kind(reason)
        return Unquiet(order, now_ms, reason)

    @property
    def unassured_ms(self) -> int | None:
        """Since when nothing is promised; None while something is, or nothing need be."""
        return self.since_ms if self.condition is Condition.UNASSURED else None

    def has_returned_since(self, at_ms: int) -> bool:
        """Whether a promise has begun since then, and stands."""
        promises = self.condition in (Condition.ASSURED, Condition.WATCHED)
        return promises and at_ms < self.since_ms

    def state(self) -> list[Any]:
        """What must survive a restart, as JSON; the condition itself apart."""
        return [self.since_ms, self.alarmed]

    def restore(self, condition: str, state: list[Any], now_ms: int) -> None:
        """Before there was a quiet clock nothing was kept, and every alarm was raised at once."""
        self.condition = Condition(condition)
        raised = _kind("") if self.condition is Condition.UNASSURED else ""
        self.since_ms, self.alarmed = state or (now_ms, raised)


def _kind(reason: str) -> str:
    """Where a unit is off its wearer, its own alarm tells of it; not so once it is on again."""
    return "off" if reason.startswith("off_") else "unheard"
