"""A centre's deadlines: of units, whose assignments begin and end, of orders, of escalations."""

from host.core.escalations import Escalations
from host.core.roster import Roster
from host.core.timers import Key, Timers

# Whose a deadline is; at the same instant they come in this order.
UNIT, ORDER, ESCALATION = range(3)


class Deadlines(Timers):
    """To be armed whenever what they are of has changed."""

    __slots__ = ("_escalations", "_roster")

    def __init__(self, roster: Roster, escalations: Escalations) -> None:
        super().__init__(self._due_ms)
        self._roster = roster
        self._escalations = escalations

    def arm_unit(self, unit: str, now_ms: int) -> None:
        """When one of its assignments next begins or ends."""
        self.arm((UNIT, unit), self._roster.assignments.next_ms(unit, now_ms))

    def arm_order(self, order: str) -> None:
        """When its state may change by itself."""
        self.arm((ORDER, order), self._roster.orders[order].due_ms)

    def arm_escalation(self, order: str) -> None:
        """When a ladder, an acknowledgement or a delivery of the order is due."""
        self.arm((ESCALATION, order), self._escalations.due_ms(order))

    def _due_ms(self, key: Key) -> int | None:
        kind, entity = key
        if kind == UNIT:
            return 0  # dates do not move: what was armed is due
        if kind == ESCALATION:
            return self._escalations.due_ms(entity)
        state = self._roster.orders.get(entity)
        return None if state is None else state.due_ms
