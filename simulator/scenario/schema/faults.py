"""What is broken on purpose, each with the time at which it happens."""

from typing import Annotated, Literal

from pydantic import Field

from host.base.document import Model
from simulator.scenario.schema.words import Metres, Seconds, UnitId


class HostCrash(Model):
    """The host dies without a word, its memory is lost, and it starts again from its store."""

    fault: Literal["host_crash"] = Field(description="`host_crash`")
    at_s: Seconds = Field(description="when")
    down_s: Seconds = Field(default=5, description="until it runs again")


class _UnitFault(Model):
    at_s: Seconds = Field(description="when")
    unit: UnitId = Field(description="which unit")


class Reboot(_UnitFault):
    """A unit loses power and starts again from its flash."""

    fault: Literal["reboot"] = Field(description="`reboot`")
    down_s: Seconds = Field(default=10, description="until it runs again")


class StrapCut(_UnitFault):
    """The strap is cut."""

    fault: Literal["strap_cut"] = Field(description="`strap_cut`")


class CaseOpen(_UnitFault):
    """The case is opened."""

    fault: Literal["case_open"] = Field(description="`case_open`")


class Panic(_UnitFault):
    """The panic button is pressed for three seconds."""

    fault: Literal["panic"] = Field(description="`panic`")


class Battery(_UnitFault):
    """The charge drops."""

    fault: Literal["battery"] = Field(description="`battery`")
    pct: Annotated[int, Field(ge=0, le=100)] = Field(description="to this")


class ClockError(_UnitFault):
    """The receiver tells a wrong time."""

    fault: Literal["clock_error"] = Field(description="`clock_error`")
    for_s: Metres = Field(description="for how long")
    by_s: Annotated[int, Field(ge=-(10**9), le=10**9)] = Field(description="ahead of the truth")


class Jump(_UnitFault):
    """A spoofed receiver tells a place that is far from the truth."""

    fault: Literal["jump"] = Field(description="`jump`")
    for_s: Metres = Field(description="for how long")
    north_m: float = Field(default=0, description="away from the truth")
    east_m: float = Field(default=0, description="away from the truth")


Fault = Annotated[
    HostCrash | Reboot | StrapCut | CaseOpen | Panic | Battery | ClockError | Jump,
    Field(discriminator="fault"),
]
