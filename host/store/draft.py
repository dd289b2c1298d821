"""What is entered into the registry at once: checked, numbered, and one statement a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

from sqlmodel import Session, col, func, select

from host.base.errors import UsageError
from host.registry.types import (
    DEFAULT_POLICY,
    Assignment,
    Item,
    Order,
    PolicyDocument,
    Unit,
    Zone,
)
from host.store import models
from host.store.entries import ORDER_OFFICES, ORDER_SCALARS, ZONE_SCALARS, windows, zone_of
from host.store.policies import names_in_force, orders_naming

_ASKED_MAX = 500  # names in one question
_ZONE = models.ZoneVersion.__table__  # type: ignore[attr-defined]

_KINDS = {Unit: "unit", Assignment: "assignment", PolicyDocument: "policy", Order: "order"}

# Those that others point to come first.
_TABLES = (
    models.RegistryEntry,
    models.UnitVersion,
    models.Assignment,
    models.PolicyVersion,
    models.OrderVersion,
    models.OrderProtected,
    models.ZoneVersion,
    models.OrderZone,
)


class Draft:
    """Items that go in together, in the transaction of a session that holds the write lock."""

    def __init__(self, session: Session, items: Sequence[Item]) -> None:
        self._session = session
        self._items = items
        self._rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in _TABLES}
        orders = [item for item in items if isinstance(item, Order)]
        worn = [item for item in items if isinstance(item, Assignment)]
        self._named = {one.person for one in worn}
        for order in orders:
            self._named.update(order.persons)
        self._persons = {name for (name,) in self._ask(models.Person.id, self._named)}
        self._units = {item.id for item in items if isinstance(item, Unit)}
        units = self._ask(models.UnitVersion.unit, {one.unit for one in worn})
        self._units.update(name for (name,) in units)
        order_id, version = models.OrderVersion.order_id, func.max(models.OrderVersion.version)
        versions = self._ask(order_id, {order.id for order in orders}, order_id, version)
        self._versions: dict[str, int] = {row[0]: row[1] for row in versions}
        zones = {zone.id for order in orders for zone in order.zones}
        newest = self._ask(models.ZoneVersion.zone, zones, func.max(models.ZoneVersion.id))
        rows = self._ask(models.ZoneVersion.id, {row for (row,) in newest}, *_ZONE.columns)
        self._zones = {row.zone: (row.id, zone_of(row)) for row in rows}
        self._last_zone = self._last(models.ZoneVersion.id)
        self._policies = names_in_force(session)
        self._retired: set[str] = set()

    def add_persons(self, at_ms: int, by: str) -> None:
        """Enter every person whom the items name and who is not there yet, as one entry."""
        missing = sorted(self._named - self._persons)
        if missing:
            entry = self._last(models.RegistryEntry.id) + 1
            self._write(
                models.RegistryEntry, [{"id": entry, "at_ms": at_ms, "kind": "person", "by": by}]
            )
            rows = [{"id": person, "name": "", "entry": entry} for person in missing]
            self._write(models.Person, rows)
        self._persons |= self._named

    def add(self, at_ms: int, by: str) -> list[Item]:
        """Enter every item under a number of its own, in their order.

        Returns them; an order with the version that it was given: one more than the last.
        Raises UsageError for a person, a unit or a policy that has not been entered, and for the
        end of a policy that an order still names.
        """
        added: list[Item] = []
        for entry, item in enumerate(self._items, self._last(models.RegistryEntry.id) + 1):
            kind = _KINDS[type(item)]
            self._put(models.RegistryEntry, id=entry, at_ms=at_ms, kind=kind, by=by)
            if isinstance(item, Order):
                item = self._order(entry, item)
            elif isinstance(item, Assignment):
                self._assignment(entry, item)
            elif isinstance(item, PolicyDocument):
                self._policy(entry, item)
            else:
                fields = asdict(item)
                self._put(models.UnitVersion, entry=entry, unit=fields.pop("id"), **fields)
            added.append(item)
        self._require_no_order_without_policy()
        for table, rows in self._rows.items():
            self._write(table, rows)
        return added

    def _assignment(self, entry: int, assignment: Assignment) -> None:
        self._require_person(assignment.person)
        if assignment.unit not in self._units:
            raise UsageError(f"unit {assignment.unit!r} is unknown: enrol it first")
        self._put(models.Assignment, entry=entry, **asdict(assignment))

    def _policy(self, entry: int, policy: PolicyDocument) -> None:
        name = policy.name
        if not policy.retires:
            self._policies.add(name)
        elif name == DEFAULT_POLICY:
            raise UsageError(f"the policy {name} cannot be retired: enter another under its name")
        elif name in self._policies:
            self._policies.remove(name)
            self._retired.add(name)
        else:
            raise UsageError(f"policy {name!r} cannot be retired: {self._known_policies()}")
        digest = "" if policy.retires else policy.digest
        self._put(models.PolicyVersion, entry=entry, name=name, digest=digest, document=policy.text)

    def _require_no_order_without_policy(self) -> None:
        entered = {item.id: item.policy for item in self._items if isinstance(item, Order)}
        for order, policy in {**orders_naming(self._session, self._retired), **entered}.items():
            if policy not in self._policies:
                raise UsageError(f"order {order}: policy {policy!r}: {self._known_policies()}")

    def _known_policies(self) -> str:
        return f"those in force are {', '.join(sorted(self._policies))}"

    def _order(self, entry: int, order: Order) -> Order:
        for person in order.persons:
            self._require_person(person)
        order = replace(order, version=self._versions.get(order.id, 0) + 1)
        self._versions[order.id] = order.version
        self._put(
            models.OrderVersion,
            entry=entry,
            order_id=order.id,
            version=order.version,
            schedule=windows(order.schedule),
            **{name: getattr(order, name) for name in ORDER_SCALARS},
            **{name: getattr(order, name) or None for name in ORDER_OFFICES},
        )
        for position, person in enumerate(order.protected):
            self._put(models.OrderProtected, entry=entry, position=position, person=person)
        for position, zone in enumerate(order.zones):
            self._put(models.OrderZone, entry=entry, position=position, zone=self._zone(zone))
        return order

    def _zone(self, zone: Zone) -> int:
        """The row of this very version of the zone: the newest one when nothing has changed."""
        row, known = self._zones.get(zone.id, (0, None))
        if known != zone:
            self._last_zone = row = self._last_zone + 1
            self._zones[zone.id] = (row, zone)
            self._put(
                models.ZoneVersion,
                id=row,
                zone=zone.id,
                ring=[list(point) for point in zone.ring],
                holes=[[list(point) for point in hole] for hole in zone.holes],
                schedule=windows(zone.schedule),
                **{name: getattr(zone, name) for name in ZONE_SCALARS},
            )
        return row

    def _require_person(self, person: str) -> None:
        if person not in self._persons:
            raise UsageError(f"person {person!r} is unknown: enter the person first")

    def _put(self, table: Any, **row: Any) -> None:
        self._rows[table].append(row)

    def _write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.connection().execute(table.__table__.insert(), rows)

    def _last(self, key: Any) -> int:
        return self._session.exec(select(func.max(key))).one() or 0

    def _ask(self, key: Any, names: Iterable[Any], *wanted: Any) -> Iterator[Any]:
        """What is wanted (the key itself by default) of each name that is there as a key."""
        left = iter(names)
        while some := list(islice(left, _ASKED_MAX)):
            found = select(*(wanted or (key,))).where(col(key).in_(some)).group_by(key)
            yield from self._session.connection().execute(found)
