"""The nouns of proximity: a believed fix, levels, conditions, and what one step says."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from host.registry.types import Role


class Level(IntEnum):
    """How near, per order and cause."""

    CLEAR = 0
    PRE_ALERT = 1
    ALERT = 2
    BREACH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Condition(StrEnum):
    """What the order can promise at this moment."""

    ASSURED = "assured"
    WATCHED = "watched"
    UNASSURED = "unassured"
    INACTIVE = "inactive"  # suspended, out of validity or out of schedule


class Source(IntEnum):
    """Where a position comes from; numbers as on the wire."""

    GNSS = 0
    WIFI = 1
    CELL = 2


class Fix(NamedTuple):
    """One believed position: WGS84 in 1e-7 degrees, its earth-centred metres, its 95 % radius.

    `fixed` marks a place instead of a unit's report: exact, never stale, never moving.
    `dated` False: its time cannot be true, and `time_ms` is not vouched for. It shows where the
    party is, so it raises levels; it is no anchor and lowers nothing.
    """

    unit: str
    sequence: int
    time_ms: int
    lat_e7: int
    lon_e7: int
    x_m: float
    y_m: float
    z_m: float
    a95_m: float
    source: Source = Source.GNSS
    at_rest: bool = False
    fixed: bool = False
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of level of one (order, cause). `rise` grows each time that a level is entered.

    cause: "victim:<person>" or "zone:<zone>". reason: the name of the rule that fired.
    at_ms: the causing fix's or timer's time; now_ms: the host's time.
    """

    order: str
    cause: str
    at_ms: int
    now_ms: int
    before: Level
    after: Level
    rise: int
    reason: str
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A change of what an order can promise. `until_ms`: assured until, where it is assured."""

    order: str
    at_ms: int
    before: Condition
    after: Condition
    reason: str
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unquiet:
    """An order has been unassured for longer than the quiet clock allows (quiet.py)."""

    order: str
    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class UnitAlarm:
    """A unit's own event, seen from one of its wearer's orders.

    code: "strap", "case", "battery_low", "panic", "gnss_lost", "no_cover", "radio_contact",
    "tamper" (two contents for one sequence), "false_rest", ...; raised False means healed (still
    reported).
    """

    order: str
    unit: str
    role: Role
    person: str
    code: str
    raised: bool
    at_ms: int
    now_ms: int


Signal = Transition | ConditionChange | Unquiet | UnitAlarm
