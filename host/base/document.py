"""A YAML document that a person wrote: read strictly, refused in one line that helps."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from host.base.errors import UsageError
from host.base.name import trimmed

FILE_BYTES_MAX = 1 << 20
SECRET = "secret"  # a fault of this type is told without the value  # noqa: S105
_UNKNOWN = "unknown_key"


class Model(BaseModel):
    """Strict: an unknown key or a value of another type is an error."""

    # Unknown keys are allowed in so that the complaint about them can say which ones there are.
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _no_others(self) -> Self:
        for key, given in (self.model_extra or {}).items():
            known = [field.alias or name for name, field in type(self).model_fields.items()]
            meant = "".join(f"did you mean {near}? " for near in _nearest(key, known))
            said = {"key": key, "given": given, "meant": meant, "known": ", ".join(known)}
            raise PydanticCustomError(_UNKNOWN, "no such key; {meant}there are {known}", said)
        return self


Document = TypeVar("Document", bound=Model)


def read(file: Path, model: type[Document], about: str, notes: list[str] | None = None) -> Document:
    """The file's content. Raises UsageError naming the file, the key and the value.

    `about`: what the file should be, and which keys it has, for one that is nothing like it.
    `notes`: takes what was read otherwise than it was written (`name.py`).
    """
    data = mapping(file, about)
    if not data:
        raise UsageError(f"{file}: there is nothing in it; {about}")
    return judge(data, model, lambda key: f"{file}: {key}" if key else str(file), notes)


def judge(
    data: Mapping[str, Any],
    model: type[Document],
    name: Callable[[str], str],
    notes: list[str] | None = None,
) -> Document:
    """What `data` says. Raises UsageError in which `name` says where a dotted key stands, and
    where the whole does (""). `notes` as in `read`."""
    # By way of JSON, whose arrays and instants strict models take for tuples and datetimes.
    text = json.dumps(data, default=str)
    try:
        return model.model_validate_json(text, context=notes)
    except ValidationError as error:
        raise UsageError(_first(error, json.loads(text), name)) from error


class _Loader(yaml.SafeLoader):
    """YAML without what makes a small file big (aliases) or hides a mistake (repeated keys)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*) are not taken")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        odd = next((key for key in keys if not isinstance(key, str)), None)
        if odd is not None:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: the key {odd} is no text; put it in quotes")
        for index, key in enumerate(keys):
            if trimmed(key) in map(trimmed, keys[:index]):
                line = node.value[index][0].start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: the key {key} stands there once more")
        return super().construct_mapping(node, deep)


def mapping(file: Path, about: str) -> dict[str, Any]:
    """The mapping that the file holds, not yet judged; an empty file holds an empty one.

    Raises UsageError.
    """
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
    except RecursionError:
        raise UsageError(f"{file}: its brackets are nested too deeply; {about}") from None
    if not isinstance(data, dict | None):
        raise UsageError(f"{file}: {about}")
    return data or {}


def _first(error: ValidationError, data: Any, name: Callable[[str], str]) -> str:
    """One line about the first fault: dotted key, value, what would be right."""
    told = error.errors(include_url=False)
    faults = [fault for fault in told if fault["type"] != "default_factory_not_called"]
    fault = faults[0]
    kind, given, where = fault["type"], fault["input"], fault["loc"]
    if kind == _UNKNOWN:
        given, where = fault["ctx"]["given"], (*where, fault["ctx"]["key"])
    keys: list[str] = []
    for depth, part in enumerate(where, 1):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            # The names of a union's branches are pydantic's, not the file's.
            if part == "[key]" or depth < len(where) or (kind != "missing" and given == data):
                continue
        keys.append(str(part))
    message = fault["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if kind == "missing":
        # The others of its mapping are in `data`: one may be this key, misspelt.
        message += "".join(f"; is it meant by {near}?" for near in _nearest(str(where[-1]), given))
    value = "" if not keys or kind in ("missing", SECRET) else f" is {_short(given)}"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{name('.'.join(keys))}{value}: {message}{more}"


def _nearest(key: str, keys: Iterable[str]) -> list[str]:
    """The one that `key` may have been meant as, or the other way round, if there is one."""
    return get_close_matches(key, list(keys), 1, 0.7)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
