"""Protection orders and their zones: the host's own, with the scenario's places and seconds."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from host.registry.forms import OrderForm, ZoneForm, in_sequence
from simulator.scenario.schema.words import Place, Seconds


class Zone(ZoneForm[Place]):
    """A fixed exclusion zone: a circle (`at`, `radius_m`) or a `polygon`."""


class Order(OrderForm[Zone]):
    """A protection order."""

    protected: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="persons who wear victim units"
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

    @model_validator(mode="after")
    def _begins_and_ends(self) -> Self:
        in_sequence(self.valid_from_s, self.valid_until_s, "valid_until_s")
        return self
