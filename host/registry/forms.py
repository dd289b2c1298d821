"""What a person writes of protection orders, their zones, and who wears which unit.

How a place and an instant are written is left to each kind of file: entry files (entry_file) have
degrees and dates, scenario files (simulator/scenario/schema) also offsets and seconds.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from shapely import make_valid
from shapely.geometry import Polygon

from host.base.document import Model
from host.base.name import Name
from host.base.time_zone import TimeZone
from host.registry.types import Order, Strength, Weekly, Zone

HOLLOW = "no ground is inside: it is a line or a point, or its holes cover it"
DISTANCE_MAX_M = 1_000_000  # farther than anybody can be kept away from anything
_GROUND_MIN = 1e4  # in squares of 1e-7 degrees: a square metre at the equator

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Spot = tuple[int, int]  # lat_e7, lon_e7
P = TypeVar("P")  # a place as it is written
_DAYS: tuple[str, ...] = get_args(Day)


def in_sequence(begins: Any, ends: Any, key: str) -> None:
    """Raise ValueError unless `ends` is later than `begins`; None is open. `key`: of the end."""
    if begins is not None and ends is not None and ends <= begins:
        raise ValueError(f"{key} must be later than {key.replace('until', 'from')}")


def _quoted(written: Any) -> Any:
    # YAML 1.1 reads 19:00 as a number to the base of sixty.
    if isinstance(written, int) and 0 <= written <= 24 * 60:
        hour, minute = divmod(written, 60)
        raise ValueError(f'quote it: "{hour:02}:{minute:02}"')
    return written


def _time_of_day(written: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", written):
        raise ValueError('a time of day is "HH:MM", from "00:00" to "24:00"')
    return written


TimeOfDay = Annotated[str, AfterValidator(_time_of_day), BeforeValidator(_quoted)]
Distance = Annotated[int, Field(gt=0, le=DISTANCE_MAX_M)]  # whole metres


class Window(Model):
    """A weekly window in the order's local time; one that ends before it begins passes midnight."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)] = Field(
        default=get_args(Day), description="on which days it begins"
    )
    from_: TimeOfDay = Field(alias="from", description='"HH:MM"')
    until: TimeOfDay = Field(description='"HH:MM"')

    def weekly(self) -> Weekly:
        """As the cores take it."""
        days = tuple(_DAYS.index(day) for day in self.days)
        return Weekly(days, _minute(self.from_), _minute(self.until))


class ZoneForm(Model, Generic[P]):
    """A fixed exclusion zone: a circle (`at`, `radius_m`) or a `polygon`."""

    at: P | None = Field(default=None, description="the circle's middle")
    radius_m: Distance | None = Field(default=None, description="the circle's radius")
    polygon: Annotated[tuple[P, ...], Field(min_length=3)] | None = Field(
        default=None, description="corners, instead of a circle"
    )
    holes: tuple[Annotated[tuple[P, ...], Field(min_length=3)], ...] = Field(
        default=(), description="corners of what the polygon leaves out"
    )
    margin_m: Annotated[int, Field(ge=0, le=DISTANCE_MAX_M)] = Field(
        default=200, description="alert within this of the edge"
    )
    disclosed: bool = Field(default=True, description="whether the offender may know where it is")
    schedule: tuple[Window, ...] = Field(
        default=(), description="when it is in force; always if empty"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        circle = self.at is not None and self.radius_m is not None
        partly = self.at is not None or self.radius_m is not None
        if partly if self.polygon is not None else not circle:
            raise ValueError("give either at and radius_m, or polygon")
        if self.holes and self.polygon is None:
            raise ValueError("a circle has no holes")
        return self

    def zone(self, order: str, name: str, spot: Callable[[P], Spot]) -> Zone:
        """As the cores take it; `spot` makes a point of a place."""
        ring = self.polygon or (() if self.at is None else (self.at,))
        return Zone(
            id=f"{order}.{name}",
            name=name,
            ring=tuple(map(spot, ring)),
            radius_m=self.radius_m or 0,
            holes=tuple(tuple(map(spot, hole)) for hole in self.holes),
            margin_m=self.margin_m,
            schedule=tuple(window.weekly() for window in self.schedule),
            disclosed=self.disclosed,
        )


Z = TypeVar("Z", bound=ZoneForm[Any])


class OrderForm(Model, Generic[Z]):
    """A protection order."""

    offender: Name = Field(description="a person who wears a bracelet")
    protected: tuple[Name, ...] = Field(default=(), description="persons who wear victim units")
    alert_m: Distance = Field(default=500, description="alert distance")
    pre_alert_m: Distance | None = Field(
        default=None, description="pre-alert distance; twice the alert distance by default"
    )
    contact_m: Distance = Field(default=100, description="contact distance")
    strength: Literal["strict", "supervised"] = Field(
        default="strict", description="what is assumed of a bracelet that is silent"
    )
    schedule: tuple[Window, ...] = Field(
        default=(), description="when it is in force; always if empty"
    )
    time_zone: TimeZone = Field(default="America/Guatemala", description="of its schedules")
    zones: dict[Name, Z] = Field(default_factory=dict, description="fixed zones by name")
    court: Name | None = Field(default=None, description="that issued it")
    station: Name | None = Field(
        default=None, description="of the police, that answers for it; its officers see it"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.protected and not self.zones:
            raise ValueError("an order protects persons or zones")
        if self.offender in self.protected:
            raise ValueError("the offender cannot be among the protected")
        if len(set(self.protected)) < len(self.protected):
            raise ValueError("protected names somebody more than once")
        if self.pre_alert_m is not None and self.pre_alert_m < self.alert_m:
            raise ValueError("pre_alert_m must not be less than alert_m")
        if self.contact_m > self.alert_m:
            raise ValueError("contact_m must not be greater than alert_m")
        return self

    def order(self, name: str, spot: Callable[[Any], Spot]) -> Order:
        """As the cores take it, in force for ever; `spot` makes a point of a place."""
        return Order(
            id=name,
            version=1,  # the store counts
            offender=self.offender,
            protected=self.protected,
            alert_m=self.alert_m,
            pre_alert_m=self.pre_alert_m or 2 * self.alert_m,
            contact_m=self.contact_m,
            strength=Strength(self.strength),
            schedule=tuple(window.weekly() for window in self.schedule),
            zones=tuple(form.zone(name, zone, spot) for zone, form in self.zones.items()),
            time_zone=self.time_zone,
            court=self.court or "",
            station=self.station or "",
        )


def is_hollow(zone: Zone) -> bool:
    """Whether it is a polygon with no ground inside."""
    if len(zone.ring) == 1:
        return False
    shape = make_valid(Polygon(zone.ring, zone.holes), method="structure")
    return bool(shape.area < _GROUND_MIN)


def _minute(time_of_day: str) -> int:
    hour, _, minute = time_of_day.partition(":")
    return int(hour) * 60 + int(minute)
