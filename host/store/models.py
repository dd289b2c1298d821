"""The tables. Registry rows are versions: entered once, never edited; the newest of a name counts.

What happens (log.py, states.py, tracks.py) is written with plain SQL: the tables from InputLog on
stand here as the schema that migrations are held against.
"""

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


def _json() -> Column[object]:
    return Column(JSON, nullable=False)


class Secret(SQLModel, table=True):
    """The host's own secret, drawn when the database is made. It never leaves the host.

    The audit's salts are derived from it: what has been deleted can be guessed back by nobody else.
    """

    id: int = Field(primary_key=True)
    value: bytes


class Person(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name: str = ""
    entry: int | None = Field(default=None, foreign_key="registry_entry.id")


class RegistryEntry(SQLModel, table=True):
    """One entry into the registry; `id` orders all of them, whatever they are of."""

    __tablename__ = "registry_entry"
    id: int | None = Field(default=None, primary_key=True)
    at_ms: int
    kind: str  # "person", "unit", "assignment", "order", "policy"
    by: str = ""


def _entry() -> int:
    key: int = Field(primary_key=True, foreign_key="registry_entry.id")
    return key


class UnitVersion(SQLModel, table=True):
    __tablename__ = "unit_version"
    entry: int = _entry()
    unit: str = Field(index=True)
    role: str
    key: bytes
    epoch: int
    floor_s: int
    listen_s: int | None = None


class Assignment(SQLModel, table=True):
    """A later row with the same unit, person and beginning takes the place of an earlier one."""

    entry: int = _entry()
    unit: str = Field(index=True)
    person: str = Field(foreign_key="person.id")
    from_ms: int
    until_ms: int | None = None


class OrderVersion(SQLModel, table=True):
    __tablename__ = "order_version"
    __table_args__ = (UniqueConstraint("order_id", "version"),)
    entry: int = _entry()
    order_id: str
    version: int
    offender: str = Field(foreign_key="person.id", index=True)
    alert_m: int
    pre_alert_m: int
    contact_m: int
    strength: str
    offender_speed_m_s: int
    victim_speed_m_s: int
    valid_from_ms: int | None = None
    valid_until_ms: int | None = None
    suspended: bool = False
    schedule: list[dict[str, object]] = Field(sa_column=_json())
    policy: str
    time_zone: str
    court: str | None = None
    station: str | None = None


class OrderProtected(SQLModel, table=True):
    __tablename__ = "order_protected"
    entry: int = Field(primary_key=True, foreign_key="order_version.entry")
    position: int = Field(primary_key=True)
    person: str = Field(foreign_key="person.id", index=True)


class ZoneVersion(SQLModel, table=True):
    """Rings are [[lat_e7, lon_e7], ...]; a zone's new version comes with its order's."""

    __tablename__ = "zone_version"
    id: int | None = Field(default=None, primary_key=True)
    zone: str = Field(index=True)
    name: str
    ring: list[list[int]] = Field(sa_column=_json())
    radius_m: int
    holes: list[list[list[int]]] = Field(sa_column=_json())
    margin_m: int
    schedule: list[dict[str, object]] = Field(sa_column=_json())
    disclosed: bool


class OrderZone(SQLModel, table=True):
    __tablename__ = "order_zone"
    entry: int = Field(primary_key=True, foreign_key="order_version.entry")
    position: int = Field(primary_key=True)
    zone: int = Field(foreign_key="zone_version.id")


class PolicyVersion(SQLModel, table=True):
    __tablename__ = "policy_version"
    entry: int = _entry()
    name: str = Field(index=True)
    digest: str
    document: str


class RegistryLink(SQLModel, table=True):
    """What binds an entry to all before it (host/store/links.py). `rows`: JSON, by table."""

    __tablename__ = "registry_link"
    entry: int = _entry()
    rows: str
    hash: bytes


class InputLog(SQLModel, table=True):
    """Every input in commit order, as outcome.RecordRow describes it; `sealed` as it came."""

    __tablename__ = "input_log"
    id: int = Field(primary_key=True)
    received_ms: int
    unit: str
    kind: str
    sequence: int
    time_ms: int
    lat_e7: int | None = None
    lon_e7: int | None = None
    a95_mm: int | None = None
    verdict: str
    sealed: bytes


class State(SQLModel, table=True):
    """Live states as a log: the newest row of an entity counts, older ones are cleaned away."""

    id: int = Field(primary_key=True)
    kind: str  # "unit", "order", "escalation"
    entity: str
    body: bytes


class FixSlice(SQLModel, table=True):
    """A stretch of the input log whose fixes are indexed, and the times that they span."""

    __tablename__ = "fix_slice"
    id: int = Field(primary_key=True)
    end_id: int  # first row of the log after it
    first_ms: int
    last_ms: int


class FixIndex(SQLModel, table=True):
    """By unit and time, within one slice: written sorted and once, so that it only grows."""

    __tablename__ = "fix_index"
    __table_args__ = {"sqlite_with_rowid": False}
    slice: int = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    time_ms: int = Field(primary_key=True)
    input: int = Field(primary_key=True)


class IncidentRow(SQLModel, table=True):
    """An incident as it is now; `body` holds all of it as JSON, the columns are for asking."""

    __tablename__ = "incident"
    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    cause: str
    kind: str
    priority: int
    state: str = Field(index=True)
    opened_ms: int
    changed_ms: int
    body: str


class DeliveryRow(SQLModel, table=True):
    """The outbox and its history: one message on one channel, as it is now."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_incident", "incident"),)
    id: str = Field(primary_key=True)
    incident: str
    order_id: str
    recipient: str
    channel: str
    state: str
    attempts: int
    changed_ms: int
    body: str


class AuditRow(SQLModel, table=True):
    """One link of the hash chain (host/core/audit.py); `previous` is the hash of the row before."""

    __tablename__ = "audit"
    number: int = Field(primary_key=True)
    at_ms: int
    kind: str
    order_id: str
    commitment: bytes
    hash: bytes


class AuditData(SQLModel, table=True):
    """What a link commits to. May be deleted (a person's right); the chain still verifies."""

    __tablename__ = "audit_data"
    number: int = Field(primary_key=True, foreign_key="audit.number")
    data: bytes
    salt: bytes


class AccessRow(SQLModel, table=True):
    """One link of the access chain: who came in, looked at what, or was refused (accounts.py).
    As `AuditRow`, but a chain of its own, which any process may append to."""

    __tablename__ = "access"
    number: int = Field(primary_key=True)
    at_ms: int
    kind: str
    order_id: str
    commitment: bytes
    hash: bytes


class AccessData(SQLModel, table=True):
    """What a link of the access chain commits to. May be deleted; the chain still verifies."""

    __tablename__ = "access_data"
    number: int = Field(primary_key=True, foreign_key="access.number")
    data: bytes
    salt: bytes


class AccountRow(SQLModel, table=True):
    """An account as it is now; its versions stand in the access chain."""

    __tablename__ = "account"
    id: str = Field(primary_key=True)
    version: int
    body: str


class CredentialRow(SQLModel, table=True):
    """Something by which an account is known: hashes, public keys, keys of codes by time."""

    __tablename__ = "credential"
    id: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    kind: str
    made_ms: int
    body: str


class SessionRow(SQLModel, table=True):
    """`digest`: of the key that the browser holds."""

    __tablename__ = "session"
    digest: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    began_ms: int
    body: str


class TokenRow(SQLModel, table=True):
    """`digest`: of the key that the machine holds."""

    __tablename__ = "token"
    digest: str = Field(primary_key=True)
    id: str = Field(index=True)
    made_ms: int
    body: str


class AttemptsRow(SQLModel, table=True):
    """Mistakes in a row with an account's password or second factor."""

    __tablename__ = "attempts"
    key: str = Field(primary_key=True)
    failures: int
    last_ms: int
