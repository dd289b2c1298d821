"""What goes into the centre and what comes out of it. Frozen; the drivers carry it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from host.escalation.act import Act
from host.ingest.row import RecordRow
from host.proximity.types import Fix, Signal
from host.registry.types import Item


class Received(NamedTuple):
    """One MQTT message of a unit, with the host's time of its receipt."""

    unit: str
    payload: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Connection:
    """The broker says that a unit is connected or gone (last will): a hint, never evidence."""

    unit: str
    up: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """The host has lost its broker, or that the host: since then nobody can be heard."""

    since_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A registry item in a new version takes force."""

    item: Item
    at_ms: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A party that is a fixed place instead of a unit: exact, never stale, never moving.

    It is not stored: whoever places somebody does so again after a restart.
    """

    person: str
    fix: Fix
    at_ms: int


@dataclass(frozen=True, slots=True)
class Found:
    """The store's answer to a Lookback: the counterpart's fix nearest in time to a late one."""

    order: str
    late: Fix
    counterpart: Fix | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Entered:
    """The registry's chain now ends with this entry and hash, in hexadecimal digits."""

    entry: int
    hash: str
    at_ms: int


Input = Received | Connection | CutOff | Act | Changed | Placed | Found | Entered


class Answer(NamedTuple):
    """The fields of an Answer command to be sealed for a unit once the batch is committed."""

    unit: str
    watermark: int
    bitmap: int
    answered: int
    lease_s: int
    assured_until_s: int
    flags: int
    shrink_pct: int
    quiet_s: int


class Warn(NamedTuple):
    """A warning command for a unit (a retry carries the same id)."""

    unit: str
    warning_id: int
    level: int
    pattern: int
    text: int
    expires_ms: int


class Clear(NamedTuple):
    """A command for a unit to forget an alarm that it holds on to (a retry carries the same id)."""

    unit: str
    delivery_id: int
    code: str


class Lookback(NamedTuple):
    """A late fix of one party: which fix had the counterpart then? Asked of the store."""

    order: str
    late: Fix
    counterpart_unit: str


@dataclass(slots=True)
class Outcome:
    """What one step changed and wants sent. Everything is committed together; then it leaves.

    `units`, `orders`, `escalations`: states that have changed; an empty one is of what is over.
    `shown_units`, `shown_orders`: what a console has to draw anew, their states changed or not.
    `rising` says that a warning or an alarm must not wait (flush at once).
    """

    records: list[RecordRow] = field(default_factory=list)
    # Where in them a message begins although the row before is of the same unit and millisecond.
    parted: list[int] = field(default_factory=list)
    units: dict[str, bytes] = field(default_factory=dict)  # unit -> state blob
    orders: dict[str, bytes] = field(default_factory=dict)  # order -> state blob
    escalations: dict[str, bytes] = field(default_factory=dict)  # order -> open incidents, JSON
    shown_units: list[str] = field(default_factory=list)
    shown_orders: list[str] = field(default_factory=list)
    incidents: list[Any] = field(default_factory=list)  # host.escalation incidents, as changed
    deliveries: list[Any] = field(default_factory=list)  # host.escalation deliveries, as changed
    audit: list[Any] = field(default_factory=list)  # host.audit entries
    answers: list[Answer] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    fix_now: list[str] = field(default_factory=list)  # units asked for a fix at once
    signals: list[Signal] = field(default_factory=list)
    clear_latch: list[Clear] = field(default_factory=list)
    refusals: dict[Act, Exception] = field(default_factory=dict)  # why not
    lookbacks: list[Lookback] = field(default_factory=list)
    rising: bool = False
