"""Protection orders and their zones: the host's own, with the scenario's places and seconds."""

from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from host.base.document import Model
from host.base.name import Name
from host.registry.forms import OrderForm, ZoneForm, in_sequence
from host.registry.types import Order as RegistryOrder
from host.registry.types import Strength
from simulator.scenario.schema.words import Place, Seconds


class Zone(ZoneForm[Place]):
    """A fixed exclusion zone: a circle (`at`, `radius_m`) or a `polygon`."""


class Change(Model):
    """A court changes an order: what is given here, from then on."""

    at_s: Seconds = Field(description="when")
    alert_m: Annotated[int, Field(gt=0, le=1_000_000)] | None = Field(
        default=None, description="alert distance"
    )
    pre_alert_m: Annotated[int, Field(gt=0, le=1_000_000)] | None = Field(
        default=None, description="pre-alert distance"
    )
    strength: Literal["strict", "supervised"] | None = Field(
        default=None, description="what is assumed of a bracelet that is silent"
    )
    suspended: bool | None = Field(default=None, description="whether it is set aside")

    def apply(self, order: RegistryOrder) -> RegistryOrder:
        """The next version of an order. Raises ValueError where its distances do not fit."""
        given = self.model_dump(exclude={"at_s"}, exclude_none=True)
        if self.strength is not None:
            given["strength"] = Strength(self.strength)
        changed = replace(order, version=order.version + 1, **given)
        if not changed.contact_m <= changed.alert_m <= changed.pre_alert_m:
            raise ValueError(
                f"contact {changed.contact_m} m, alert {changed.alert_m} m and pre-alert "
                f"{changed.pre_alert_m} m must not fall"
            )
        return changed


class Order(OrderForm[Zone]):
    """A protection order."""

    protected: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
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

    changes: tuple[Change, ...] = Field(default=(), description="new versions of it, in order")

    @model_validator(mode="after")
    def _begins_and_ends(self) -> Self:
        in_sequence(self.valid_from_s, self.valid_until_s, "valid_until_s")
        return self
