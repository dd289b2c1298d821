"""Who wears what, now: units, persons and orders, joined by dated assignments."""

from collections.abc import Iterable

from host.escalation.policies import Policies
from host.ingest.wearer import Wearer
from host.proximity.fence import Fence
from host.proximity.order import OrderState
from host.proximity.track import SPEED_M_S, Track
from host.proximity.types import Condition, Fix
from host.registry.assignments import Assignments
from host.registry.types import Assignment, Order, PolicyDocument, Registry, Unit


class Roster:
    """Live units and orders. A person without a unit has an empty track: no position, no contact.

    A unit that changes hands starts a fresh track: what it reported of the one person says
    nothing about the other. Of two units that somebody wears, the one put on later counts.
    Nothing here depends on the order in which things were entered.
    """

    def __init__(self, registry: Registry, policies: Policies, now_ms: int) -> None:
        self._policies = policies
        self.wearers: dict[str, Wearer] = {unit.id: Wearer(unit) for unit in registry.units}
        self.orders: dict[str, OrderState] = {}
        self.assignments = Assignments(registry.assignments)
        self._placed: dict[str, Track] = {}
        self._orders_of: dict[str, tuple[OrderState, ...]] = {}  # person -> orders, by their ids
        for unit in self.assignments.units():
            self.hand_over(unit, now_ms)
        for wearer in self.wearers.values():
            wearer.track.begun_ms = wearer.since_ms  # it is no newer for the host's start
        listed: dict[str, list[OrderState]] = {}
        for order in sorted(registry.orders, key=lambda order: order.id):
            state = self._new_state(order, now_ms)
            for person in order.persons:
                listed.setdefault(person, []).append(state)
        for person, states in listed.items():
            self._orders_of[person] = tuple(states)
        self._give_orders_to_units(self._orders_of)

    # Look up

    def wearer_of(self, person: str) -> Wearer | None:
        """The unit that a person wears now."""
        worn = self._worn_by(person)
        return max(worn, key=lambda wearer: (wearer.since_ms, wearer.unit.id)) if worn else None

    def track_of(self, person: str) -> Track:
        """A person's track: of the unit worn, of a fixed place, or an empty one."""
        if person in self._placed:
            return self._placed[person]
        wearer = self.wearer_of(person)
        return Track() if wearer is None else wearer.track

    def place_of(self, person: str) -> Fix | None:
        """Where somebody is for good, who is a fixed place instead of wearing a unit."""
        track = self._placed.get(person)
        return None if track is None else track.fix

    def concerned(self, unit: str, at_ms: int) -> tuple[str, list[OrderState]]:
        """Of whom a unit spoke at some time, and the orders that bind that person now.

        Nobody, and none, where nobody wore it.
        """
        wearer = self.wearers[unit]
        if at_ms < wearer.since_ms:
            worn = self.assignments.at(unit, at_ms)
            if worn is None:
                return "", []
            return worn.person, list(self._orders_of.get(worn.person, ()))
        return wearer.person or "", list(wearer.orders)

    # Change. Each returns the orders whose parties or terms are new, to be judged anew.

    def put_unit(self, unit: Unit, now_ms: int) -> list[OrderState]:
        """Enrol a unit, or enrol it again: a new epoch begins with an empty ledger."""
        known = self.wearers.get(unit.id)
        if known is not None:
            known.enrol(unit, now_ms)
            return []
        self.wearers[unit.id] = Wearer(unit)
        return self.hand_over(unit.id, now_ms)

    def put_assignment(self, assignment: Assignment, now_ms: int) -> list[OrderState]:
        """A new or an ended assignment: it replaces the one of the same unit, person and start."""
        self.assignments.enter(assignment)
        return self.hand_over(assignment.unit, now_ms)

    def put_order(self, order: Order, now_ms: int) -> OrderState:
        """A new order, or a new version of one: levels are kept, the promise starts anew."""
        before = self.orders.get(order.id)
        state = self._new_state(order, now_ms)
        persons = dict.fromkeys(order.persons)
        if before is not None:
            state.restore(before.state(), now_ms)
            persons |= dict.fromkeys(before.order.persons)
        for person in persons:
            listed = [one for one in self._orders_of.get(person, ()) if one is not before]
            if person in order.persons:
                listed.append(state)
            self._orders_of[person] = tuple(sorted(listed, key=lambda one: one.order.id))
        self._give_orders_to_units(persons)
        return state

    def place(self, person: str, fix: Fix, now_ms: int) -> list[OrderState]:
        """Make a person a fixed place."""
        self._placed[person] = track = Track()
        track.place(fix)
        return self._renew_orders_of([person], now_ms)

    def hand_over(self, unit: str, now_ms: int) -> list[OrderState]:
        """Somebody else wears the unit from now on, or nobody, as its assignments say.

        Nothing comes of it while the unit has not been enrolled.
        """
        wearer = self.wearers.get(unit)
        if wearer is None:
            return []
        worn = self.assignments.at(unit, now_ms)
        person, since_ms = (None, 0) if worn is None else (worn.person, worn.from_ms)
        if (person, since_ms) == (wearer.person, wearer.since_ms):
            return []
        before = wearer.person
        wearer.change_hands(person, since_ms, now_ms)
        return self._renew_orders_of([one for one in (before, person) if one is not None], now_ms)

    def restore_unit(self, unit: str, state: bytes) -> None:
        """Give a unit its state back; a wearer who has changed meanwhile starts afresh."""
        wearer = self.wearers.get(unit)
        if wearer is not None:
            wearer.restore(state)

    def _worn_by(self, person: str) -> list[Wearer]:
        units = (self.wearers.get(unit) for unit in self.assignments.units_of(person))
        return [wearer for wearer in units if wearer is not None and wearer.person == person]

    # Orders

    def put_policy(self, policy: PolicyDocument) -> list[OrderState]:
        """A new version of a policy, or its end. Returns the orders whose quiet clock runs, and
        goes by another one now."""
        self._policies.put(policy)
        running = []
        for state in self.orders.values():
            quiet = self._policies.named(state.order.policy).quiet[state.order.strength]
            if quiet != state.quiet:
                state.quiet = quiet
                if state.condition is Condition.UNASSURED:
                    running.append(state)
        return running

    def _renew_orders_of(self, persons: list[str], now_ms: int) -> list[OrderState]:
        orders = {one.order.id for person in persons for one in self._orders_of.get(person, ())}
        renewed = []
        parties = dict.fromkeys(persons)
        for order in sorted(orders):
            before = self.orders[order]
            state = self._new_state(before.order, now_ms)
            state.restore(before.state(), now_ms)
            renewed.append(state)
            parties |= dict.fromkeys(before.order.persons)
        self._give_orders_to_units(parties)
        return renewed

    def _new_state(self, order: Order, now_ms: int) -> OrderState:
        offender = self.track_of(order.offender)
        victims = tuple(self.track_of(person) for person in order.protected)
        fences = tuple(Fence(zone) for zone in order.zones)
        quiet = self._policies.named(order.policy).quiet[order.strength]
        self.orders[order.id] = state = OrderState(order, offender, victims, fences, now_ms, quiet)
        return state

    def _give_orders_to_units(self, persons: Iterable[str]) -> None:
        """Give each person's units their orders, and the highest speed that any of them assumes."""
        for person in persons:
            listed = self._orders_of.get(person, ())
            orders = self._orders_of[person] = tuple(self.orders[one.order.id] for one in listed)
            for other in self._worn_by(person):
                other.orders = ()
            wearer = self.wearer_of(person)
            if wearer is not None:
                wearer.orders = orders
                speeds = [_speed_m_s(state.order, person) for state in orders]
                wearer.track.speed_m_s = max(speeds, default=SPEED_M_S)


def _speed_m_s(order: Order, person: str) -> float:
    return order.offender_speed_m_s if person == order.offender else order.victim_speed_m_s
