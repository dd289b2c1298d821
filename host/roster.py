"""Who wears what, now: units, persons and orders bound to each other by dated assignments."""

from collections.abc import Iterator

from host.proximity.fence import Fence
from host.proximity.order import OrderState
from host.proximity.schedule import ALWAYS_MS
from host.proximity.track import Track
from host.proximity.types import Fix
from host.registry import Assignment, Order, Registry, Role, Unit
from host.wearer import Wearer


class Roster:
    """Live units and orders. A person without a unit has an empty track: no position, no contact.

    A unit that changes hands starts a fresh track: what it reported of the one person says
    nothing about the other.
    """

    def __init__(self, registry: Registry, now_ms: int) -> None:
        self.wearers: dict[str, Wearer] = {unit.id: Wearer(unit) for unit in registry.units}
        self.orders: dict[str, OrderState] = {}
        self._assignments: dict[str, list[Assignment]] = {}
        self._unit_of: dict[str, str] = {}  # person -> unit, as assigned now
        self._placed: dict[str, Track] = {}
        self._orders_of: dict[str, tuple[str, ...]] = {}  # person -> orders
        for assignment in registry.assignments:
            self._assignments.setdefault(assignment.unit, []).append(assignment)
        for unit in self._assignments:
            self._hand_over(unit, now_ms)
        for order in registry.orders:
            self.put_order(order, now_ms)

    # Look up

    def wearer_of(self, person: str) -> Wearer | None:
        """The unit that a person wears now."""
        unit = self._unit_of.get(person)
        return None if unit is None else self.wearers[unit]

    def track_of(self, person: str) -> Track:
        """A person's track: of the unit worn, of a fixed place, or an empty one."""
        if person in self._placed:
            return self._placed[person]
        wearer = self.wearer_of(person)
        return Track() if wearer is None else wearer.track

    def boundary_ms(self, unit: str, now_ms: int) -> int:
        """When an assignment of a unit next begins or ends."""
        due_ms = ALWAYS_MS
        for assignment in self._assignments.get(unit, ()):
            for edge_ms in (assignment.from_ms, assignment.until_ms):
                if edge_ms is not None and now_ms < edge_ms < due_ms:
                    due_ms = edge_ms
        return due_ms

    def assigned_units(self) -> Iterator[str]:
        """Every unit that is or will be assigned."""
        return iter(self._assignments)

    # Change. Each returns the orders that were bound anew.

    def put_unit(self, unit: Unit, now_ms: int) -> list[OrderState]:
        """Enrol a unit, or enrol it again: a new epoch begins with an empty ledger."""
        known = self.wearers.get(unit.id)
        self.wearers[unit.id] = fresh = Wearer(unit)
        if known is None:
            return self._hand_over(unit.id, now_ms)
        if known.unit.epoch == unit.epoch:
            fresh.ledger = known.ledger
        fresh.person, fresh.track, fresh.orders = known.person, known.track, known.orders
        fresh.battery, fresh.connected, fresh.alarms = known.battery, known.connected, known.alarms
        return []

    def put_assignment(self, assignment: Assignment, now_ms: int) -> list[OrderState]:
        """A new or an ended assignment: it replaces the one of the same unit, person and start."""
        key = (assignment.person, assignment.from_ms)
        kept = [
            one
            for one in self._assignments.get(assignment.unit, [])
            if (one.person, one.from_ms) != key
        ]
        self._assignments[assignment.unit] = [*kept, assignment]
        return self._hand_over(assignment.unit, now_ms)

    def put_order(self, order: Order, now_ms: int) -> OrderState:
        """A new order, or a new version of one: levels are kept, the promise starts anew."""
        before = self.orders.get(order.id)
        if before is not None:
            self._unlist(before.order)
        state = self._bind(order, now_ms)
        if before is not None:
            state.restore(before.state(), now_ms)
        for person in (order.offender, *order.protected):
            self._orders_of[person] = (*self._orders_of.get(person, ()), order.id)
        self._share_out(order.offender, *order.protected)
        return state

    def place(self, person: str, fix: Fix, now_ms: int) -> list[OrderState]:
        """Make a person a fixed place."""
        self._placed[person] = track = Track()
        track.place(fix)
        return self._bind_orders_of(person, now_ms)

    def pass_boundary(self, unit: str, now_ms: int) -> list[OrderState]:
        """An assignment of a unit begins or ends."""
        return self._hand_over(unit, now_ms)

    def restore_unit(self, unit: str, state: bytes) -> None:
        """Give a unit its state back; a wearer who has changed meanwhile starts afresh."""
        wearer = self.wearers.get(unit)
        if wearer is None:
            return
        person, track = wearer.person, wearer.track
        wearer.restore(state)
        if wearer.person != person:
            wearer.person = person
            track.restore(Track().state())

    def _hand_over(self, unit: str, now_ms: int) -> list[OrderState]:
        wearer = self.wearers.get(unit)
        if wearer is None:
            return []  # assigned before it is enrolled: bound when it is
        person = self._person_at(unit, now_ms)
        if person == wearer.person:
            return []
        before, wearer.person = wearer.person, person
        wearer.track = Track()
        wearer.track.paged = wearer.unit.listen_s is not None
        bound: list[OrderState] = []
        if before is not None and self._unit_of.get(before) == unit:
            del self._unit_of[before]
            bound += self._bind_orders_of(before, now_ms)
        if person is not None:
            self._unit_of[person] = unit
            bound += self._bind_orders_of(person, now_ms)
        else:
            wearer.orders = ()
        return bound

    def _person_at(self, unit: str, now_ms: int) -> str | None:
        for assignment in self._assignments.get(unit, ()):
            until_ms = assignment.until_ms
            if assignment.from_ms <= now_ms and (until_ms is None or now_ms < until_ms):
                return assignment.person
        return None

    def _bind_orders_of(self, person: str, now_ms: int) -> list[OrderState]:
        bound = []
        for order_id in self._orders_of.get(person, ()):
            state = self.orders[order_id]
            kept = state.state()
            fresh = self._bind(state.order, now_ms)
            fresh.restore(kept, now_ms)
            bound.append(fresh)
            self._share_out(state.order.offender, *state.order.protected)
        return bound

    def _bind(self, order: Order, now_ms: int) -> OrderState:
        offender = self.track_of(order.offender)
        victims = tuple(self.track_of(person) for person in order.protected)
        _quicken(offender, order.offender_speed_m_s)
        for victim in victims:
            _quicken(victim, order.victim_speed_m_s)
        fences = tuple(Fence(zone) for zone in order.zones)
        state = OrderState(order, offender, victims, fences, now_ms)
        self.orders[order.id] = state
        return state

    def _share_out(self, *persons: str) -> None:
        for person in persons:
            wearer = self.wearer_of(person)
            if wearer is not None:
                ids = self._orders_of.get(person, ())
                wearer.orders = tuple(self.orders[order_id] for order_id in ids)

    def _unlist(self, order: Order) -> None:
        for person in (order.offender, *order.protected):
            ids = self._orders_of.get(person, ())
            self._orders_of[person] = tuple(one for one in ids if one != order.id)
            self._share_out(person)


def _quicken(track: Track, speed_m_s: float) -> None:
    """A wearer of several orders is bounded by the highest speed that any of them assumes."""
    if track.fix is None or not track.fix.fixed:
        track.speed_m_s = max(track.speed_m_s, speed_m_s)


def parties(order: Order) -> list[tuple[Role, str]]:
    """The parties of an order, the offender first."""
    return [(Role.OFFENDER, order.offender), *((Role.VICTIM, one) for one in order.protected)]
