"""What the console is shown: JSON-able pictures of the centre's live state. Pure.

Every picture carries its order, so that a stream can be scoped to a person's orders later.
"""

from collections import Counter
from math import inf
from typing import Any

from host.base.catalogue import Catalogue
from host.base.clock import iso
from host.core.centre import Centre
from host.escalation.act import Verb, allowed
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.escalation.sentence import sentences
from host.ingest.wearer import Wearer
from host.proximity.order import GRACE_MS, OrderState
from host.proximity.track import NEVER_MS
from host.proximity.types import Condition
from host.registry.types import Zone

View = dict[str, Any]
_ACCEPTED = "accepted"


def maybe_iso(at_ms: int | None) -> str | None:
    """ISO 8601, None for never."""
    return None if not at_ms or at_ms >= NEVER_MS else iso(at_ms)


def order_view(state: OrderState) -> View:
    """Levels, condition and geometry of one order."""
    order = state.order
    nearest_m = min((cause.distance_m for cause in state.causes), default=inf)
    assured = state.condition is Condition.ASSURED
    unassured = state.condition is Condition.UNASSURED
    parties = (state.offender, *state.victims)
    bounded = all(track.anchor is not None and not track.contested for track in parties)
    return {
        "order": order.id,
        "level": str(state.level),
        "condition": str(state.condition),
        "reason": state.reason,
        "assured_until": maybe_iso(state.until_ms) if assured else None,
        # From then on he may have come near unseen. It stays while nothing is heard.
        "unseen_since": maybe_iso(state.until_ms) if unassured and bounded else None,
        # The quiet clock: since when nothing is promised, and when that becomes an alarm.
        "unassured_since": maybe_iso(state.announced.unassured_ms),
        "alarm_at": maybe_iso(_alarm_ms(state)),
        "distance_m": _metres(nearest_m),
        "causes": [
            {
                "cause": cause.cause,
                "level": str(cause.level),
                "distance_m": _metres(cause.distance_m),
            }
            for cause in state.causes
        ],
        "alert_m": order.alert_m,
        "pre_alert_m": order.pre_alert_m,
        "contact_m": order.contact_m,
        "strength": str(order.strength),
        "zones": [_zone(zone) for zone in order.zones],
    }


def _alarm_ms(state: OrderState) -> int | None:
    """When it becomes an alarm that nothing is promised; None where it is one, or none is due."""
    said = state.announced
    if state.condition is Condition.UNASSURED and said.condition is Condition.INACTIVE:
        return said.since_ms + GRACE_MS  # it is new, and was not looked at yet
    return state.quiet_ms if said.awaits(state.reason) else None


def position_views(state: OrderState) -> list[View]:
    """Where the parties of an order were last believed to be."""
    tracks = (state.offender, *state.victims)
    views = []
    for (role, person), track in zip(state.order.parties, tracks, strict=True):
        fix = track.fix
        if fix is None:
            continue
        views.append(
            {
                "order": state.order.id,
                "role": str(role),
                "unit": fix.unit,
                "person": person,
                "time": maybe_iso(fix.time_ms),
                "lat": fix.lat_e7 / 1e7,
                "lon": fix.lon_e7 / 1e7,
                "accuracy_m": fix.a95_m,
                "source": fix.source.name.lower(),
                "believed": track.anchor is not None and not track.contested,
            }
        )
    return views


def order_worn(wearer: Wearer) -> str | None:
    """One of the orders of whoever wears a unit."""
    return wearer.orders[0].order.id if wearer.orders else None


def unit_view(centre: Centre, unit: str) -> View:
    """How a unit is."""
    wearer = centre.roster.wearers[unit]
    track = wearer.track
    heard = track.contact_ms or None
    return {
        "order": order_worn(wearer),
        "unit": unit,
        "role": str(wearer.unit.role),
        "person": wearer.person,
        "connected": wearer.connected,
        "battery": wearer.battery,
        "last_contact": maybe_iso(heard),
        "lease_until": maybe_iso(heard and heard + track.lease_s * 1000),
        "alarms": list(wearer.alarms),
    }


def incident_view(centre: Centre, incident: Incident, catalogue: Catalogue) -> View:
    """One row of the alarm queue, with what happened in one sentence per language."""
    order = centre.roster.orders[incident.order].order
    policy = centre.escalations.policies.opened_with(incident.policy, order.policy)
    return {
        "incident": incident.id,
        "order": incident.order,
        "cause": incident.cause,
        "kind": incident.kind,
        "parts": dict(incident.parts),
        "level": str(incident.peak),
        "priority": incident.priority,
        "state": str(incident.state),
        "opened": iso(incident.opened_ms),
        "since": iso(incident.at_ms),
        "changed": iso(incident.changed_ms),
        "due": maybe_iso(incident.due_ms),
        "acknowledged_by": incident.acknowledged_by or None,
        "operator": incident.operator or None,
        "note": incident.note,
        "verbs": [str(verb) for verb in allowed(incident)],
        "shelving_max_min": policy.shelving_max_ms // 60_000,
        "sentence": sentences(incident, order, catalogue),
    }


def changed_view(centre: Centre, changed: Incident | Delivery, catalogue: Catalogue) -> View:
    """Whichever it is."""
    if isinstance(changed, Delivery):
        return delivery_view(changed)
    return incident_view(centre, changed, catalogue)


def delivery_view(delivery: Delivery) -> View:
    """A message on its way."""
    return {
        "delivery": delivery.id,
        "incident": delivery.incident,
        "order": delivery.order,
        "recipient": str(delivery.recipient),
        "person": delivery.person,
        "channel": str(delivery.channel),
        "state": str(delivery.state),
        "attempts": delivery.attempts,
        "verbs": [str(Verb.CALL)] if delivery.wants_call else [],
        "at": iso(delivery.changed_ms),
    }


def counters_view(counters: Counter[str]) -> View:
    """How many records were accepted, and what was not taken as it came for which reasons."""
    rejected = {key: n for key, n in sorted(counters.items()) if key != _ACCEPTED}
    return {"order": None, "accepted": counters[_ACCEPTED], "rejected": rejected}


def _metres(distance_m: float) -> float | None:
    return None if distance_m == inf else round(distance_m, 1)


def _zone(zone: Zone) -> View:
    return {
        "id": zone.id,
        "name": zone.name,
        "kind": "polygon" if len(zone.ring) > 1 else "circle",
        "ring": [[lon_e7 / 1e7, lat_e7 / 1e7] for lat_e7, lon_e7 in zone.ring],
        "radius_m": zone.radius_m,
        "margin_m": zone.margin_m,
    }
