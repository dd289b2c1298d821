"""What is wrong with the host itself, shown in the alarm queue like any other alarm."""

from dataclasses import dataclass, replace
from typing import Any

from host.base.catalogue import Catalogue
from host.base.clock import iso
from host.escalation.act import Verb
from host.escalation.incident import Refused, State
from host.proximity.types import Level

STORE_DOWN = "store_down"
BROKER_DOWN = "broker_down"
BROKER_REFUSES = "broker_refuses"
BROKER_LOSES = "broker_loses"
BROKER_OPEN = "broker_open"
HOST_EVICTED = "host_evicted"
UNIT_EVICTED = "unit_evicted"
CLOCK_STEP = "clock_step"  # forward
CLOCK_BACK = "clock_back"
STEP_FAILED = "step_failed"
STATES_DISPUTED = "states_disputed"
DEADLINE_FAILED = "deadline_failed"
VIEW_FAILED = "view_failed"
MANY_SILENT = "many_silent"
ANCHOR_FAILED = "anchor_failed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the host: critical, open until it is both over and acknowledged."""

    id: str
    code: str
    reason: str
    opened_ms: int
    changed_ms: int
    state: State = State.UNACKNOWLEDGED
    acknowledged_by: str = ""


class Faults:
    """The host's faults. Every change is handed back as the view to be shown."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._faults: dict[str, Fault] = {}

    def check(self, code: str, reason: str, now_ms: int, *, of: str = "") -> dict[str, Any] | None:
        """`reason` "" says that all is well. Returns a view when that changes something.

        `of`: where a code can be of several things at once, which one.
        """
        name = f"{code}.{of.encode().hex()}" if of else code  # it is part of a path on the page
        known = self._faults.get(name)
        if reason and (known is None or known.state is State.RETURNED):
            return self._keep(Fault(name, code, reason, now_ms, now_ms))
        if reason or known is None or known.state is State.RETURNED:
            return None
        over = State.NORMAL if known.state is State.ACKNOWLEDGED else State.RETURNED
        return self._keep(replace(known, state=over, changed_ms=now_ms))

    def acknowledge(self, name: str, operator: str, now_ms: int) -> dict[str, Any] | None:
        """An operator takes note. None for what is no open fault; Refused the second time."""
        known = self._faults.get(name)
        if known is None:
            return None
        if known.state is State.ACKNOWLEDGED:
            raise Refused("already_acknowledged", f"{name} is acknowledged already")
        after = State.NORMAL if known.state is State.RETURNED else State.ACKNOWLEDGED
        return self._keep(replace(known, state=after, changed_ms=now_ms, acknowledged_by=operator))

    def codes(self) -> list[str]:
        """Of all that are open."""
        return [fault.code for fault in list(self._faults.values())]

    def views(self) -> list[dict[str, Any]]:
        """All that are open, as rows of the alarm queue."""
        return [self._view(fault) for fault in self._faults.values()]

    def _keep(self, fault: Fault) -> dict[str, Any]:
        self._faults[fault.id] = fault
        if fault.state is State.NORMAL:
            del self._faults[fault.id]
        return self._view(fault)

    def _view(self, fault: Fault) -> dict[str, Any]:
        return {
            "incident": fault.id,
            "order": None,
            "cause": fault.code,
            "kind": fault.code,
            "parts": {},
            "level": str(Level.BREACH),
            "priority": 1,
            "state": str(fault.state),
            "opened": iso(fault.opened_ms),
            "since": iso(fault.opened_ms),
            "changed": iso(fault.changed_ms),
            "due": None,
            "acknowledged_by": fault.acknowledged_by or None,
            "operator": fault.acknowledged_by or None,
            "note": "",
            "verbs": [str(Verb.ACKNOWLEDGE)] if fault.state is not State.ACKNOWLEDGED else [],
            "shelving_max_min": 0,
            "sentence": {
                language: self._catalogue.text(
                    f"incident.{fault.code}", language, reason=fault.reason
                )
                for language in self._catalogue.languages
            },
        }
