"""What happened, in one sentence, in both languages."""

from dataclasses import replace

import pytest

from host.base.catalogue import catalogue
from host.escalation.escalation import Escalation
from host.escalation.incident import WEIGHTS
from host.escalation.policy import default
from host.escalation.sentence import sentences
from host.proximity.types import Level, Signal, Transition
from host.registry.types import Role, Zone
from tests.host.escalation.signals import (
    ALERT,
    BREACH,
    CLEAR,
    NEAR_ANA,
    ORDER,
    alarm,
    incident,
    level,
    new_escalation,
    unquiet,
)

SCHOOL = Zone("z1", "Escuela Norte", ((147_000_000, -905_000_000),), radius_m=50)


@pytest.mark.parametrize(
    ("signal", "cause", "spanish", "english"),
    [
        (
            level(CLEAR, ALERT, 1, 0),
            NEAR_ANA,
            "juan está dentro de la distancia de alerta de ana: 420 m.",
            "juan is within the alert distance of ana: 420 m.",
        ),
        (
            Transition("O1", "zone:z1", 0, 0, CLEAR, BREACH, 1, "swept", 0.0),
            "zone:z1",
            "juan está dentro de la zona Escuela Norte.",
            "juan is inside zone Escuela Norte.",
        ),
        (
            Transition("O1", NEAR_ANA, 0, 0, CLEAR, Level.PRE_ALERT, 1, "swept", 12_345.0),
            NEAR_ANA,
            "juan se acerca a ana: 12.3 km.",
            "juan is coming near ana: 12.3 km.",
        ),
        (
            Transition("O1", NEAR_ANA, 0, 0, CLEAR, Level.PRE_ALERT, 1, "swept", None),
            NEAR_ANA,
            "juan se acerca a ana: distancia desconocida.",
            "juan is coming near ana: distance unknown.",
        ),
        (
            unquiet(0, "no_position"),
            "assurance",
            "Ya no se puede garantizar la orden de juan: falta una posición.",
            "The order against juan can no longer be assured: a position is missing.",
        ),
        (
            alarm("no_cover", 0, role=Role.VICTIM),
            "assurance",
            (
                "Ya no se puede garantizar la orden de juan: el dispositivo de la persona protegida"
                " dice que no tiene cobertura."
            ),
            (
                "The order against juan can no longer be assured: the protected person's unit says"
                " that it has no cover."
            ),
        ),
        (
            alarm("panic", 0, role=Role.VICTIM),
            "panic:V3",
            "ana pulsó el botón de pánico (dispositivo V3).",
            "ana pressed the panic button (unit V3).",
        ),
        (
            alarm("magnet", 0),
            "magnet:B7",
            "El dispositivo B7 de juan da una alarma: magnet.",
            "Unit B7 of juan raises an alarm: magnet.",
        ),
        (
            alarm("tamper", 0),
            "tamper:B7",
            "El dispositivo B7 de juan envió dos contenidos distintos con un mismo número.",
            "Unit B7 of juan sent two different contents under one number.",
        ),
    ],
)
def test_sentences(signal: Signal, cause: str, spanish: str, english: str) -> None:
    escalation = Escalation(replace(ORDER, zones=(SCHOOL,)), default())
    escalation.signal(signal, 0)
    said = sentences(incident(escalation, cause), escalation.order, catalogue())
    assert said == {"es": spanish, "en": english}


def test_what_is_over_says_so() -> None:
    escalation = new_escalation()
    escalation.signal(level(CLEAR, ALERT, 1, 0), 0)
    escalation.signal(level(ALERT, CLEAR, 1, 9_000), 9_000)
    said = sentences(incident(escalation), ORDER, catalogue())
    assert said["en"] == "Over: juan is within the alert distance of ana: 420 m."


@pytest.mark.parametrize("kind", sorted(set(WEIGHTS) - {"unassured", "ladder"}))
def test_every_kind_has_a_sentence_of_its_own(kind: str) -> None:
    keys = [f"incident.victim.{kind}", f"incident.zone.{kind}", f"incident.{kind}"]
    assert any(catalogue().has(key) for key in keys)
