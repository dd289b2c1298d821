"""The trouble that nothing can be promised: one incident, with what makes it up inside.

That the quiet clock has passed, and that her own unit says that she has no cover, are one trouble;
so is an open strap with what it does to the promise. It is over when no part of it holds.
"""

from collections.abc import Mapping
from typing import Any

from host.escalation.incident import Incident
from host.escalation.incidents import Incidents
from host.proximity.types import ConditionChange, Level, UnitAlarm, Unquiet

ASSURANCE = "assurance"
UNASSURED = "unassured"
NO_COVER = "no_cover"
_OFF = "off_"


class Assurance:
    """What is said of an order's promise, as incidents of that order."""

    __slots__ = ("_incidents",)

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    def unquiet(self, said: Unquiet, now_ms: int) -> None:
        """The quiet clock has passed."""
        incident = self._open(ASSURANCE)
        if incident is None and said.reason.startswith(_OFF):
            incident = self._strap(said.reason.removeprefix(_OFF))
        self._raise(incident, UNASSURED, UNASSURED, now_ms, at_ms=said.at_ms, reason=said.reason)

    def promised(self, said: ConditionChange, now_ms: int) -> None:
        """The order is no longer unassured."""
        for incident in list(self._incidents.incidents.values()):
            self._over(incident, UNASSURED, said.at_ms, said.reason, now_ms)

    def no_cover(self, said: UnitAlarm, now_ms: int) -> None:
        """Her unit says of itself what the order would say of it."""
        part = f"{NO_COVER}:{said.unit}"
        incident = self._open(ASSURANCE)
        if said.raised:
            found = {"at_ms": said.at_ms, "reason": NO_COVER}
            found |= {"unit": said.unit, "person": said.person}
            self._raise(incident, part, NO_COVER, now_ms, **found)
        elif incident is not None:
            self._over(incident, part, said.at_ms, NO_COVER, now_ms)

    def _open(self, cause: str) -> Incident | None:
        incident = self._incidents.incidents.get(cause)
        return incident if incident is not None and incident.level > Level.CLEAR else None

    def _strap(self, party: str) -> Incident | None:
        """The open strap of a party's unit: "offender" or "victim"."""
        order = self._incidents.order
        persons = (order.offender,) if party == "offender" else order.protected
        straps = (one for one in self._incidents.incidents.values() if one.kind == "strap")
        return next((one for one in straps if one.person in persons), None)

    def _raise(
        self, incident: Incident | None, part: str, kind: str, now_ms: int, **found: Any
    ) -> None:
        """A part holds: of the trouble that is open, or of one that begins with it."""
        if incident is not None:
            self._incidents.join(incident, part, now_ms, holds=True)
            return
        known: Mapping[str, bool] = {}
        if ASSURANCE in self._incidents.incidents:
            known = self._incidents.incidents[ASSURANCE].parts
        self._incidents.alarm(ASSURANCE, kind, now_ms, {**found, "parts": {**known, part: True}})

    def _over(self, incident: Incident, part: str, at_ms: int, reason: str, now_ms: int) -> None:
        """A part of it holds no longer; with the last one all of it is over."""
        if not incident.parts.get(part):
            return
        parts = {**incident.parts, part: False}
        if incident.cause == ASSURANCE and incident.level > Level.CLEAR and not any(parts.values()):
            self._incidents.clear(incident, now_ms, at_ms=at_ms, reason=reason, parts=parts)
        else:
            self._incidents.join(incident, part, now_ms, holds=False)
