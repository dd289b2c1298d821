"""What the quiet clock of a policy does: the gaps of promises that it held, and what it cost.

A gap is from the end of a promise until there is one again, or until an alert rises. The clock
costs lead time where an alert rises in the gap: without it the alarm would have come with the
promise's end, with it later, or not before the alert itself.
"""

from dataclasses import dataclass
from typing import Any

from host.proximity.types import Condition, ConditionChange, Level, Signal, Transition, Unquiet


@dataclass(slots=True)
class Gap:
    """In UTC milliseconds: the end of a promise, the alarm, and the gap's end; None for never."""

    lost_ms: int
    alarm_ms: int | None = None
    back_ms: int | None = None
    alert_ms: int | None = None

    @property
    def cost_ms(self) -> int:
        """Lead time that the clock has taken from an alert's warning."""
        if self.alert_ms is None:
            return 0
        told_ms = self.alert_ms if self.alarm_ms is None else min(self.alarm_ms, self.alert_ms)
        return told_ms - self.lost_ms


class Gaps:
    """By order, those that are open; `all`, in the order of their beginning."""

    def __init__(self) -> None:
        self.all: list[Gap] = []
        self._open: dict[str, Gap] = {}

    def signal(self, signal: Signal) -> None:
        """Something is said of an order."""
        gap = self._open.get(signal.order)
        if isinstance(signal, ConditionChange):
            if gap is not None:
                gap.back_ms = signal.at_ms
                del self._open[signal.order]
            if signal.after is Condition.UNASSURED and signal.before is not Condition.INACTIVE:
                self._open[signal.order] = Gap(signal.at_ms)
                self.all.append(self._open[signal.order])
        elif gap is None:
            return
        elif isinstance(signal, Unquiet):
            gap.alarm_ms = signal.at_ms
        elif isinstance(signal, Transition) and signal.after >= Level.ALERT > signal.before:
            gap.alert_ms = gap.alert_ms or signal.now_ms

    def summary(self) -> dict[str, Any]:
        """How many gaps there were, how many of them became alarms, how long in seconds the others
        lasted at most, and what each gap in which an alert rose has cost in lead time."""
        held = [gap for gap in self.all if gap.alarm_ms is None and gap.back_ms is not None]
        lasted_s = [(gap.back_ms - gap.lost_ms) / 1000 for gap in held if gap.back_ms is not None]
        return {
            "gaps": len(self.all),
            "gaps_alarmed": sum(gap.alarm_ms is not None for gap in self.all),
            "gap_held_longest_s": round(max(lasted_s), 1) if lasted_s else None,
            "lead_time_cost_s": [round(gap.cost_ms / 1000, 1) for gap in self.all if gap.alert_ms],
        }
