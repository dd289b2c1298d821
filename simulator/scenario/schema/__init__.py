"""What a scenario file may say. Every key has its meaning here; README.md is made from it.

Seconds count from the scenario's start. A place is `[latitude, longitude]` in degrees, or
`{north_m: ..., east_m: ...}` from the scenario's origin.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from host.base.document import Model
from simulator.scenario.schema.faults import Fault
from simulator.scenario.schema.movement import Approach, Leave, PassBy
from simulator.scenario.schema.operators import Operator
from simulator.scenario.schema.orders import Order
from simulator.scenario.schema.units import Unit
from simulator.scenario.schema.words import Origin, UnitId
from simulator.tracks.points import EARLIEST_MS, LATEST_MS

LevelName = Literal["clear", "pre_alert", "alert", "breach"]


class Expect(Model):
    """What must come of it; anything else fails the run. What is left out is not looked at."""

    breaches: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="known to the oracle"
    )
    missed: Annotated[int, Field(ge=0)] = Field(
        default=0, description="of them, those that nobody could be warned of in time"
    )
    false_alarms: Annotated[int, Field(ge=0)] | None = Field(
        default=0, description="at most so many"
    )
    least_lead_s: float | None = Field(default=None, description="of each breach")
    highest: dict[str, LevelName] = Field(
        default_factory=dict, description="the highest level, per order"
    )
    final: dict[str, LevelName] = Field(
        default_factory=dict, description="the level at the end, per order"
    )
    unassured: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="how often it became unassured, per order"
    )
    alarms: tuple[str, ...] | None = Field(
        default=None, description="the kinds of alarm that the units raised"
    )


def _at(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


class Scenario(Model):
    """A scenario file."""

    about: str = Field(default="", description="one sentence")
    seed: int = Field(default=1, description="of all its chance; `--seed` overrules it")
    start: AwareDatetime = Field(
        ge=_at(EARLIEST_MS),
        lt=_at(LATEST_MS),
        description="ISO 8601 with a time zone, such as 2026-03-02T14:00:00Z",
    )
    duration_s: Annotated[float, Field(gt=0, le=8 * 86_400)] = Field(description="how long it runs")
    origin: Origin | None = Field(default=None, description="where offsets begin")
    orders: Annotated[dict[str, Order], Field(min_length=1)] = Field(description="by name")
    units: Annotated[dict[UnitId, Unit], Field(min_length=1)] = Field(description="by name")
    faults: tuple[Fault, ...] = Field(default=(), description="what is broken on purpose")
    operators: tuple[Operator, ...] = Field(default=(), description="what the centre's people do")
    expect: Expect = Field(default_factory=Expect, description="what must come of it")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        complaint = next(_contradictions(self), None)
        if complaint is not None:
            raise ValueError(complaint)
        return self


# What no single value shows


def _contradictions(said: Scenario) -> Iterator[str]:
    units = ", ".join(said.units)
    yield from _persons(said)
    for name, unit in said.units.items():
        for index, leg in enumerate(unit.movement.legs):
            if isinstance(leg, Approach | PassBy | Leave) and leg.unit not in said.units:
                key = f"units.{name}.movement.legs.{index}.unit"
                yield f"{key} is {leg.unit}: no such unit; there are {units}"
    yield from _in_turn(said)
    for index, fault in enumerate(said.faults):
        if getattr(fault, "unit", units) not in (*said.units, units):
            yield f"faults.{index}.unit: no such unit; there are {units}"
        if fault.at_s >= said.duration_s:
            end = f"it ends at {said.duration_s} (duration_s)"
            yield f"faults.{index}.at_s is {fault.at_s}: must be within the scenario, {end}"
    for key in ("highest", "final", "unassured"):
        for name in getattr(said.expect, key):
            if name not in said.orders:
                yield f"expect.{key}.{name}: no such order; there are {', '.join(said.orders)}"


def _in_turn(said: Scenario) -> Iterator[str]:
    """What happens to one order or unit happens in the order in which it is written."""
    changes = {f"orders.{name}.changes": order.changes for name, order in said.orders.items()}
    handed = {f"units.{name}.handovers": unit.handovers for name, unit in said.units.items()}
    times_s = {key: [one.at_s for one in told] for key, told in changes.items()}
    times_s |= {key: [one.at_s for one in told] for key, told in handed.items()}
    for key, in_turn in times_s.items():
        for index, (before_s, after_s) in enumerate(pairwise(in_turn)):
            if after_s <= before_s:
                yield f"{key}.{index + 1}.at_s is {after_s}: must be later than the one before"


def _persons(said: Scenario) -> Iterator[str]:
    roles: dict[str, str] = {}
    for name, unit in said.units.items():
        handed = [(f"handovers.{i}.person", one.person) for i, one in enumerate(unit.handovers)]
        for key, person in [("person", unit.person), *handed]:
            if person in roles:
                yield f"units.{name}.{key} is {person}: each person wears one unit, once"
            roles[person] = unit.role
    for name, order in said.orders.items():
        parties = [("offender", "offender", order.offender)]
        parties += [("protected", "victim", person) for person in order.protected]
        for key, role, person in parties:
            if roles.get(person) != role:
                yield f"orders.{name}.{key} is {person}: no unit of the role {role} has this person"
