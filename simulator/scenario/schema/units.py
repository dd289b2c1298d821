"""A unit: its wearer, its movement, its receiver and its network."""

from typing import Annotated, Literal

from pydantic import Field

from host.base.document import Model
from host.base.name import Name
from protocol.enrolment import FLOOR_MAX_S, FLOOR_S
from simulator.scenario.schema.movement import Movement
from simulator.scenario.schema.words import Metres, Seconds, Share, Spell


class Coarse(Spell):
    """A spell with a poor view of the sky."""

    sigma_m: Metres = Field(description="as in `gnss`, during the spell")
    accuracy_m: Metres | None = Field(default=None, description="as in `gnss`, during the spell")


class Gnss(Model):
    """The receiver: how its positions scatter about the truth, and what it says of it."""

    sigma_m: float = Field(default=2.0, ge=0, description="standard deviation north and east")
    correlation_s: Seconds = Field(default=20, description="after this an error is e times smaller")
    accuracy_m: Metres | None = Field(
        default=None, le=6500, description="95 % radius that it reports; by default what is true"
    )
    acquire_s: Seconds = Field(default=1, description="from power on to a fix")
    dropouts: tuple[Spell, ...] = Field(default=(), description="when it has no position")
    coarse: tuple[Coarse, ...] = Field(default=(), description="when it is worse")


class Radio(Spell):
    """A spell in which the modem knows of a position by other means."""

    source: Literal["wifi", "cell"] = Field(description="which")
    sigma_m: Metres = Field(description="standard deviation north and east; what it says is true")


class Cut(Spell):
    """A spell without network."""

    direction: Literal["both", "up", "down"] = Field(default="both", description="which way is cut")


class Hold(Spell):
    """A spell whose messages arrive when it is over, late and all at once."""

    direction: Literal["both", "up", "down"] = Field(default="both", description="which way")


class Network(Model):
    """The way between a unit and the host, broker included."""

    latency_ms: Annotated[int, Field(ge=0, le=600_000)] = Field(default=150, description="one way")
    jitter_ms: Annotated[int, Field(ge=0, le=600_000)] = Field(
        default=100, description="up to this much more, evenly"
    )
    loss: Share = Field(default=0, description="share of messages that nobody ever gets")
    duplicate: Share = Field(default=0, description="share that arrives twice")
    reorder: Share = Field(default=0, description="share that arrives up to 5 s late, after others")
    cuts: tuple[Cut, ...] = Field(default=(), description="when nothing passes")
    holds: tuple[Hold, ...] = Field(default=(), description="when it is held back")
    forgets_idle_s: Annotated[int, Field(ge=20)] | None = Field(
        default=None,
        description="after so long a silence the carrier forgets the connection, and tells nobody",
    )


class Handover(Model):
    """The unit is taken from its wearer, and given to another."""

    at_s: Seconds = Field(description="when")
    person: Name = Field(description="who wears it from then on")


class Unit(Model):
    """A device and its wearer."""

    role: Literal["offender", "victim"] = Field(description="whose: a bracelet is an offender's")
    person: Name = Field(description="who wears it, as orders name them")
    handovers: tuple[Handover, ...] = Field(default=(), description="to whom it goes, in order")
    floor_s: Annotated[int, Field(ge=1, le=FLOOR_MAX_S)] = Field(
        default=FLOOR_S, description="fastest reporting"
    )
    battery_pct: Annotated[int, Field(ge=0, le=100)] = Field(default=80, description="its charge")
    flash_kb: Annotated[int, Field(ge=24, le=1024)] | None = Field(
        default=None, description="how much its flash holds; by default as on a board"
    )
    movement: Movement = Field(description="where it is")
    gnss: Gnss = Field(default_factory=Gnss, description="its receiver")
    radio: tuple[Radio, ...] = Field(default=(), description="what Wi-Fi and cells tell of it")
    network: Network = Field(default_factory=Network, description="its network")
