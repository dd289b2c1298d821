"""The file that `resguardo enter` takes: assignments, policies and orders, in degrees and dates."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from host.base.document import Model, read
from host.base.errors import UsageError
from host.base.name import Name
from host.registry.forms import HOLLOW, OrderForm, Spot, ZoneForm, in_sequence, is_hollow
from host.registry.types import DEFAULT_POLICY, Assignment, Order, PolicyDocument, Registry

ABOUT = "an entry file has assignments, policies and orders (see: resguardo enter --help)"
EXAMPLE = """\
assignments:
  - {unit: B17, person: P-204, from: 2026-05-28T12:00:00Z}      # until: optional
policies: [strict.yaml]               # files beside this one, as host/escalation/default.yaml
retired_policies: [lenient]
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
    policy: strict
    time_zone: America/Guatemala
    schedule: [{days: [mon, tue], from: "07:00", until: "19:00"}]
    zones:
      school: {at: [14.6349, -90.5069], radius_m: 300, margin_m: 200}
      home: {polygon: [[14.62, -90.51], [14.63, -90.51], [14.63, -90.50]], disclosed: false}
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Place = tuple[Latitude, Longitude]
FileName = Annotated[str, Field(min_length=1)]


class EntryZone(ZoneForm[Place]):
    """A fixed exclusion zone: a circle (`at`, `radius_m`) or a `polygon`."""

    @model_validator(mode="after")
    def _has_ground(self) -> Self:
        if is_hollow(self.zone("", "", _spot)):
            raise ValueError(HOLLOW)
        return self


class EntryOrder(OrderForm[EntryZone]):
    """A protection order."""

    valid_from: AwareDatetime | None = Field(
        default=None, description="when it begins; before, by default"
    )
    valid_until: AwareDatetime | None = Field(
        default=None, description="when it ends; never, by default"
    )
    suspended: bool = Field(default=False, description="whether it is set aside for the time being")
    policy: Name = Field(
        default=DEFAULT_POLICY, description="by its name, what is done when something happens"
    )

    @model_validator(mode="after")
    def _begins_and_ends(self) -> Self:
        in_sequence(self.valid_from, self.valid_until, "valid_until")
        return self

    def entered(self, name: str) -> Order:
        """As the registry takes it."""
        return replace(
            self.order(name, _spot),
            valid_from_ms=_ms(self.valid_from),
            valid_until_ms=_ms(self.valid_until),
            suspended=self.suspended,
            policy=self.policy,
        )


class EntryAssignment(Model):
    """Who wears a unit, from when to when."""

    unit: Name = Field(description="its name, as it was provisioned")
    person: Name = Field(description="who wears it, as orders name them")
    from_: AwareDatetime = Field(
        default_factory=lambda: datetime.now(UTC), alias="from", description="now, by default"
    )
    until: AwareDatetime | None = Field(default=None, description="never, by default")

    @model_validator(mode="after")
    def _begins_and_ends(self) -> Self:
        in_sequence(self.from_, self.until, "until")
        return self

    def entered(self) -> Assignment:
        """As the registry takes it."""
        return Assignment(self.unit, self.person, _ms(self.from_) or 0, _ms(self.until))


class EntryForm(Model):
    """The whole file. All of it is entered, or nothing."""

    assignments: tuple[EntryAssignment, ...] = Field(default=(), description="who wears which unit")
    policies: tuple[FileName, ...] = Field(
        default=(),
        description="files beside this one, a policy each; a name that is known gets a new version",
    )
    retired_policies: tuple[Name, ...] = Field(
        default=(),
        description="names that no order has any more; what they opened goes on by them",
    )
    orders: dict[Name, EntryOrder] = Field(
        default_factory=dict, description="by name; a name that is known gets a new version"
    )

    def registry(self, policies: Iterable[PolicyDocument]) -> Registry:
        """What is entered by it; `policies` are those of the files that it names."""
        ends = (PolicyDocument(name, "") for name in self.retired_policies)
        return Registry(
            assignments=tuple(form.entered() for form in self.assignments),
            policies=(*policies, *ends),
            orders=tuple(form.entered(name) for name, form in self.orders.items()),
        )


def read_entry_file(
    file: Path, read_policy: Callable[[Path], PolicyDocument], notes: list[str]
) -> Registry:
    """What a file enters, judged as a whole, and the policies that it names with it.

    `notes` takes what was read otherwise than it was written, each in one line. Raises UsageError
    naming file, key and value.
    """
    form = read(file, EntryForm, ABOUT, notes)
    policies = [read_policy(file.parent / name) for name in form.policies]
    names = [policy.name for policy in policies] + list(form.retired_policies)
    for index, name in enumerate(names):
        if name in names[:index]:
            raise UsageError(f"{file}: the policy {name} stands there once more")
    entered = form.registry(policies)
    if not entered.items():
        raise UsageError(f"{file}: there is nothing to enter; {ABOUT}")
    return entered


def _ms(instant: AwareDatetime | None) -> int | None:
    return None if instant is None else (instant - _EPOCH) // timedelta(milliseconds=1)


def _spot(place: Place) -> Spot:
    return round(place[0] * 1e7), round(place[1] * 1e7)
