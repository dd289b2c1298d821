"""Make a world that fails small: fewer units, fewer faults, shorter, as long as it still fails.

Greedy: each step leaves one thing out, and stays if the same rule is still broken. It ends when no
step helps any more, or when the budget of worlds is used up.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

from host.base.errors import UsageError
from simulator.swarm.draw import Document

WORLDS_MAX = 300
_SHORTER = (0.5, 0.75, 0.9)
_LEAST_S = 30.0
_LISTS = ("faults", "operators")

Fails = Callable[[Document], bool]


def shrink(document: Document, fails: Fails, worlds_max: int = WORLDS_MAX) -> Document:
    """The smallest world found that still fails. `document` itself is left as it is."""
    left = worlds_max
    before = None
    while before != document:  # what could not be left out at first may be superfluous now
        before, at = document, 0
        # What has been left out moves the next step into its place.
        while (candidate := next(islice(_steps(document), at, None), None)) is not None:
            if left == 0:
                return document
            left -= 1
            if _still(candidate, fails):
                document = candidate
            else:
                at += 1
    return document


def _still(candidate: Document, fails: Fails) -> bool:
    try:
        return fails(candidate)
    except UsageError:  # what is left is no scenario
        return False


def _steps(document: Document) -> Iterator[Document]:
    """Worlds that lack one thing, the largest things first."""
    yield from _without_entries(document, ("orders",))
    yield from _without_units(document)
    for share in _SHORTER:
        duration_s = round(document["duration_s"] * share, 3)
        if duration_s >= _LEAST_S:
            yield _shorter(document, duration_s)
    for key in _LISTS:
        yield from _without_items(document, (key,))
    yield from _simpler_orders(document)
    yield from _simpler_units(document)


def _simpler_orders(document: Document) -> Iterator[Document]:
    for name, order in document["orders"].items():
        for key in ("changes", "schedule", "zones", "valid_from_s", "valid_until_s"):
            if key in order:
                yield _without(document, ("orders", name), key)
        yield from _without_items(document, ("orders", name, "protected"))


def _simpler_units(document: Document) -> Iterator[Document]:
    for name, unit in document["units"].items():
        for key in ("handovers", "flash_kb"):
            if key in unit:
                yield _without(document, ("units", name), key)
        for part in ("network", "gnss"):
            for key in unit[part]:
                yield _without(document, ("units", name, part), key)
        legs = unit["movement"].get("legs", [])
        if legs:
            yield from _without_items(document, ("units", name, "movement", "legs"))


def _without_units(document: Document) -> Iterator[Document]:
    """Without a unit, and everything that speaks of it."""
    for name in document["units"]:
        smaller = _without(document, ("units",), name)
        smaller["faults"] = [one for one in smaller["faults"] if one.get("unit") != name]
        for unit in smaller["units"].values():
            legs = unit["movement"].get("legs", [])
            unit["movement"]["legs"] = [leg for leg in legs if leg.get("unit") != name]
        yield smaller


def _shorter(document: Document, duration_s: float) -> Document:
    smaller = deepcopy(document)
    smaller["duration_s"] = duration_s
    for key in _LISTS:
        smaller[key] = [one for one in smaller.get(key, []) if one["at_s"] < duration_s]
    return smaller


def _without_entries(document: Document, path: tuple[str, ...]) -> Iterator[Document]:
    for key in _at(document, path):
        yield _without(document, path, key)


def _without_items(document: Document, path: tuple[str, ...]) -> Iterator[Document]:
    for index in reversed(range(len(_at(document, path)))):
        yield _without(document, path, index)


def _without(document: Document, path: tuple[str, ...], key: str | int) -> Document:
    smaller = deepcopy(document)
    del _at(smaller, path)[key]
    return smaller


def _at(document: Document, path: tuple[str, ...]) -> Any:
    place: Any = document
    for key in path:
        place = place[key]
    return place
