"""What README files say of scenarios, entry files and rights, made from the code that goes by it.

`python -m tests.reference` writes them anew; a test holds the two together.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.tools.paths import ROOT
from host.accounts.right import table
from host.base.document import Model
from host.registry.entry_file import EntryForm
from simulator.scenario.schema import Scenario

_BEGIN, _END = "<!-- made by tests.reference -->\n", "<!-- end -->"
_PLACES = {"Offset", "Degrees"}  # written in the text, not in tables
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_TYPES = {"string": "text", "boolean": "yes or no", "integer": "whole number", "null": ""}


def reference(root: type[Model], title: str) -> str:
    """One table for each kind of thing, in the order in which they are first named."""
    schema = root.model_json_schema()
    definitions = schema["$defs"]
    names = [title]
    tables = []
    for name in names:  # grows while we go
        model = schema if name == title else definitions[name]
        tables.append(_table(_shown(name), model))
        found = re.findall(r"#/\$defs/(\w+)", str(model.get("properties", "")))
        names += [one for one in dict.fromkeys(found) if one not in names and one not in _PLACES]
    return "\n".join(tables)


# README file, and what stands in it.
REFERENCES: list[tuple[Path, Callable[[], str]]] = [
    (ROOT / "simulator" / "README.md", lambda: reference(Scenario, "Scenario")),
    (ROOT / "host" / "README.md", lambda: reference(EntryForm, "Entry file")),
    (ROOT / "host" / "accounts" / "README.md", table),
]


def written(text: str, made: str) -> str:
    """A README's text with the reference of today."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{made}\n{_END}{after}"


def _table(name: str, model: dict[str, Any]) -> str:
    about = " ".join(model["description"].split())
    lines = [f"#### {name}", "", about, "", "| key | value | default | meaning |", "|-|-|-|-|"]
    for key, field in model["properties"].items():
        required = key in model.get("required", ())
        default = "required" if required else _default(field)
        lines.append(f"| `{key}` | {_kind(field)} | {default} | {field['description']} |")
    return "\n".join([*lines, ""])


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, "", [], {}) or isinstance(value, dict | list) else f"`{value}`"


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return _shown(str(field["$ref"]).rpartition("/")[2])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    for union in ("anyOf", "oneOf"):
        if union in field:
            kinds = [_kind(one) for one in field[union]]
            if set(kinds) == _PLACES:
                return "place"
            return " or ".join(kind for kind in kinds if kind)
    return _plain(field)


def _plain(field: dict[str, Any]) -> str:
    kind = field["type"]
    if "prefixItems" in field:
        return "place"
    if kind == "array":
        return f"list of {_kind(field['items'])}"
    if kind == "object":
        return f"name: {_kind(field['additionalProperties'])}"
    if field.get("format") == "date-time":
        return "instant"
    bounds = " ".join(f"{sign} {field[word]}" for word, sign in _BOUNDS.items() if word in field)
    return f"{_TYPES.get(kind, kind)} {bounds}".strip()


def _shown(name: str) -> str:
    return name if name.startswith("Entry ") else name.removeprefix("Entry")


if __name__ == "__main__":
    for readme, make in REFERENCES:
        text = written(readme.read_text(encoding="utf-8"), make())
        readme.write_text(text, encoding="utf-8")
