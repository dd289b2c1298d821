"""The moments of a run that are numbered, in the map, over time and in the table alike."""

from typing import NamedTuple

from host.proximity.types import Level
from simulator.report.run import Run, instant_ms
from simulator.worlds.report import Event

MOMENTS_MAX = 24
SETTLED_MS = 10_000  # an order is unassured at first, until both units have spoken
_LEVELS = [str(level) for level in Level]


class Moment(NamedTuple):
    """A level that rises, or a promise that is lost. `kind` is the level, or "unassured"."""

    number: int
    at_ms: int
    order: str
    kind: str
    event: Event


def moments_of(run: Run) -> list[Moment]:
    """The first of them, in order of time."""
    found = [
        event
        for event in run.events
        if (event["type"] == "transition" and _rises(event))
        or (event["type"] == "assurance" and _is_lost(event, run.start_ms))
    ]
    found.sort(key=instant_ms)
    return [
        Moment(number, instant_ms(event), event["order"], event["to"], event)
        for number, event in enumerate(found[:MOMENTS_MAX], 1)
    ]


def _rises(event: Event) -> bool:
    return _LEVELS.index(event["to"]) > _LEVELS.index(event["from"])


def _is_lost(event: Event, start_ms: int) -> bool:
    return event["to"] == "unassured" and instant_ms(event) > start_ms + SETTLED_MS
