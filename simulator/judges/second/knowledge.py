"""What the host may know: every authentic word so far, whose it was, and what orders bind them.

What comes while nobody wears a unit is nobody's. What a unit told of one wearer says nothing of
the next.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from host.core.outcome import Changed, Connection, CutOff, Input, Received
from host.proximity.types import UnitAlarm
from host.registry.types import Assignment, Order, Role, Unit
from protocol import record
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.case import NOBODY, Case
from simulator.judges.second.fix import APART_MS, Fix, read_fix, told_ms
from simulator.judges.second.hearing import Hearing, made_ms
from simulator.judges.second.party import HER_UNSEEN_MS, HIS_UNSEEN_MS, Party

SPEED_M_S = 40  # of somebody whom no order binds
ANSWERED_MS = 20_000  # the margin of a lease
LIVE_MS = 60_000  # older positions of a backlog, the newest apart, are evidence of the past


class Knowledge:
    """`cases` by order; `worn`: by unit, what is known of who wears it now; `touched`: the orders
    of which something has changed, until somebody has looked."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.hearings: dict[str, Hearing] = {}
        self.worn: dict[str, Party] = {}
        self.cases: dict[str, Case] = {}
        self.touched: set[str] = set()
        self.liars: set[str] = set()  # whose rest was refuted, and nobody has looked into them
        self._assignments: list[Assignment] = []
        self._parties: dict[tuple[str, str, int], Party] = {}  # by unit, person, since when
        self._edge_ms = NEVER_MS  # when an assignment next begins or ends

    def pass_time(self, now_ms: int) -> None:
        """A step begins: the time that has passed ends rests, and orders begin or end."""
        self.now_ms = now_ms
        if now_ms >= self._edge_ms:
            self._bind()
        for case in self.cases.values():
            if now_ms >= case.edge_ms:
                case.begin(now_ms)
                self.touched.add(case.order.id)
        for party in self.worn.values():
            if party.resting and now_ms > party.due_ms:
                self._rest_ended(party, party.said_ms)

    def take(self, item: Input) -> None:
        """One of the inputs that the host takes in this step."""
        if isinstance(item, Received):
            self._receive(item)
        elif isinstance(item, Connection):
            self._connect(item)
        elif isinstance(item, CutOff):
            self._miss_all(item.since_ms)
        elif isinstance(item, Changed) and isinstance(item.item, Unit | Assignment | Order):
            self.change(item.item)

    def cases_of(self, party: Party) -> list[Case]:
        """The orders that bind somebody."""
        return [case for case in self.cases.values() if party in case.parties.values()]

    # What units say

    def _receive(self, message: Received) -> None:
        hearing, party = self.hearings.get(message.unit), self.worn.get(message.unit)
        if hearing is None:
            return
        told, forked = hearing.open(message.payload)
        if party is None:
            return
        before_ms = party.said_ms
        if told:
            newest = told[-1]
            said_ms = made_ms(newest, self.now_ms, self.now_ms)
            back = said_ms < party.told_ms - APART_MS  # the unit's clock, that is
            if back and newest.sequence == hearing.newest:
                said_ms = self.now_ms
            party.hear(newest.sequence, said_ms, hearing.unit.floor_s, self.now_ms)
            if newest.sequence == hearing.newest and said_ms > hearing.gone_ms:
                hearing.there = True
        latest = _latest(told, hearing.newest)
        for said in told:
            rested = party.resting
            if type(said) is record.Fix:
                fix = self._read(hearing, party, said)
                if fix is not None and said.sequence == latest and _is_untimely(fix, party):
                    self._see(party, fix, before_ms)
                elif fix is not None and fix.told:
                    self._take(party, fix, said.sequence == hearing.newest)
            else:
                self._word(party, said, before_ms)
            if rested and not party.resting:
                self._rest_ended(party, party.rest_ended_ms)
        if forked:
            party.fork()
            self._forget(party)
        self.touched.update(case.order.id for case in self.cases_of(party))

    def _read(self, hearing: Hearing, party: Party, said: Any) -> Fix | None:
        fix = read_fix(said, self.now_ms, hearing.there)
        if fix is None:
            return None
        old = fix.sequence < party.stirred
        if old or party.unit in self.liars or party.rest.strays_at(fix):
            return replace(fix, at_rest=False)
        return fix

    def _see(self, party: Party, fix: Fix, before_ms: int) -> None:
        """A unit's newest position, whose time cannot be true, counts as of its receipt."""
        last_ms = 0 if party.last is None else party.last.time_ms
        at_ms = max(self.now_ms, last_ms)
        party.see(replace(fix, time_ms=at_ms, dated=False, resolved=False), before_ms)
        for case in self.cases_of(party):
            case.look(party, self.now_ms)

    def _take(self, party: Party, fix: Fix, newest: bool) -> None:
        late = party.is_late(fix)
        new = party.take(fix)
        if not late and fix.time_ms >= party.since_ms:
            party.rest.see(fix)
        if not new:
            return
        if party.torn:
            self._forget(party)
        if newest or self.now_ms - fix.time_ms <= LIVE_MS:
            for case in self.cases_of(party):
                case.look(party, self.now_ms)

    def _word(self, party: Party, said: Any, before_ms: int) -> None:
        at_ms = made_ms(said, self.now_ms, before_ms)
        if type(said) is record.Boot:
            party.restarted(said.sequence, self.now_ms)
            party.moved_off(said.sequence, before_ms)  # it remembers no rest
        elif type(said) is record.Event and said.code == record.MOTION:
            if said.raised:
                party.moved_ms = max(party.moved_ms, at_ms)
                party.moved_off(said.sequence, at_ms)
            else:
                self._stay(party, said)
        elif type(said) is record.Event and said.code == record.STRAP:
            party.strap(said, at_ms)

    def _stay(self, party: Party, said: Any) -> None:
        """It has rested since a record of its own: where it has told since then it is now, unless
        it was seen elsewhere: then it lies, or nobody knows yet."""
        at_ms, last = told_ms(said, self.now_ms), party.last
        if at_ms is None or last is None or not last.dated or party.off_ms is not None:
            return
        hearing = self.hearings[party.unit]
        if party.unit in self.liars or not hearing.there or said.detail <= 0:
            return
        if said.detail >= said.sequence or said.sequence < last.sequence:
            return
        if said.detail < party.stirred:
            return
        party.rest.claim(said.detail, last)
        if party.rest.refuted:
            self.liars.add(party.unit)
            party.refute()
            self._forget(party)
        elif said.detail <= last.sequence and not (party.torn or party.rest.strays):
            at_ms = min(at_ms, self.now_ms)
            sure = [one.fix for one in party.anchors if one.fix.sequence >= said.detail]
            at_best = min(sure, key=lambda fix: fix.surely_m, default=None)
            place = at_best or replace(last, resolved=False)
            still = replace(place, sequence=said.sequence, time_ms=at_ms, at_rest=True)
            self._take(party, still, said.sequence == hearing.newest)

    def looked_into(self, alarm: UnitAlarm) -> None:
        """Somebody has found out why a unit lied."""
        if alarm.code == "false_rest" and not alarm.raised:
            self.liars.discard(alarm.unit)

    def begin_again(self, died_ms: int) -> None:
        """A host is there again. Who was at rest may have moved off while nobody heard it, unless
        that took no longer than a lease allows for an answer; of him that is not asked."""
        absent = self.now_ms - died_ms > ANSWERED_MS
        for unit in self.worn:
            if absent or self.hearings[unit].unit.role is Role.OFFENDER:
                self._miss(unit, died_ms)

    def _miss_all(self, heard_ms: int) -> None:
        """Nobody could be heard since then."""
        for unit in self.worn:
            self._miss(unit, heard_ms)

    def _connect(self, connection: Connection) -> None:
        hearing, party = self.hearings.get(connection.unit), self.worn.get(connection.unit)
        if hearing is None:
            return
        if not connection.up and (hearing.there or (party is not None and party.resting)):
            hearing.gone_ms = self.now_ms
            self._miss(connection.unit, self.now_ms)
        hearing.there = connection.up

    def _miss(self, unit: str, heard_ms: int) -> None:
        """A unit is gone, or nobody knows, and would have been heard until then."""
        party = self.worn.get(unit)
        if party is not None and party.resting:
            unseen_ms = (
                HIS_UNSEEN_MS if self.hearings[unit].unit.role is Role.OFFENDER else HER_UNSEEN_MS
            )
            party.end_rest(max(party.said_ms, heard_ms - unseen_ms))
            self._rest_ended(party, party.rest_ended_ms)

    def _rest_ended(self, party: Party, since_ms: int) -> None:
        for case in self.cases_of(party):
            case.rest_ended(party, since_ms, self.now_ms)
            self.touched.add(case.order.id)

    def _forget(self, party: Party) -> None:
        for case in self.cases_of(party):
            case.forget(party)

    # Who is bound to what

    def change(self, item: Unit | Assignment | Order) -> None:
        """A registry item in a new version takes force."""
        if isinstance(item, Unit):
            known = self.hearings.get(item.id)
            if known is None or known.unit.epoch != item.epoch:
                self.hearings[item.id] = Hearing(item)
                self.liars.discard(item.id)
                if item.id in self.worn:
                    self.worn[item.id].begun_ms = self.now_ms
                    self.worn[item.id].renumber()
            else:
                known.unit = item
        elif isinstance(item, Assignment):
            same = (item.unit, item.person, item.from_ms)
            kept = [one for one in self._assignments if (one.unit, one.person, one.from_ms) != same]
            self._assignments = [*kept, item]
        else:
            persons = (item.offender, *item.protected)
            parties = {person: self._party_of(person) for person in persons}
            if item.id in self.cases:
                self.cases[item.id].bind(item, parties, self.now_ms)
            else:
                self.cases[item.id] = Case(item, parties, self.now_ms)
            self.touched.add(item.id)
        self._bind()

    def _bind(self) -> None:
        """Find out who wears what now; an order with other parties than before begins anew."""
        now_ms, edges = self.now_ms, [NEVER_MS]
        latest: dict[str, Assignment] = {}
        for one in sorted(self._assignments, key=lambda one: (one.from_ms, one.person)):
            edges += [ms for ms in (one.from_ms, one.until_ms) if ms is not None and ms > now_ms]
            if one.from_ms <= now_ms and (one.until_ms is None or now_ms < one.until_ms):
                latest[one.unit] = one
        self._edge_ms = min(edges)
        self.worn = {}
        for unit, one in latest.items():
            key = one.unit, one.person, one.from_ms
            if key not in self._parties:
                self._parties[key] = Party(unit, one.from_ms, SPEED_M_S)
            self.worn[unit] = self._parties[key]
        for case in self.cases.values():
            parties = {person: self._party_of(person) for person in case.parties}
            if any(parties[person].unit != party.unit for person, party in case.parties.items()):
                case.bind(case.order, parties, now_ms)
                self.touched.add(case.order.id)
        for party in self.worn.values():
            orders = [(case.order, party is case.his) for case in self.cases_of(party)]
            speeds = [
                one.offender_speed_m_s if his else one.victim_speed_m_s for one, his in orders
            ]
            party.speed_m_s = max(speeds, default=SPEED_M_S)

    def _party_of(self, person: str) -> Party:
        worn = [
            (since_ms, unit)
            for (unit, wearer, since_ms), party in self._parties.items()
            if wearer == person and self.worn.get(unit) is party
        ]
        if not worn:
            return Party(NOBODY, 0, SPEED_M_S)
        since_ms, unit = max(worn)
        return self._parties[unit, person, since_ms]


def _latest(told: Sequence[Any], newest: int) -> int:
    """The sequence of a unit's newest position, where a message holds it and all since; else 0."""
    fixes = [said.sequence for said in told if type(said) is record.Fix]
    latest = max(fixes, default=0)
    return latest if latest + sum(said.sequence > latest for said in told) == newest else 0


def _is_untimely(fix: Fix, party: Party) -> bool:
    """Whether a unit's newest position cannot be of the time that it tells. What may be of an
    earlier wearer's time is not that of this one."""
    return not fix.told or (fix.time_ms >= party.since_ms and party.is_late(fix))
