"""What a scenario file may say. Every key has its meaning here; README.md is made from it.

Seconds count from the scenario's start. A place is `[latitude, longitude]` in degrees, or
`{north_m: ..., east_m: ...}` from the scenario's origin.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from host.document import Model
from simulator.schema.faults import Fault
from simulator.schema.orders import Order
from simulator.schema.units import Unit
from simulator.schema.words import Origin, UnitId

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


class Scenario(Model):
    """A scenario file."""

    about: str = Field(default="", description="one sentence")
    seed: int = Field(default=1, description="of all its chance; `--seed` overrules it")
    start: AwareDatetime = Field(
        description="ISO 8601 with a time zone, such as 2026-03-02T14:00:00Z"
    )
    duration_s: Annotated[float, Field(gt=0, le=8 * 86_400)] = Field(description="how long it runs")
    origin: Origin | None = Field(default=None, description="where offsets begin")
    orders: Annotated[dict[str, Order], Field(min_length=1)] = Field(description="by name")
    units: Annotated[dict[UnitId, Unit], Field(min_length=1)] = Field(description="by name")
    faults: tuple[Fault, ...] = Field(default=(), description="what is broken on purpose")
    expect: Expect = Field(default_factory=Expect, description="what must come of it")
