"""What happened, in one sentence, for the people of the centre and nobody else."""

from host.base.catalogue import Catalogue
from host.escalation.incident import MOMENTS, Incident
from host.proximity.types import Level
from host.registry.types import Order

_KM_FROM_M = 10_000


def sentences(incident: Incident, order: Order, catalogue: Catalogue) -> dict[str, str]:
    """The sentence in every language."""
    return {
        language: _sentence(incident, order, catalogue, language)
        for language in catalogue.languages
    }


def _sentence(incident: Incident, order: Order, catalogue: Catalogue, language: str) -> str:
    subject, _, name = incident.cause.partition(":")
    key = f"incident.{subject}"
    if subject in ("victim", "zone"):
        key += f".{incident.level or incident.peak}"
    elif not catalogue.has(key):
        key = "incident.other"
    reason = f"reason.{incident.reason}"
    zones = {zone.id: zone.name for zone in order.zones}
    what = catalogue.text(
        key,
        language,
        offender=order.offender,
        person=incident.person,
        name=zones.get(name, name) if subject == "zone" else name,
        distance=_distance(incident.distance_m, catalogue, language),
        reason=catalogue.text(reason, language) if catalogue.has(reason) else incident.reason,
    )
    if incident.level > Level.CLEAR or incident.kind in MOMENTS:
        return what
    if subject == "assurance":
        return catalogue.text("incident.covered", language, offender=order.offender)
    return catalogue.text("incident.over", language, what=what)


def _distance(distance_m: float | None, catalogue: Catalogue, language: str) -> str:
    if distance_m is None:
        return catalogue.text("distance.unknown", language)
    if distance_m < _KM_FROM_M:
        return catalogue.text("distance.m", language, value=round(distance_m))
    return catalogue.text("distance.km", language, value=f"{distance_m / 1000:.1f}")
