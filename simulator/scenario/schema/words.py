"""The words that scenarios are made of: places, times, shares."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from host.base.document import Model
from host.registry.forms import in_sequence
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


def _unit(written: str) -> str:
    if not valid_unit(written):
        raise ValueError("a unit's name is 1 to 16 letters and digits")
    return written


Place = Annotated[
    Annotated[Offset, Tag("offset")] | Annotated[Degrees, Tag("degrees")],
    Discriminator(_kind_of_place),
    BeforeValidator(_place),
]
UnitId = Annotated[str, AfterValidator(_unit)]
Origin = Annotated[Degrees, BeforeValidator(_place)]
Seconds = Annotated[float, Field(ge=0)]
Lasting = Annotated[float, Field(gt=0)]  # seconds
Metres = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Speed = Annotated[float, Field(gt=0, le=400)]


class Spell(Model):
    """From when until when."""

    from_s: Seconds = Field(description="its beginning")
    until_s: Seconds = Field(description="its end")

    @model_validator(mode="after")
    def _in_order(self) -> "Spell":
        in_sequence(self.from_s, self.until_s, "until_s")
        return self
