"""The registry's rows and the frozen forms that the cores work with, each made from the other."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from sqlite3 import Connection
from sys import intern
from typing import Any, cast

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from host.registry.types import (
    Assignment,
    Item,
    Order,
    PolicyDocument,
    Registry,
    Role,
    Strength,
    Unit,
    Weekly,
    Zone,
    registry_of,
)
from host.store import links, models

ORDER_SCALARS = (
    "offender",
    "alert_m",
    "pre_alert_m",
    "contact_m",
    "strength",
    "offender_speed_m_s",
    "victim_speed_m_s",
    "valid_from_ms",
    "valid_until_ms",
    "suspended",
    "policy",
    "time_zone",
)
ORDER_OFFICES = ("court", "station")  # NULL where there is none, as before there were any
ZONE_SCALARS = ("name", "radius_m", "margin_m", "disclosed")


def add_person(session: Session, person: str, name: str, at_ms: int, by: str) -> None:
    """Enter a person, under a number of its own."""
    entry = _number(session, "person", at_ms, by)
    session.add(models.Person(id=person, name=name, entry=entry))


def _number(session: Session, kind: str, at_ms: int, by: str) -> int:
    entry = models.RegistryEntry(at_ms=at_ms, kind=kind, by=by)
    session.add(entry)
    session.flush()  # gives it its number
    return cast(int, entry.id)


def items_after(session: Session, entry: int) -> list[tuple[int, Item]]:
    """(entry, item) of all but persons that was entered after `entry`, in that order."""
    items: list[tuple[int, Item]] = []
    items += [(row.entry, _unit(row)) for row in _rows_after(session, models.UnitVersion, entry)]
    worn = _rows_after(session, models.Assignment, entry)
    items += [(row.entry, _assignment(row)) for row in worn]
    policies = _rows_after(session, models.PolicyVersion, entry)
    items += [(row.entry, PolicyDocument(row.name, row.document)) for row in policies]
    items += _orders_after(session, entry)
    return sorted(items, key=lambda item: item[0])


def load_registry(session: Session) -> Registry:
    """The newest version of everything."""
    entry, last_hash = links.head(raw(session))
    return replace(registry_of(items_after(session, 0)), entry=entry, hash=last_hash.hex())


def raw(session: Session) -> Connection:
    """SQLite's own connection, in the session's transaction."""
    return cast(Connection, session.connection().connection.driver_connection)


def _rows_after(session: Session, model: Any, entry: int) -> Iterable[Any]:
    """By primary key. Plain rows: the objects of all orders of a country would be in the way.

    Of a database that lies there as an earlier version left it, without the columns of later ones.
    """
    table, connection = model.__table__, session.connection()
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in there]
    rows = select(*columns).where(table.c.entry > entry).order_by(*table.primary_key)
    return connection.execute(rows)


def _orders_after(session: Session, entry: int) -> list[tuple[int, Order]]:
    protected: dict[int, list[str]] = {}
    for party in _rows_after(session, models.OrderProtected, entry):
        protected.setdefault(party.entry, []).append(party.person)
    zones: dict[int, list[Zone]] = {}
    placed = (
        select(models.OrderZone.entry, models.ZoneVersion)
        .join(models.ZoneVersion)
        .where(col(models.OrderZone.entry) > entry)
    )
    for of_order, zone in session.exec(placed.order_by(col(models.OrderZone.position))):
        zones.setdefault(of_order, []).append(zone_of(zone))
    return [
        (row.entry, _order(row, protected.get(row.entry, []), zones.get(row.entry, [])))
        for row in _rows_after(session, models.OrderVersion, entry)
    ]


# Names that rows share are interned: with 50,000 orders their copies would fill 8 MB.


def _unit(row: Any) -> Unit:
    return Unit(intern(row.unit), Role(row.role), row.key, row.epoch, row.floor_s, row.listen_s)


def _assignment(row: Any) -> Assignment:
    return Assignment(intern(row.unit), intern(row.person), row.from_ms, row.until_ms)


def _order(row: Any, protected: list[str], zones: list[Zone]) -> Order:
    scalars = {name: getattr(row, name) for name in ORDER_SCALARS}
    scalars |= {name: intern(scalars[name]) for name in ("offender", "policy", "time_zone")}
    scalars |= {name: intern(getattr(row, name, None) or "") for name in ORDER_OFFICES}
    return Order(
        id=intern(row.order_id),
        version=row.version,
        protected=tuple(map(intern, protected)),
        schedule=_schedule(row.schedule),
        zones=tuple(zones),
        **{**scalars, "strength": Strength(row.strength)},
    )


def zone_of(row: Any) -> Zone:
    """A row of ZoneVersion."""
    return Zone(
        id=row.zone,
        ring=tuple((lat_e7, lon_e7) for lat_e7, lon_e7 in row.ring),
        holes=tuple(tuple((lat_e7, lon_e7) for lat_e7, lon_e7 in hole) for hole in row.holes),
        schedule=_schedule(row.schedule),
        **{name: getattr(row, name) for name in ZONE_SCALARS},
    )


def windows(schedule: tuple[Weekly, ...]) -> list[dict[str, Any]]:
    """A schedule as JSON."""
    return [{**asdict(window), "days": list(window.days)} for window in schedule]


def _schedule(windows: list[dict[str, Any]]) -> tuple[Weekly, ...]:
    return tuple(Weekly(**{**window, "days": tuple(window["days"])}) for window in windows)
