"""A scenario file: read, checked against the schema and against itself, refused in one line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from host.errors import UsageError
from simulator.schema import Scenario
from simulator.schema.movement import Approach, Leave, PassBy

FILE_BYTES_MAX = 1 << 20


class BadScenario(UsageError):
    """A scenario file that cannot be run: the message names file, key, value and what is right."""


def read(file: Path) -> Scenario:
    """The file's content. Raises BadScenario."""
    data = _parse(file)
    try:
        # By way of JSON, whose arrays and instants strict models take for tuples and datetimes.
        document = Scenario.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise BadScenario(f"{file}: {_first(error, data)}") from error
    complaint = next(_contradictions(document), None)
    if complaint:
        raise BadScenario(f"{file}: {complaint}")
    return document


class _Loader(yaml.SafeLoader):
    """YAML without what makes a small file big (aliases) or hides a mistake (repeated keys)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*) are not taken")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = next((key for key in keys if keys.count(key) > 1), None)
        if repeated is not None:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: the key {repeated} stands there more than once")
        return super().construct_mapping(node, deep)


def _parse(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadScenario(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadScenario(f"{file}: no UTF-8 text, so no scenario") from error
    if len(text) > FILE_BYTES_MAX:
        raise BadScenario(
            f"{file}: {len(text)} characters, a scenario has at most {FILE_BYTES_MAX}"
        )
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 it is a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise BadScenario(f"{file}: no YAML: {where}{error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise BadScenario(f"{file}: no YAML: {reason}") from error
    if not isinstance(data, dict):
        raise BadScenario(
            f"{file}: no scenario in it: a scenario has start, duration_s, orders, units"
        )
    return data


def _first(error: ValidationError, data: Any) -> str:
    """One line about the first fault: dotted key, value, what would be right."""
    faults = error.errors(include_url=False)
    fault = faults[0]
    keys: list[str] = []
    for part in fault["loc"]:
        # The names of a union's branches are pydantic's, not the file's.
        inside = isinstance(data, dict | list)
        if inside and isinstance(part, str) and part not in data and part != fault["loc"][-1]:
            continue
        keys.append(str(part))
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
    message = fault["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    value = "" if fault["type"] == "missing" else f" is {_short(fault['input'])}"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{'.'.join(keys)}{value}: {message}{more}"


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


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
