"""Where a unit is: a recorded track, or a place and legs that start there."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from host.base.document import Model
from simulator.scenario.schema.words import Metres, Place, Seconds, Speed, UnitId


class Stand(Model):
    """Stays where it is."""

    move: Literal["stand"] = Field(description="`stand`")
    for_s: Seconds = Field(description="for how long")


class _Go(Model):
    to: Place | None = Field(default=None, description="where to; or instead:")
    bearing_deg: float | None = Field(
        default=None, ge=0, lt=360, description="clockwise from north"
    )
    distance_m: Metres | None = Field(default=None, description="how far")

    @model_validator(mode="after")
    def _one_of_two(self) -> "_Go":
        heading = self.bearing_deg is not None and self.distance_m is not None
        partly = self.bearing_deg is not None or self.distance_m is not None
        if partly if self.to is not None else not heading:
            raise ValueError("give either to, or bearing_deg and distance_m")
        return self


class Walk(_Go):
    """Straight to a place, or so far in a direction, on foot."""

    move: Literal["walk"] = Field(description="`walk`")
    speed_m_s: Speed = Field(default=1.4, description="how fast")


class Drive(_Go):
    """The same in a car."""

    move: Literal["drive"] = Field(description="`drive`")
    speed_m_s: Speed = Field(default=13.9, description="how fast")


class Approach(Model):
    """Straight towards where another unit is at each moment."""

    move: Literal["approach"] = Field(description="`approach`")
    unit: UnitId = Field(description="whom")
    to_m: Metres = Field(default=20, description="how near, then it ends")
    speed_m_s: Speed = Field(default=1.4, description="how fast")


class PassBy(Model):
    """In a straight line past where another unit is when the leg begins."""

    move: Literal["pass_by"] = Field(description="`pass_by`")
    unit: UnitId = Field(description="whom")
    at_m: float = Field(default=200, ge=0, description="the nearest distance, on the left")
    beyond_m: Metres = Field(default=1500, description="how far it goes on beyond that")
    speed_m_s: Speed = Field(default=13.9, description="how fast")


class Leave(Model):
    """Straight away from where another unit is when the leg begins."""

    move: Literal["leave"] = Field(description="`leave`")
    unit: UnitId = Field(description="whom")
    until_m: Metres = Field(description="how far away from there, then it ends")
    speed_m_s: Speed = Field(default=1.4, description="how fast")


Leg = Annotated[Stand | Walk | Drive | Approach | PassBy | Leave, Field(discriminator="move")]


class Movement(Model):
    """A recorded track, or a place and the legs that start there; then it stays."""

    track: str | None = Field(
        default=None,
        description="a recorded track of any kind, beside the scenario (UTC where it names no "
        "zone); or instead:",
    )
    align: Literal["recorded", "start"] = Field(
        default="recorded", description="`start` moves the track's start onto the scenario's"
    )
    at: Place | None = Field(default=None, description="where it begins")
    legs: tuple[Leg, ...] = Field(default=(), description="one after the other")
    repeat: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="how often it goes through the legs"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "Movement":
        if (self.track is None) == (self.at is None):
            raise ValueError("give either track, or at (with legs, if it is to move)")
        if self.track is not None and self.legs:
            raise ValueError("a track has no legs")
        return self
