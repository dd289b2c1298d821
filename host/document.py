"""A YAML document that a person wrote: read strictly, refused in one line that helps."""

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from host.errors import UsageError

FILE_BYTES_MAX = 1 << 20


class Model(BaseModel):
    """Strict: an unknown key or a value of another type is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Document = TypeVar("Document", bound=Model)


def read(file: Path, model: type[Document], about: str) -> Document:
    """The file's content. Raises UsageError naming the file, the key and the value.

    `about`: what the file should be, and which keys it has, for one that is nothing like it.
    """
    data = _parse(file, about)
    try:
        # By way of JSON, whose arrays and instants strict models take for tuples and datetimes.
        return model.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise UsageError(f"{file}: {_first(error, data)}") from error


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


def _parse(file: Path, about: str) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: no UTF-8 text: {about}") from error
    if len(text) > FILE_BYTES_MAX:
        raise UsageError(f"{file}: {len(text)} characters, at most {FILE_BYTES_MAX} are read")
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 it is a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise UsageError(f"{file}: no YAML: {where}{error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{file}: no YAML: {reason}") from error
    if not isinstance(data, dict):
        raise UsageError(f"{file}: {about}")
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
