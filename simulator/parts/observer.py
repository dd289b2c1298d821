"""Follows a running host through its audit, which names everything that it has decided."""

import json
from collections.abc import Iterator
from typing import Any

from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.proximity.types import (
    Condition,
    ConditionChange,
    Level,
    Transition,
    UnitAlarm,
    Unquiet,
)
from host.registry.types import Role
from host.store.store import Store
from simulator.worlds.chronicle import Chronicle


class Observer:
    """Tells a chronicle what has been entered since the last time."""

    def __init__(self, store: Store, chronicle: Chronicle) -> None:
        self._store = store
        self._chronicle = chronicle
        self._seen = 0

    def look(self) -> Iterator[int]:
        """Read on to the end of the audit; yields each entry's number once it is told."""
        for entry in self._store.audit(self._seen):
            self._seen = entry.number
            if entry.data is not None:
                self._tell(entry.kind, json.loads(entry.data), entry.at_ms)
            yield entry.number

    def _tell(self, kind: str, said: dict[str, Any], at_ms: int) -> None:
        if kind.startswith("delivery."):
            self._chronicle.delivery(Delivery.from_json(said), at_ms)
        elif kind.startswith("incident."):
            self._chronicle.incident(Incident.from_json(said))
        elif kind == "level":
            levels = {key: Level(said[key]) for key in ("before", "after")}
            self._chronicle.signal(Transition(**{**said, **levels}))
        elif kind == "condition":
            conditions = {key: Condition(said[key]) for key in ("before", "after")}
            self._chronicle.signal(ConditionChange(**{**said, **conditions}))
        elif kind == "unquiet":
            self._chronicle.signal(Unquiet(**said))
        elif kind == "unit":
            self._chronicle.signal(UnitAlarm(**{**said, "role": Role(said["role"])}))
