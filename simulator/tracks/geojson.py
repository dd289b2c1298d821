"""GeoJSON (RFC 7946): points with a time among their properties, and lines with times beside them.

A line's times are `coordTimes` or `times`, as converters from GPX write them, in its properties or
in `coordinateProperties`; lists of the same kind may tell accuracy, speed and course.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.tracks.gathering import UNPAIRED, Gathering
from simulator.tracks.names import Meaning
from simulator.tracks.points import BadTrack
from simulator.tracks.text import Text

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2}
_AREAS = ("Polygon", "MultiPolygon")


def read_geojson(text: Text, into: Gathering) -> None:
    """Take every position of points and lines. Raises BadTrack naming where in the file."""
    try:
        document = json.loads(text.text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadTrack(f"{place}: no well-formed JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # digits by the thousand, brackets as many
        raise BadTrack(f"no JSON that a track would be: {error}") from error
    for where, geometry, properties in _geometries(document, "the file"):
        _take(where, geometry, properties, into)


def _refuse(constant: str) -> None:
    raise BadTrack(f"it holds {constant}, which is no JSON and no number of a track")


def _geometries(
    document: Any, where: str
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """(where, geometry, properties) of everything in it."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        for index, feature in enumerate(_list(document, "features", where)):
            yield from _geometries(feature, f"features[{index}]")
    elif kind == "Feature":
        properties = document.get("properties") or {}
        geometry = document.get("geometry")
        if not isinstance(properties, dict):
            raise BadTrack(f"{where}: its properties are no object")
        if geometry is not None:
            for place, one, _ in _geometries(geometry, f"{where}.geometry"):
                yield place, one, properties
    elif kind == "GeometryCollection":
        for index, geometry in enumerate(_list(document, "geometries", where)):
            yield from _geometries(geometry, f"{where}.geometries[{index}]")
    elif kind in _DEPTHS or kind in _AREAS:
        yield where, document, {}
    else:
        raise BadTrack(
            f"{where}: its type is {json.dumps(kind)[:40]}; right would be a FeatureCollection, "
            "a Feature, or a Point or LineString with times"
        )


def _list(document: Mapping[str, Any], key: str, where: str) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise BadTrack(f"{where}: its {key} are no list")
    return found


def _take(
    where: str, geometry: Mapping[str, Any], properties: Mapping[str, Any], into: Gathering
) -> None:
    kind = str(geometry["type"])
    if kind in _AREAS:
        into.ignore(kind)
        return
    depth = _DEPTHS[kind]
    positions = (
        _flat(geometry.get("coordinates"), depth) if depth else [geometry.get("coordinates")]
    )
    if depth == 0:
        _take_one(positions[0], _scalars(properties), f"{where}.coordinates", into)
        return
    nested = properties.get("coordinateProperties")
    lists = {**properties, **(nested if isinstance(nested, dict) else {})}
    beside = {
        name: _flat(values, depth) for name, values in lists.items() if isinstance(values, list)
    }
    times = into.columns(tuple(beside)).read.get(Meaning.INSTANT)
    if times is not None and len(beside[times.name]) > len(positions):
        into.leave_out(UNPAIRED, where, len(beside[times.name]) - len(positions))
    for index, position in enumerate(positions):
        said = {
            name: _text(values[index]) for name, values in beside.items() if index < len(values)
        }
        _take_one(position, said, f"{where}.coordinates[{index}]", into)


def _take_one(position: Any, said: dict[str, str], where: str, into: Gathering) -> None:
    if not (
        isinstance(position, list)
        and len(position) >= 2
        and all(isinstance(one, int | float) for one in position[:2])
    ):
        raise BadTrack(
            f"{where}: {json.dumps(position)[:40]} is no position; right would be "
            "[longitude, latitude] in degrees"
        )
    into.take({**said, "lat": _text(position[1]), "lon": _text(position[0])}, where)


def _flat(values: Any, depth: int) -> list[Any]:
    """A list's items, or those of the lists in it, as deep as the coordinates are."""
    if not isinstance(values, list):
        return [values]
    if depth < 2:
        return values
    return [item for inner in values for item in (inner if isinstance(inner, list) else [inner])]


def _scalars(properties: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: _text(value)
        for name, value in properties.items()
        if not isinstance(value, dict | list)
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(value, ".10f").rstrip("0").rstrip(".")
    return "" if value is None else str(value)
