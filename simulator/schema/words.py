"""The words that scenarios are made of: places, times, shares."""

from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from host.document import Model
from protocol.topics import valid_unit

_LAT_MAX = 89.0  # the moves on the ground are flat: near a pole they would not be


class Offset(Model):
    """Metres from the scenario's origin."""

    north_m: float = Field(default=0, description="metres to the north")
    east_m: float = Field(default=0, description="metres to the east")


class Degrees(Model):
    """WGS84 degrees; written `[latitude, longitude]`."""

    lat: float = Field(ge=-_LAT_MAX, le=_LAT_MAX)
    lon: float = Field(ge=-180, le=180)


def _place(written: Any) -> Any:
    if isinstance(written, list) and len(written) == 2:
        return {"lat": written[0], "lon": written[1]}
    if isinstance(written, dict) and written.keys() <= {"north_m", "east_m"}:
        return written
    raise ValueError("write [latitude, longitude], or {north_m: ..., east_m: ...} from the origin")


def _kind_of_place(place: dict[str, Any]) -> str:
    return "degrees" if "lat" in place else "offset"


def _minute(written: str) -> str:
    hour, colon, minute = written.partition(":")
    if not (colon and len(minute) == 2 and hour.isdigit() and minute.isdigit()):
        raise ValueError('a time of day is "HH:MM"')
    if not (int(hour) * 60 + int(minute) <= 24 * 60 and int(minute) < 60):
        raise ValueError('a time of day is "00:00" to "24:00"')
    return written


def _unit(written: str) -> str:
    if not valid_unit(written):
        raise ValueError("a unit's name is 1 to 16 letters and digits")
    return written


def _time_zone(written: str) -> str:
    if written not in available_timezones():
        raise ValueError("no time zone has this name; America/Guatemala would be one")
    return written


Place = Annotated[
    Annotated[Offset, Tag("offset")] | Annotated[Degrees, Tag("degrees")],
    Discriminator(_kind_of_place),
    BeforeValidator(_place),
]
UnitId = Annotated[str, AfterValidator(_unit)]
Origin = Annotated[Degrees, BeforeValidator(_place)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeOfDay = Annotated[str, AfterValidator(_minute)]
Seconds = Annotated[float, Field(ge=0)]
Metres = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Speed = Annotated[float, Field(gt=0, le=400)]


class Spell(Model):
    """From when until when."""

    from_s: Seconds = Field(description="its beginning")
    until_s: Seconds = Field(description="its end")

    @model_validator(mode="after")
    def _in_order(self) -> "Spell":
        if self.until_s <= self.from_s:
            raise ValueError("until_s must be later than from_s")
        return self
