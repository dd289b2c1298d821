"""Who is bound to what: persons, units by dated assignments, orders, zones; in versions.

These are the frozen forms that the cores work with; the rows behind them are in host/store.
All distances are metres, all instants UTC milliseconds since 1970; an instant of None is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from protocol.enrolment import FLOOR_S

DEFAULT_POLICY = "default"  # comes with the program, until another is entered under its name


class Role(StrEnum):
    """The two sides of an order, and the two kinds of unit."""

    OFFENDER = "offender"
    VICTIM = "victim"


class Strength(StrEnum):
    """What is assumed of the offender's unit while it is silent (proximity: leases)."""

    STRICT = "strict"
    SUPERVISED = "supervised"


@dataclass(frozen=True, slots=True)
class Unit:
    """A device and its enrolment. `listen_s` is its link's listen interval; None is deaf."""

    id: str
    role: Role
    key: bytes
    epoch: int
    floor_s: int = FLOOR_S
    listen_s: int | None = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which person wears which unit, from when to when."""

    unit: str
    person: str
    from_ms: int
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly window in local time: days 0 (Monday) to 6, minutes since midnight.

    `until_minute` may be less than `from_minute`: the window then ends on the next day.
    """

    days: tuple[int, ...]
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A fixed exclusion zone: a circle (one point and a radius) or a polygon (outer ring, holes).

    Points are (lat_e7, lon_e7). Inside is a breach; within `margin_m` of it an alert; within
    twice the margin a pre-alert. `disclosed`: the offender may know where it is.
    """

    id: str
    name: str
    ring: tuple[tuple[int, int], ...]
    radius_m: int = 0
    holes: tuple[tuple[tuple[int, int], ...], ...] = ()
    margin_m: int = 200
    schedule: tuple[Weekly, ...] = ()
    disclosed: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """A protection order, one version of it. Empty `schedule` means always."""

    id: str
    version: int
    offender: str
    protected: tuple[str, ...]
    alert_m: int = 500
    pre_alert_m: int = 1000
    contact_m: int = 100
    strength: Strength = Strength.STRICT
    offender_speed_m_s: int = 40
    victim_speed_m_s: int = 40
    valid_from_ms: int | None = None
    valid_until_ms: int | None = None
    suspended: bool = False
    schedule: tuple[Weekly, ...] = ()
    zones: tuple[Zone, ...] = ()
    policy: str = DEFAULT_POLICY
    time_zone: str = "America/Guatemala"
    court: str = ""  # that issued it
    station: str = ""  # of the police, that answers for it

    @property
    def persons(self) -> tuple[str, ...]:
        """Whom it is about, the offender first."""
        return (self.offender, *self.protected)

    @property
    def parties(self) -> tuple[tuple[Role, str], ...]:
        """The same with their roles."""
        return (Role.OFFENDER, self.offender), *((Role.VICTIM, one) for one in self.protected)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """What is done for whom (host/escalation/policy.py reads it), as canonical JSON.

    An empty `text` retires the name: nothing is opened under it any more.
    """

    name: str
    text: str

    @property
    def digest(self) -> str:
        """Names this very content: 16 hexadecimal digits of its SHA-256."""
        return sha256(self.text.encode()).hexdigest()[:16]

    @property
    def retires(self) -> bool:
        return not self.text


# What is entered, each under a number of its own.
Item = Unit | Assignment | PolicyDocument | Order


@dataclass(frozen=True, slots=True)
class Registry:
    """All that is in force or will be: what a centre starts from.

    `entry` numbers the newest of what was entered, so that the same registry can be had again;
    `hash` is that of the registry's chain there, in hexadecimal digits.
    """

    units: tuple[Unit, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    orders: tuple[Order, ...] = ()
    entry: int = field(default=0, compare=False)
    policies: tuple[PolicyDocument, ...] = ()
    hash: str = field(default="", compare=False)

    def items(self) -> list[Item]:
        """All of it, those that others need first."""
        return [*self.units, *self.assignments, *self.policies, *self.orders]


def registry_of(entries: Iterable[tuple[int, Item]]) -> Registry:
    """What these entries (number, item), given in their order, come to."""
    units: dict[str, Unit] = {}
    assignments: dict[tuple[str, str, int], Assignment] = {}
    orders: dict[str, Order] = {}
    policies: dict[str, PolicyDocument] = {}
    entry = 0
    for entry, item in entries:  # noqa: B007 the last one counts
        if isinstance(item, Unit):
            units[item.id] = item
        elif isinstance(item, Assignment):
            assignments[item.unit, item.person, item.from_ms] = item
        elif isinstance(item, PolicyDocument):
            policies[item.name] = item
        else:
            orders[item.id] = item
    return Registry(
        tuple(units.values()),
        tuple(assignments.values()),
        tuple(orders.values()),
        entry,
        policies=tuple(one for one in policies.values() if not one.retires),
    )
