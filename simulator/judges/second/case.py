"""One order as this judge knows of it: its parties, what may be promised, how near they are."""

from host.registry.types import Order, Zone
from simulator.judges.second import intrusion, nearness
from simulator.judges.second.bound import Promise
from simulator.judges.second.calendar import (
    NEVER_MS,
    in_force,
    next_change_ms,
    next_zone_change_ms,
    zone_in_force,
)
from simulator.judges.second.levels import Levels
from simulator.judges.second.party import Party

GRACE_MS = 60_000  # of what is new, before it is an alarm that nothing can be promised
NOBODY = ""  # the unit of somebody who wears none


class Case:
    """One order in its present version. `parties`: by person, the offender first."""

    def __init__(self, order: Order, parties: dict[str, Party], now_ms: int) -> None:
        self.order = order
        self.parties = parties
        self.binds = False  # whether it is in force
        self.edge_ms = now_ms  # when it, or a zone, next begins or ends
        self._zones: dict[str, tuple[bool, int]] = {}  # whether each is in force, and until when
        self.since_ms = now_ms  # of this version; positions of before prove nothing of it
        self.levels: dict[str, Levels] = {}
        self.promises: dict[str, Promise] = {}
        self.bind(order, parties, now_ms)

    def bind(self, order: Order, parties: dict[str, Party], now_ms: int) -> None:
        """A new version, or new parties: levels are kept, and nothing is promised."""
        if order != self.order:
            self.since_ms = now_ms
        self.order, self.parties = order, parties
        causes = [f"victim:{person}" for person in order.protected]
        causes += [f"zone:{zone.id}" for zone in order.zones]
        self.levels = {cause: self.levels.get(cause) or Levels() for cause in causes}
        self.promises = {cause: Promise(order) for cause in causes}
        self.begin(now_ms)

    def begin(self, now_ms: int) -> None:
        """The order is new, or it or a zone begins or ends: what is known may show a level."""
        order = self.order
        self.binds = in_force(order, now_ms)
        self._zones = {
            zone.id: (zone_in_force(order, zone, now_ms), next_zone_change_ms(order, zone, now_ms))
            for zone in order.zones
        }
        zone_edges = (edge_ms for _, edge_ms in self._zones.values())
        self.edge_ms = min([next_change_ms(order, now_ms), *zone_edges])
        self.look(None, now_ms)

    @property
    def his(self) -> Party:
        """The offender."""
        return self.parties[self.order.offender]

    @property
    def zones(self) -> list[Zone]:
        """Those that are in force, if the order is."""
        return [zone for zone in self.order.zones if self._zones[zone.id][0]]

    def cause_of(self, party: Party) -> str:
        """What a protected person is called among the causes."""
        return next(f"victim:{person}" for person, one in self.parties.items() if one is party)

    # How near

    def look(self, moved: Party | None, now_ms: int) -> None:
        """Somebody has moved, or (None) the order begins to bind."""
        order, his = self.order, self.his
        if not self.binds:
            return
        for person in order.protected:
            hers = self.parties[person]
            if moved is None or moved is his or moved is hers:
                nearness.look(self.levels[f"victim:{person}"], order, his, hers, moved, now_ms)
        if moved is None or moved is his:
            for zone in self.zones:
                intrusion.look(self.levels[f"zone:{zone.id}"], zone, his, moved, now_ms)

    def settle(self, cause: str, level: int) -> tuple[str, str] | None:
        """The host says that a cause stands at a level: (rule, what is right) if that is wrong."""
        levels = self.levels.setdefault(cause, Levels())
        in_force, _ = self._zones.get(cause.removeprefix("zone:"), (True, NEVER_MS))
        if self.binds and in_force:
            return levels.settle(level)
        levels.lapse(level)
        return None

    # What may be promised

    def weigh(self, now_ms: int) -> None:
        """Take what is known now into each promise."""
        for person in self.order.protected:
            hers = self.parties[person]
            self.promises[f"victim:{person}"].weigh(self.his, hers, now_ms)
        for zone in self.order.zones:
            self.promises[f"zone:{zone.id}"].weigh_zone(zone, self.his, now_ms)

    def rest_ended(self, party: Party, since_ms: int, now_ms: int) -> None:
        """Somebody's rest counts no more, from `since_ms` on."""
        for cause, promise in self.promises.items():
            if party is self.his:
                promise.he_moves(since_ms, now_ms)
            elif party is self.parties.get(cause.removeprefix("victim:")):
                promise.she_moves(since_ms, now_ms)

    def forget(self, party: Party) -> None:
        """Somebody's positions are not believed."""
        for cause, promise in self.promises.items():
            if party is self.his or party is self.parties.get(cause.removeprefix("victim:")):
                promise.forget()

    def until_ms(self) -> int:
        """The greatest T of the order: nobody can have come near, nor he a zone."""
        until = [self.promises[f"victim:{person}"].until_ms for person in self.order.protected]
        for zone, (binds, change_ms) in self._zones.items():
            limit_ms = self.promises[f"zone:{zone}"].until_ms
            if not binds:
                until.append(max(change_ms, limit_ms))  # it binds from then on
            elif limit_ms < change_ms:
                until.append(limit_ms)
        return min(until, default=NEVER_MS)

    # How loud it may be said

    @property
    def begun_ms(self) -> int:
        """Since when nothing of it is new any more: the order, or a party's unit."""
        return max(self.since_ms, *(party.begun_ms for party in self.parties.values()))

    # Why nothing may be said but that it is unassured

    def unanswered(self) -> str:
        """Why nothing can be promised however far they are, or ""."""
        for person, party in self.parties.items():
            if party.unit == NOBODY:
                return f"{person} wears no unit"
            if party.heard_ms < self.since_ms:
                return f"{party.unit} has not answered since the order is as it is"
            if party.torn:
                return f"{party.unit} tells positions that cannot all be true"
            if not party.anchors:
                return f"{party.unit} has told no position"
        return ""

    def unwatched(self, now_ms: int) -> str:
        """Why nobody can be said to be watched, or ""."""
        for party in self.parties.values():
            if now_ms > party.due_ms:
                return f"{party.unit} is overdue"
            if not party.resting and now_ms > party.place_due_ms:
                return f"{party.unit} is heard and does not say where it is"
            if party.off_ms is not None:
                return f"{party.unit} may be off its wearer"
        return ""

    def wake_ms(self, now_ms: int) -> int:
        """When time alone changes what may be said."""
        moments = [self.edge_ms]
        for party in self.parties.values():
            moments += [party.due_ms + 1, party.place_due_ms + 1]
        return min((at_ms for at_ms in moments if at_ms > now_ms), default=NEVER_MS)
