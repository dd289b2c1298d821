"""An order that begins has nothing promised yet: that is no news, unless it becomes an alarm."""

from dataclasses import replace

from host.proximity.types import Condition, ConditionChange, Signal, Unquiet


class Beginnings:
    """Of all orders that have begun unassured, and are so still."""

    def __init__(self) -> None:
        self._begun: dict[str, ConditionChange] = {}

    def news(self, signal: Signal) -> list[Signal]:
        """What of a signal is to be told: it, nothing, or what was not told before."""
        begun = self._begun.get(signal.order)
        if isinstance(signal, ConditionChange):
            self._begun.pop(signal.order, None)
            if signal.before is Condition.INACTIVE and signal.after is Condition.UNASSURED:
                self._begun[signal.order] = signal
                return []
            return [] if begun else [signal]
        if isinstance(signal, Unquiet) and begun:
            del self._begun[signal.order]
            return [replace(begun, at_ms=signal.at_ms), signal]
        return [signal]
