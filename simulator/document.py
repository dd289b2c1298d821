"""A scenario file: read, checked against the schema and against itself, refused in one line."""

from collections.abc import Iterator
from pathlib import Path

from host import document as documents
from host.errors import UsageError
from simulator.schema import Scenario
from simulator.schema.movement import Approach, Leave, PassBy

_ABOUT = "a scenario has start, duration_s, orders and units"


class BadScenario(UsageError):
    """A scenario that cannot be run: the message names file, key, value and what is right."""


def read(file: Path) -> Scenario:
    """The file's content. Raises UsageError, BadScenario for one that contradicts itself."""
    document = documents.read(file, Scenario, _ABOUT)
    complaint = next(_contradictions(document), None)
    if complaint:
        raise BadScenario(f"{file}: {complaint}")
    return document


# What no single value shows


def _contradictions(document: Scenario) -> Iterator[str]:
    units = ", ".join(document.units)
    yield from _persons(document)
    for name, unit in document.units.items():
        for index, leg in enumerate(unit.movement.legs):
            if isinstance(leg, Approach | PassBy | Leave) and leg.unit not in document.units:
                key = f"units.{name}.movement.legs.{index}.unit"
                yield f"{key} is {leg.unit}: no such unit; there are {units}"
    for index, fault in enumerate(document.faults):
        if getattr(fault, "unit", units) not in (*document.units, units):
            yield f"faults.{index}.unit: no such unit; there are {units}"
        if fault.at_s >= document.duration_s:
            end = f"it ends at {document.duration_s} (duration_s)"
            yield f"faults.{index}.at_s is {fault.at_s}: must be within the scenario, {end}"
    for key in ("highest", "final", "unassured"):
        for name in getattr(document.expect, key):
            if name not in document.orders:
                yield f"expect.{key}.{name}: no such order; there are {', '.join(document.orders)}"


def _persons(document: Scenario) -> Iterator[str]:
    wearers = [unit.person for unit in document.units.values()]
    for name, unit in document.units.items():
        if wearers.count(unit.person) > 1:
            yield f"units.{name}.person is {unit.person}: each person wears one unit"
    roles = {unit.person: unit.role for unit in document.units.values()}
    for name, order in document.orders.items():
        parties = [("offender", "offender", order.offender)]
        parties += [("protected", "victim", person) for person in order.protected]
        for key, role, person in parties:
            if roles.get(person) != role:
                yield f"orders.{name}.{key} is {person}: no unit of the role {role} has this person"
