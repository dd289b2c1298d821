"""What is broken on purpose, each with the time at which it happens."""

from typing import Annotated, Literal

from pydantic import Field

from host.base.document import Model
from simulator.scenario.schema.words import Lasting, Seconds, UnitId


class HostCrash(Model):
    """The host dies without a word, its memory is lost, and it starts again from its store."""

    fault: Literal["host_crash"] = Field(description="`host_crash`")
    at_s: Seconds = Field(description="when")
    down_s: Seconds = Field(default=5, description="until it runs again")


class _UnitFault(Model):
    at_s: Seconds = Field(description="when")
    unit: UnitId = Field(description="which unit")


class BrokerCrash(Model):
    """The broker dies, and every unit and the host see their connections end."""

    fault: Literal["broker_crash"] = Field(description="`broker_crash`")
    at_s: Seconds = Field(description="when")
    down_s: Seconds = Field(default=5, description="until it runs again")


class StoreDown(Model):
    """The host's database takes nothing: nothing is answered, and warnings leave all the same."""

    fault: Literal["store_down"] = Field(description="`store_down`")
    at_s: Seconds = Field(description="when")
    for_s: Lasting = Field(description="for how long")


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


class Bounce(_UnitFault):
    """A contact opens and closes, and opens and closes, and stays closed in the end."""

    fault: Literal["bounce"] = Field(description="`bounce`")
    for_s: Lasting = Field(description="for how long")
    contact: Literal["strap", "case"] = Field(default="strap", description="which contact")
    edges_per_s: Annotated[int, Field(ge=1, le=100)] = Field(default=20, description="how often")


class Panic(_UnitFault):
    """The panic button is pressed for three seconds."""

    fault: Literal["panic"] = Field(description="`panic`")


class Battery(_UnitFault):
    """The charge drops."""

    fault: Literal["battery"] = Field(description="`battery`")
    pct: Annotated[int, Field(ge=0, le=100)] = Field(description="to this")


class Numb(_UnitFault):
    """The motion sensor feels nothing, however its wearer moves, as in a car that starts smoothly;
    a restart wakes it."""

    fault: Literal["numb"] = Field(description="`numb`")
    for_s: Lasting = Field(description="for how long")


class ClockError(_UnitFault):
    """The receiver tells a wrong time."""

    fault: Literal["clock_error"] = Field(description="`clock_error`")
    for_s: Lasting = Field(description="for how long")
    by_s: Annotated[int, Field(ge=-(10**9), le=10**9)] = Field(description="ahead of the truth")


class Jump(_UnitFault):
    """A spoofed receiver tells a place that is far from the truth."""

    fault: Literal["jump"] = Field(description="`jump`")
    for_s: Lasting = Field(description="for how long")
    north_m: float = Field(default=0, description="away from the truth")
    east_m: float = Field(default=0, description="away from the truth")


class Drift(_UnitFault):
    """The receiver's position creeps away from the truth, and it does not know."""

    fault: Literal["drift"] = Field(description="`drift`")
    for_s: Lasting = Field(description="for how long")
    north_m_s: float = Field(default=0, description="how fast")
    east_m_s: float = Field(default=0, description="how fast")


class Freeze(_UnitFault):
    """The receiver goes on telling the place where it was, with the present time."""

    fault: Literal["freeze"] = Field(description="`freeze`")
    for_s: Lasting = Field(description="for how long")


class Alternate(_UnitFault):
    """The receiver tells the true place and the one where it was, in turn."""

    fault: Literal["alternate"] = Field(description="`alternate`")
    for_s: Lasting = Field(description="for how long")
    every: Annotated[int, Field(ge=2, le=100)] = Field(
        default=2, description="of so many positions one is stale"
    )


class Repeat(_UnitFault):
    """The receiver tells each position twice, time and all."""

    fault: Literal["repeat"] = Field(description="`repeat`")
    for_s: Lasting = Field(description="for how long")


class Dateless(_UnitFault):
    """The receiver has a position, and does not know what time it is."""

    fault: Literal["dateless"] = Field(description="`dateless`")
    for_s: Lasting = Field(description="for how long")


class LateWill(_UnitFault):
    """The broker publishes the last will of a session that the unit has long replaced."""

    fault: Literal["late_will"] = Field(description="`late_will`")


class Twin(_UnitFault):
    """A second client with the unit's name: the two throw each other out, again and again."""

    fault: Literal["twin"] = Field(description="`twin`")
    for_s: Lasting = Field(description="for how long")


class Forger(_UnitFault):
    """Somebody on the line sends altered copies of what the unit sends, and of what it is told."""

    fault: Literal["forger"] = Field(description="`forger`")
    for_s: Lasting = Field(description="for how long")


OnReceiver = ClockError | Jump | Drift | Freeze | Alternate | Repeat | Dateless
Fault = Annotated[
    HostCrash
    | BrokerCrash
    | StoreDown
    | Reboot
    | StrapCut
    | CaseOpen
    | Bounce
    | Panic
    | Battery
    | Numb
    | LateWill
    | Twin
    | Forger
    | OnReceiver,
    Field(discriminator="fault"),
]
