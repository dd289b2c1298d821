"""What somebody sees of what the console shows: a picture whole, in part, or not at all. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from host.accounts.may import Concern, Who, may
from host.accounts.right import OF_ACT, Right
from host.escalation.act import Verb
from host.web.feed import Event, frame, picture_of

Picture = Mapping[str, Any]
ConcernOf = Callable[[str], Concern]

_RIGHTS = {
    "order": Right.VIEW_ORDERS,
    "position": Right.VIEW_POSITIONS,
    "incident": Right.VIEW_INCIDENTS,
    "delivery": Right.VIEW_INCIDENTS,
    "unit": Right.VIEW_UNITS,
    "counters": Right.VIEW_HOST,
}
# Kind -> its name in a snapshot.
LISTS = {
    "order": "orders",
    "position": "positions",
    "incident": "incidents",
    "delivery": "deliveries",
    "unit": "units",
}
_UNCHANGED = frozenset({"order", "position", "counters"})  # whole, or not at all

# Of an alarm a locked page learns that it waits and how urgent it is, so that it sounds.
_SOUNDING = ("type", "at", "id", "incident", "level", "priority", "state", "opened", "since")
_SILENT: dict[str, Any] = {
    "order": None,
    "cause": "locked",
    "parts": {},
    "changed": None,
    "due": None,
    "acknowledged_by": None,
    "operator": None,
    "note": "",
    "verbs": [],
    "shelving_max_min": 0,
    "sentence": {},
}


class Sight:
    """Somebody's. `concern_of`: what an order is about, by its name."""

    def __init__(self, who: Who, concern_of: ConcernOf) -> None:
        self.who = who
        self._concern_of = concern_of
        self._unlocked = Who(
            who.account, who.role, who.persons, who.court, who.station, open=who.open
        )
        # Who is no party to anything, and sees all there is of everything: no picture is changed.
        self.whole = not (who.locked or who.persons or who.court or who.station) and all(
            may(who, right) is None for right in (*_RIGHTS.values(), *OF_ACT.values())
        )

    def order(self, order: str) -> bool:
        """Whether anything of an order is seen."""
        who = self._unlocked
        rights = (Right.VIEW_ORDERS, Right.VIEW_INCIDENTS)
        return any(may(who, right, self._concern_of(order)) is None for right in rights)

    def unit(self, order: str | None) -> bool:
        """Whether a unit is seen whose wearer has that order, or none."""
        return self.sees(Right.VIEW_UNITS, order)

    def sees(self, right: Right, order: str | None) -> bool:
        """Whether that right holds about that order; None is no order in particular."""
        return may(self.who, right, self._concern_of(order) if order else None) is None

    def frame(self, event: Event) -> bytes:
        """What of an event is sent; nothing for one that is not seen."""
        kind = event.kind
        if self.whole or kind == "heartbeat":
            return event.frame
        if kind not in _RIGHTS:
            return b""
        if kind in _UNCHANGED:
            seen = not self.who.locked and self.sees(_RIGHTS[kind], event.order)
            return event.frame if seen else b""
        picture = self.of(kind, picture_of(event))
        return b"" if picture is None else frame(event.id, kind, picture)

    def snapshot(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What of a snapshot is seen."""
        seen = dict(shown)
        for kind, name in LISTS.items():
            pictures = (self.of(kind, picture) for picture in shown[name])
            seen[name] = [picture for picture in pictures if picture is not None]
        if self.of("counters", shown["counters"]) is None:
            seen["counters"] = {"accepted": 0, "rejected": {}}
        return seen

    def of(self, kind: str, picture: Picture) -> Picture | None:
        """What is seen of it; None for nothing."""
        if kind == "heartbeat" or self.whole:
            return picture
        if self.who.locked:
            return self._sounding(picture) if kind == "incident" else None
        order = picture.get("order")
        if kind == "incident" and order is None:
            return self._with_verbs(picture) if self.sees(Right.VIEW_HOST, None) else None
        if kind not in _RIGHTS or not self.sees(_RIGHTS[kind], order):
            return None
        if kind == "unit":
            return self._unit(picture)
        return self._with_verbs(picture) if "verbs" in picture else picture

    def _sounding(self, picture: Picture) -> Picture | None:
        opened = Sight(self._unlocked, self._concern_of)
        if opened.of("incident", picture) is None:
            return None
        return {key: picture[key] for key in _SOUNDING if key in picture} | _SILENT

    def _unit(self, picture: Picture) -> Picture | None:
        """Whoever sees no orders gets no name with a unit."""
        if picture.get("person") in self.who.persons:
            return None
        if may(self.who, Right.VIEW_ORDERS) is None:
            return picture
        return {**picture, "person": None, "order": None}

    def _with_verbs(self, picture: Picture) -> Picture:
        order = picture.get("order")
        verbs = [one for one in picture["verbs"] if self.sees(OF_ACT[Verb(one)], order)]
        return {**picture, "verbs": verbs}
