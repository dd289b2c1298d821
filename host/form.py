"""What an entry file may say: who wears which unit, and protection orders with their zones.

assignments:
  - {unit: B17, person: P-204, from: 2026-05-28T12:00:00Z}      # until: optional
orders:
  O-17:
    offender: P-204
    protected: [P-311]
    alert_m: 500                      # these and all below may be left out
    pre_alert_m: 1000
    contact_m: 100
    strength: strict                  # or supervised
    valid_from: 2026-05-28T12:00:00Z
    valid_until: 2026-11-28T12:00:00Z
    suspended: false
    time_zone: America/Guatemala
    schedule: [{days: [mon, tue], from: "07:00", until: "19:00"}]
    zones:
      school: {at: [14.6349, -90.5069], radius_m: 300, margin_m: 200}
      home: {polygon: [[14.62, -90.51], [14.63, -90.51], [14.63, -90.50]], disclosed: false}
"""

from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, Field, model_validator

from host.document import Model
from host.registry import Assignment, Order, Registry, Strength, Weekly, Zone

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Place = tuple[Latitude, Longitude]
Ring = Annotated[tuple[Place, ...], Field(min_length=3)]
TimeOfDay = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
_DAYS: tuple[str, ...] = get_args(Day)


class WindowForm(Model):
    """A weekly window; one that ends before it begins passes midnight."""

    days: tuple[Day, ...] = get_args(Day)
    from_: TimeOfDay = Field(alias="from")
    until: TimeOfDay

    def weekly(self) -> Weekly:
        days = tuple(_DAYS.index(day) for day in self.days)
        return Weekly(days, _minute(self.from_), _minute(self.until))


class ZoneForm(Model):
    """A circle (`at`, `radius_m`) or a `polygon`."""

    at: Place | None = None
    radius_m: Annotated[int, Field(gt=0)] | None = None
    polygon: Ring | None = None
    holes: tuple[Ring, ...] = ()
    margin_m: Annotated[int, Field(ge=0)] = 200
    disclosed: bool = True
    schedule: tuple[WindowForm, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> "ZoneForm":
        circle = self.at is not None and self.radius_m is not None
        partly = self.at is not None or self.radius_m is not None
        if partly if self.polygon is not None else not circle:
            raise ValueError("give either at and radius_m, or polygon")
        return self

    def zone(self, order: str, name: str) -> Zone:
        ring = self.polygon or (() if self.at is None else (self.at,))
        return Zone(
            id=f"{order}.{name}",
            name=name,
            ring=tuple(_e7(place) for place in ring),
            radius_m=self.radius_m or 0,
            holes=tuple(tuple(_e7(place) for place in hole) for hole in self.holes),
            margin_m=self.margin_m,
            schedule=tuple(window.weekly() for window in self.schedule),
            disclosed=self.disclosed,
        )


class OrderForm(Model):
    """A protection order."""

    offender: Annotated[str, Field(min_length=1)]
    protected: tuple[str, ...] = ()
    alert_m: Annotated[int, Field(gt=0)] = 500
    pre_alert_m: Annotated[int, Field(gt=0)] | None = None
    contact_m: Annotated[int, Field(gt=0)] = 100
    strength: Literal["strict", "supervised"] = "strict"
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    suspended: bool = False
    time_zone: str = "America/Guatemala"
    schedule: tuple[WindowForm, ...] = ()
    zones: dict[str, ZoneForm] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> "OrderForm":
        if not self.protected and not self.zones:
            raise ValueError("an order protects persons or zones")
        if self.pre_alert_m is not None and self.pre_alert_m < self.alert_m:
            raise ValueError("pre_alert_m must not be less than alert_m")
        if self.contact_m > self.alert_m:
            raise ValueError("contact_m must not be greater than alert_m")
        return self

    def order(self, name: str) -> Order:
        return Order(
            id=name,
            version=0,  # the store counts
            offender=self.offender,
            protected=self.protected,
            alert_m=self.alert_m,
            pre_alert_m=self.pre_alert_m or 2 * self.alert_m,
            contact_m=self.contact_m,
            strength=Strength(self.strength),
            valid_from_ms=_ms(self.valid_from),
            valid_until_ms=_ms(self.valid_until),
            suspended=self.suspended,
            schedule=tuple(window.weekly() for window in self.schedule),
            zones=tuple(form.zone(name, zone) for zone, form in self.zones.items()),
            time_zone=self.time_zone,
        )


class AssignmentForm(Model):
    """Who wears a unit. `from` is now where it is left out."""

    unit: str
    person: Annotated[str, Field(min_length=1)]
    from_: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = None


class EntryForm(Model):
    """The whole file."""

    assignments: tuple[AssignmentForm, ...] = ()
    orders: dict[str, OrderForm] = Field(default_factory=dict)

    def registry(self, now_ms: int) -> Registry:
        """What is entered by it, at `now_ms`."""
        assignments = []
        for form in self.assignments:
            from_ms = now_ms if form.from_ is None else _ms(form.from_) or 0
            assignments.append(Assignment(form.unit, form.person, from_ms, _ms(form.until)))
        orders = tuple(form.order(name) for name, form in self.orders.items())
        return Registry((), tuple(assignments), orders)


def _ms(instant: AwareDatetime | None) -> int | None:
    return None if instant is None else round(instant.timestamp() * 1000)


def _minute(time_of_day: str) -> int:
    hour, _, minute = time_of_day.partition(":")
    return int(hour) * 60 + int(minute)


def _e7(place: Place) -> tuple[int, int]:
    return round(place[0] * 1e7), round(place[1] * 1e7)
