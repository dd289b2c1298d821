"""Follows a running host through its audit, which names everything that it has decided."""

import json
from collections.abc import Iterator
from itertools import dropwhile

from host.audit import Entry
from host.escalation.delivery import Delivery
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Signal,
    Transition,
    UnitAlarm,
)
from host.registry import Role
from host.store.store import Store
from simulator.chronicle import Chronicle


class Observer:
    """Tells a chronicle what has been entered since the last time."""

    def __init__(self, store: Store, chronicle: Chronicle) -> None:
        self._store = store
        self._chronicle = chronicle
        self._seen = 0

    def look(self) -> None:
        """Read on to the end of the audit."""
        for entry in dropwhile(lambda entry: entry.number <= self._seen, self._store.audit()):
            self._seen = entry.number
            for signal in _signals(entry):
                self._chronicle.signal(signal)
            if entry.kind.startswith("delivery."):
                self._chronicle.delivery(
                    Delivery.from_json(json.loads(entry.data or b"")), entry.at_ms
                )


def _signals(entry: Entry) -> Iterator[Signal]:
    said = json.loads(entry.data or b"{}")
    if entry.kind == "level":
        levels = {"before": Level(said["before"]), "after": Level(said["after"])}
        yield Transition(**{**said, **levels})
    elif entry.kind == "condition":
        conditions = {"before": Condition(said["before"]), "after": Condition(said["after"])}
        yield ConditionChange(**{**said, **conditions})
    elif entry.kind == "unit":
        yield UnitAlarm(**{**said, "role": Role(said["role"])})
