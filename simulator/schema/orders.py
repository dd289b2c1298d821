"""Protection orders and their zones."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from host.document import Model
from simulator.schema.words import Place, Seconds, TimeOfDay, TimeZone

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Weekly(Model):
    """A weekly window in the order's local time; one that ends before it begins passes midnight."""

    days: tuple[Day, ...] = Field(default=get_args(Day), description="on which days it begins")
    from_: TimeOfDay = Field(alias="from", description='"HH:MM"')
    until: TimeOfDay = Field(description='"HH:MM"')


class Zone(Model):
    """A fixed exclusion zone: a circle (`at`, `radius_m`) or a `polygon`."""

    at: Place | None = Field(default=None, description="the circle's middle")
    radius_m: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="the circle's radius"
    )
    polygon: Annotated[tuple[Place, ...], Field(min_length=3)] | None = Field(
        default=None, description="corners, instead of a circle"
    )
    holes: tuple[Annotated[tuple[Place, ...], Field(min_length=3)], ...] = Field(
        default=(), description="corners of what the polygon leaves out"
    )
    margin_m: Annotated[int, Field(ge=0)] = Field(
        default=200, description="alert within this of the edge"
    )
    disclosed: bool = Field(default=True, description="whether the offender may know where it is")
    schedule: tuple[Weekly, ...] = Field(
        default=(), description="when it is in force; always if empty"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "Zone":
        circle = self.at is not None and self.radius_m is not None
        partly = self.at is not None or self.radius_m is not None
        if partly if self.polygon is not None else not circle:
            raise ValueError("give either at and radius_m, or polygon")
        return self


class Order(Model):
    """A protection order."""

    offender: str = Field(description="a person who wears a bracelet")
    protected: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="persons who wear victim units"
    )
    alert_m: Annotated[int, Field(gt=0)] = Field(default=500, description="alert distance")
    pre_alert_m: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="pre-alert distance; twice the alert distance by default"
    )
    contact_m: Annotated[int, Field(gt=0)] = Field(default=100, description="contact distance")
    strength: Literal["strict", "supervised"] = Field(
        default="strict", description="what is assumed of a bracelet that is silent"
    )
    speed_m_s: Annotated[int, Field(gt=0)] = Field(
        default=40, description="greatest credible speed of either party"
    )
    valid_from_s: Seconds | None = Field(
        default=None, description="when it begins; before, by default"
    )
    valid_until_s: Seconds | None = Field(
        default=None, description="when it ends; never, by default"
    )
    schedule: tuple[Weekly, ...] = Field(
        default=(), description="when it is in force; always if empty"
    )
    time_zone: TimeZone = Field(default="America/Guatemala", description="of its schedules")
    zones: dict[str, Zone] = Field(default_factory=dict, description="fixed zones by name")

    @model_validator(mode="after")
    def _in_order(self) -> "Order":
        if self.pre_alert_m is not None and self.pre_alert_m < self.alert_m:
            raise ValueError("pre_alert_m must not be less than alert_m")
        if self.contact_m > self.alert_m:
            raise ValueError("contact_m must not be greater than alert_m")
        return self
