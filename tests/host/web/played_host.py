"""A host that is none: one order near Guatemala City, told in the console's own JSON."""

import threading
from typing import Any

from host.accounts.may import Concern
from host.base.clock import iso
from host.escalation.act import REASONED, Act, Verb
from host.escalation.incident import Refused, UnknownDelivery, UnknownIncident
from host.web.face import Wanted
from host.web.feed import Feed

START_MS = 1_772_344_800_000  # 2026-03-01 06:00 UTC, midnight in Guatemala
VICTIM = (14.6349, -90.5069)
OFFENDER = (14.6349, -90.4869)  # 2.2 km to the east
ORDER = "O-17"
COURT, STATION = "Juzgado 3", "Comisaría 14"


SHELVING_MAX_MIN = 60

# What an act makes of an incident.
_AFTER: dict[Verb, dict[str, Any]] = {
    Verb.ACKNOWLEDGE: {"state": "acknowledged"},
    Verb.RESOLVE: {"state": "normal", "verbs": []},
    Verb.SHELVE: {"state": "shelved", "verbs": ["resume"]},
    Verb.WITHDRAW: {"state": "out_of_service", "verbs": ["resume"]},
    Verb.RESUME: {"state": "unacknowledged", "verbs": ["acknowledge", "shelve"]},
}


