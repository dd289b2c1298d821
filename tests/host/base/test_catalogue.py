"""The catalogue: the same keys and {names} in every language, and a text for all that needs one."""

from enum import StrEnum

import pytest

from host.base.catalogue import LANGUAGES, Catalogue, CatalogueError, catalogue
from host.core.quarantine import FULL, UNKNOWN_UNIT
from host.core.transcript import POISON
from host.escalation import delivery, incident
from host.escalation.delivery import Channel, Progress, Recipient
from host.escalation.ladder import UNIT_TEXTS
from host.ingest import judge, ledger
from host.proximity import track
from host.proximity.types import Condition, Level
from host.service.faults import STORE_DOWN
from protocol import errors


def test_it_loads_and_spanish_comes_first() -> None:
    assert catalogue().languages == LANGUAGES == ("es", "en")


def test_a_text_with_its_values() -> None:
    said = [catalogue().text("distance.m", language, value=7) for language in LANGUAGES]
    assert said == ["7 m", "7 m"]
    assert catalogue().text("level.breach", "es") == "infracción"


@pytest.mark.parametrize(
    ("spanish", "english", "complaint"),
    [
        ({"a": "x", "b": "y"}, {"a": "x"}, "locale en: b is missing"),
        ({"a": "x"}, {"a": "x", "b": {"c": "y"}}, "locale es: b.c is missing"),
        ({"a": "{n} x"}, {"a": "x"}, r"locale en: a has other \{names\} than in es"),
        ({"a": 5}, {"a": "x"}, "locale es: a: 5 is no text"),
        ({5: "x"}, {"a": "x"}, "locale es: the key 5 in the file wants quotes"),
        ({"a": {True: "x"}}, {"a": "x"}, "locale es: the key True in a wants quotes"),
        (None, {"a": "x"}, "locale es: the file: None is no text"),
    ],
)
def test_languages_that_differ_are_refused(
    spanish: object, english: object, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        Catalogue({"es": spanish, "en": english})


def test_a_key_or_a_value_that_is_missing_is_named() -> None:
    texts = Catalogue({"es": {"a": "{n} m"}, "en": {"a": "{n} m"}})
    with pytest.raises(CatalogueError, match="locale es: no text under b"):
        texts.text("b", "es")
    with pytest.raises(CatalogueError, match="locale fr: no text under a"):
        texts.text("a", "fr")
    with pytest.raises(CatalogueError, match="locale es: a wants a value for n"):
        texts.text("a", "es", m=3)


def test_a_section_for_a_page() -> None:
    texts = Catalogue({"es": {"p": {"a": {"b": "x"}, "c": "{n}"}, "pq": "y"}})
    assert texts.section("p", "es") == {"a.b": "x", "c": "{n}"}


ENUMS: list[tuple[str, type[StrEnum]]] = [
    ("condition", Condition),
    ("state", incident.State),
    ("recipient", Recipient),
    ("channel", Channel),
    ("progress", Progress),
]

REASONS = (
    "distance",
    "probability",
    "swept",
    "evidence",
    "not_in_force",
    "far",
    "near",
    "new_order",
    "disbelieved",
    "no_position",
    "blind_offender",
    "blind_victim",
    "overdue_offender",
    "overdue_victim",
)
# What operators may be refused beside what the tables refuse.
REFUSALS = (
    "protected",
    "no_reason",
    "bad_time",
    "not_a_unit_alarm",
    "ends_on_evidence",
    "is_suppressed",
    "unknown_outcome",
    "unknown_incident",
    "unknown_delivery",
)
# What is counted outside the modules whose reasons are constants.
REJECTIONS = (
    *(UNKNOWN_UNIT, FULL, POISON, STORE_DOWN, "foreign_receipt"),
    *("flooded", "flapping", "dropped", "foreign_topic", "not_sent"),
    *("connection_refused", "connection_failed", "disconnected"),
)


def needed() -> set[str]:
    keys = {f"{section}.{name}" for section, names in ENUMS for name in names}
    keys |= {f"level.{level}" for level in Level}
    keys |= {f"unit_text.{number}" for number in UNIT_TEXTS.values()}
    kinds = set(incident.WEIGHTS) - {str(level) for level in Level} - {"unassured"}
    keys |= {f"cause.{kind}" for kind in kinds | {"victim", "zone", "assurance"}}
    keys |= {f"incident.{kind}" for kind in kinds | {"assurance"}}
    keys |= {f"incident.{of}.{level}" for of in ("victim", "zone") for level in Level if level}
    refused = [rule.name for row in incident.TABLE.values() for rule in row.values() if not rule.to]
    refused += [
        rule.name for row in delivery.TABLE.values() for rule in row.values() if not rule.to
    ]
    keys |= {f"refusal.{name}" for name in (*refused, *REFUSALS)}
    keys |= {f"reason.{name}" for name in REASONS}
    errors_known = [
        error.reason
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.WireError)
    ]
    keys |= {f"rejection.{reason}" for reason in (*errors_known, *REJECTIONS)}
    for module in (judge, ledger, track):
        keys |= {
            f"rejection.{value}"
            for name, value in vars(module).items()
            if name.isupper() and isinstance(value, str) and value
        }
    return keys


@pytest.mark.parametrize("key", sorted(needed()))
def test_all_that_a_person_may_have_to_read_has_a_text(key: str) -> None:
    assert catalogue().has(key)
