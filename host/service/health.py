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
CLOCK_STEP = "clock_step"
STEP_FAILED = "step_failed"
DEADLINE_FAILED = "deadline_failed"
VIEW_FAILED = "view_failed"


@dataclass(frozen=True, slots=True)
class Ailment:
    """One fault of the host: critical, open until it is both over and acknowledged."""

    id: str
    code: str
    reason: str
    opened_ms: int
    changed_ms: int
    state: State = State.UNACKNOWLEDGED
    acknowledged_by: str = ""


class Health:
    """The host's faults. Every change is handed back as the view to be shown."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._ailments: dict[str, Ailment] = {}

    def check(self, code: str, reason: str, now_ms: int, *, of: str = "") -> dict[str, Any] | None:
        """`reason` "" says that all is well. Returns a view when that changes something.

        `of`: where a code can be of several things at once, which one.
        """
        name = f"{code}.{of.encode().hex()}" if of else code  # it is part of a path on the page
        known = self._ailments.get(name)
        if reason and (known is None or known.state is State.RETURNED):
            return self._keep(Ailment(name, code, reason, now_ms, now_ms))
        if reason or known is None or known.state is State.RETURNED:
            return None
        over = State.NORMAL if known.state is State.ACKNOWLEDGED else State.RETURNED
        return self._keep(replace(known, state=over, changed_ms=now_ms))

    def acknowledge(self, name: str, operator: str, now_ms: int) -> dict[str, Any] | None:
        """An operator takes note. None for what is no open fault; Refused the second time."""
        known = self._ailments.get(name)
        if known is None:
            return None
        if known.state is State.ACKNOWLEDGED:
            raise Refused("already_acknowledged", f"{name} is acknowledged already")
        after = State.NORMAL if known.state is State.RETURNED else State.ACKNOWLEDGED
        return self._keep(replace(known, state=after, changed_ms=now_ms, acknowledged_by=operator))

    def views(self) -> list[dict[str, Any]]:
        """All that are open, as rows of the alarm queue."""
        return [self._view(ailment) for ailment in self._ailments.values()]

    def _keep(self, ailment: Ailment) -> dict[str, Any]:
        self._ailments[ailment.id] = ailment
        if ailment.state is State.NORMAL:
            del self._ailments[ailment.id]
        return self._view(ailment)

    def _view(self, ailment: Ailment) -> dict[str, Any]:
        return {
            "incident": ailment.id,
            "order": None,
            "cause": ailment.code,
            "kind": ailment.code,
            "level": str(Level.BREACH),
            "priority": 1,
            "state": str(ailment.state),
            "opened": iso(ailment.opened_ms),
            "since": iso(ailment.opened_ms),
            "changed": iso(ailment.changed_ms),
            "due": None,
            "acknowledged_by": ailment.acknowledged_by or None,
            "operator": ailment.acknowledged_by or None,
            "note": "",
            "verbs": [str(Verb.ACKNOWLEDGE)] if ailment.state is not State.ACKNOWLEDGED else [],
            "shelving_max_min": 0,
            "sentence": {
                language: self._catalogue.text(
                    f"incident.{ailment.code}", language, reason=ailment.reason
                )
                for language in self._catalogue.languages
            },
        }