class PlayedHost:
    """Speaks as the host's loop does: state first, then the event."""

    def __init__(self, feed: Feed, *, now_ms: int = START_MS) -> None:
        self.feed = feed
        self.now_ms = now_ms
        self.acts: list[Act] = []
        self.lacking: list[str] = []
        self._lock = threading.Lock()
        self._things: dict[str, dict[str, dict[str, Any]]] = {
            kind: {} for kind in ("order", "position", "incident", "delivery", "unit")
        }
        self.order(level="clear", condition="assured", distance_m=2156.0)
        self.position("offender", *OFFENDER)
        self.position("victim", *VICTIM)
        self.unit("offender")
        self.unit("victim")

    # What the console asks

    def snapshot(self, wanted: Wanted | None = None) -> dict[str, Any]:
        """The contract's snapshot."""
        with self._lock:
            things = {f"{kind}s": list(of.values()) for kind, of in self._things.items()}
        things["deliveries"] = things.pop("deliverys")
        return {"now": iso(self.now_ms), "counters": {"accepted": 12, "rejected": {}}, **things}

    def concern(self, order: str) -> Concern:
        """Of every order alike, but for its name."""
        return Concern(order, frozenset({"P-1", "P-2"}), COURT, STATION)

    def order_of(self, verb: Verb, subject: str) -> str | None:
        """Its only one."""
        kind = "delivery" if verb is Verb.CALL else "incident"
        known = self._things[kind].get(subject)
        return None if known is None else known["order"]

    def alive(self) -> bool:
        return True

    def lacks(self) -> list[str]:
        return self.lacking

    def metrics(self) -> bytes:
        return b"resguardo_records_total 12.0\n"

    def act(self, act: Act) -> dict[str, Any]:
        """As the host's loop: refused unless it was offered, and told why and for how long."""
        verb, subject = act.verb, act.subject
        kind = "delivery" if verb is Verb.CALL else "incident"
        known = self._things[kind].get(subject)
        if known is None:
            unknown = UnknownDelivery if verb is Verb.CALL else UnknownIncident
            raise unknown(f"{subject} is not open")
        if verb not in known["verbs"]:
            raise Refused("already_acknowledged", f"{subject} is acknowledged already")
        if verb in REASONED and not act.reason:
            raise Refused("no_reason", "a reason is needed")
        if verb is Verb.SHELVE and not 0 < act.for_ms <= SHELVING_MAX_MIN * 60_000:
            raise Refused("bad_time", "not so long")
        self.acts.append(act)
        left = [name for name in known["verbs"] if name != verb]
        told = {"verbs": left, "operator": act.operator, "note": act.reason}
        if verb is Verb.CALL:
            told["state"] = "answered" if act.reached else "failed"
        elif verb is Verb.ACKNOWLEDGE:
            told["acknowledged_by"] = act.operator
        return self._say(kind, subject, {**known, **told, **_AFTER.get(verb, {})})

    @property
    def acknowledged(self) -> list[tuple[str, str]]:
        """(incident, operator), in order."""
        return [(act.subject, act.operator) for act in self.acts if act.verb is Verb.ACKNOWLEDGE]

    # What happens

    def beat(self) -> None:
        """A sign of life."""
        now = iso(self.now_ms)
        self.feed.publish({"type": "heartbeat", "order": None, "at": now, "now": now, "speed": 1})

    def order(
        self,
        *,
        level: str,
        condition: str,
        distance_m: float,
        order: str = ORDER,
        unseen_ms: int | None = None,
        alarm_in_ms: int | None = None,
        reason: str = "overdue_offender",
    ) -> None:
        """What an order promises and how near they are; for how long he is unseen. An order that
        is unassured has been for a minute: an alarm, or one that is held for so long yet."""
        unassured = condition == "unassured"
        until = iso(self.now_ms + 275_000) if condition == "assured" else None
        zone = {
            "id": "Z-1",
            "name": "Escuela Mixta",
            "kind": "polygon",
            "ring": [
                [-90.5130, 14.6410],
                [-90.5105, 14.6410],
                [-90.5105, 14.6430],
                [-90.5130, 14.6430],
            ],
            "radius_m": 0,
            "margin_m": 150,
        }
        home = {
            "id": "Z-2",
            "name": "Casa",
            "kind": "circle",
            "ring": [[-90.5069, 14.6290]],
            "radius_m": 200,
            "margin_m": 100,
        }
        body = {
            "order": order,
            "level": level,
            "condition": condition,
            "reason": reason if unassured else "far",
            "assured_until": until,
            "unassured_since": iso(self.now_ms - 60_000) if unassured else None,
            "alarm_at": None if alarm_in_ms is None else iso(self.now_ms + alarm_in_ms),
            "unseen_since": None if unseen_ms is None else iso(self.now_ms - unseen_ms),
            "distance_m": distance_m,
            "causes": [
                {"cause": "victim:P-2", "level": level, "distance_m": distance_m},
                {"cause": "zone:Z-1", "level": "clear", "distance_m": 1830.0},
            ],
            "alert_m": 500,
            "pre_alert_m": 1000,
            "contact_m": 100,
            "zones": [zone, home],
        }
        self._say("order", order, body)

    def position(self, role: str, lat: float, lon: float, *, age_ms: int = 0) -> None:
        """One believed fix of a party."""
        unit, person = _unit_of(role)
        body = {
            "role": role,
            "unit": unit,
            "person": person,
            "time": iso(self.now_ms - age_ms),
            "lat": lat,
            "lon": lon,
            "accuracy_m": 12.0 if role == "offender" else 25.0,
            "source": "gnss",
            "believed": True,
        }
        self._say("position", unit, body)

    def unit(self, role: str, *, connected: bool = True, alarms: tuple[str, ...] = ()) -> None:
        """How a unit is."""
        unit, person = _unit_of(role)
        body = {
            "unit": unit,
            "role": role,
            "person": person,
            "connected": connected,
            "battery": 84 if role == "offender" else 61,
            "last_contact": iso(self.now_ms),
            "lease_until": iso(self.now_ms + 30_000),
            "alarms": list(alarms),
        }
        self._say("unit", unit, body)

    def crowd(self, n: int) -> None:
        """`n` more orders, for pages that are opened later: O-00001 of P-00002 with VU-00003."""
        order, unit = self._things["order"][ORDER], self._things["unit"]["VU-0001"]
        place = self._things["position"]["VU-0001"]
        with self._lock:
            for i in range(1, n + 1):
                name, person, worn = f"O-{i:05}", f"P-{i + 1:05}", f"VU-{i + 2:05}"
                of = {"order": name, "unit": worn, "person": person}
                where = {"lat": 13.9 + i % 197 * 0.018, "lon": -91.9 + i % 151 * 0.022}
                self._things["order"][name] = {**order, "order": name, "zones": []}
                self._things["unit"][worn] = {**unit, **of}
                self._things["position"][worn] = {**place, **of, **where}

    def incident(self, incident: str, *, level: str, priority: int, **more: Any) -> None:
        """An alarm about the order, for an operator."""
        body = {
            "incident": incident,
            "cause": "victim:P-2",
            "parts": {},
            "level": level,
            "priority": priority,
            "state": "unacknowledged",
            "opened": iso(self.now_ms),
            "since": iso(self.now_ms),
            "changed": iso(self.now_ms),
            "due": iso(self.now_ms + 20_000),
            "acknowledged_by": None,
            "operator": None,
            "note": "",
            "verbs": ["acknowledge", "shelve"],
            "shelving_max_min": SHELVING_MAX_MIN,
            "sentence": {
                "es": f"P-1 está dentro de la distancia de alerta de P-2: {430 + priority} m.",
                "en": f"P-1 is within the alert distance of P-2: {430 + priority} m.",
            },
        }
        self._say("incident", incident, body | more)

    def delivery(self, delivery: str, *, recipient: str, state: str, **more: Any) -> None:
        """A message on its way, or its receipt; or a call to be made."""
        body = {
            "delivery": delivery,
            "incident": "I-1",
            "recipient": recipient,
            "person": "P-2",
            "channel": "unit",
            "state": state,
            "attempts": 1,
            "verbs": [],
            "at": iso(self.now_ms),
        }
        self._say("delivery", delivery, body | more)

    def call(self, delivery: str, *, recipient: str) -> None:
        """Somebody is to be called."""
        self.delivery(delivery, recipient=recipient, state="queued", channel="call", verbs=["call"])

    def _say(self, kind: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        event = {"type": kind, "order": ORDER, "at": iso(self.now_ms), **body}
        with self._lock:
            self._things[kind][key] = event
        self.feed.publish(event)
        return event


def _unit_of(role: str) -> tuple[str, str]:
    return ("BR-0001", "P-1") if role == "offender" else ("VU-0001", "P-2")
