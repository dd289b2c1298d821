"""A scenario on virtual time: both cores in one process, one queue of events, no waiting.

Events are ordered by (due, kind, entity, sequence), so a run is a function of scenario and seed.

A host crash is of the worst kind: what the host received in the last moments before it is lost
although the broker thinks it delivered, what was committed just before is never answered, and
all memory is gone. What arrives while it is down waits in the broker.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from host.core.outcome import Changed, Connection, CutOff, Input, Outcome, Received
from host.escalation.act import Act, Verb
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.registry.types import Order, PolicyDocument, Registry, Role, Unit
from host.store.store import Store
from protocol.contact import keep_alive_s
from simulator.judges.custody import Account, Custody
from simulator.parts.modem import Modem
from simulator.parts.network import Link
from simulator.parts.noise import Noise
from simulator.parts.virtual_host import VirtualHost
from simulator.parts.virtual_unit import VirtualUnit
from simulator.scenario.agenda import Act as Happening
from simulator.scenario.agenda import agenda
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema.faults import HostCrash
from simulator.scenario.schema.operators import Operator
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.queue import Queue
from simulator.worlds.witness import Nobody, Witness

COMMIT_MS = 20  # from the receipt of a message to its commit
SEND_MS = 20  # from the commit to the answer

# Kinds of event, in the order in which they happen at the same instant.
_ACT, _UP, _HOST, _DOWN, _LINK, _CARRIER, _UNIT = range(7)
_THE_HOST = ""
_CARRIER_OF = "'s carrier"  # a unit's connection is an entity of its own

Progress = Callable[[int], None]  # told the time now and then


class World:
    """One run, a Stage for the agenda; `folder` takes the database. `policies` are in force."""

    def __init__(
        self,
        scenario: Scenario,
        chronicle: Chronicle,
        folder: Path,
        witness: Witness | None = None,
        policies: tuple[PolicyDocument, ...] = (),
    ) -> None:
        self._witness = witness or Nobody()
        self._policies = policies
        self._scenario = scenario
        self._chronicle = chronicle
        self.database = folder / "store.db"
        self._secret = sha256(f"{scenario.seed}/secret".encode()).digest()
        self._queue = Queue(scenario.start_ms)
        self._units: dict[str, VirtualUnit] = {}
        self._links: dict[str, Link] = {}
        self._custody = Custody()
        self._store: Store | None = None
        self._host: VirtualHost | None = None
        self._crashes_ms = [
            scenario.at_ms(fault.at_s)
            for fault in scenario.document.faults
            if isinstance(fault, HostCrash)
        ]
        self._in_broker: list[tuple[str, bytes]] = []  # what came while the host was down
        self._takes = True  # whether the store does
        self._incidents: dict[str, Incident] = {}  # as last told of, by id
        self._deliveries: dict[str, Delivery] = {}

    def run(self, progress: Progress = lambda _: None) -> Account:
        """From the scenario's start to its end."""
        try:
            self._store = Store.open(self.database)
            self._store.adopt_secret(self._secret)
            self._store.enter(self._registry(), self._scenario.start_ms)
            for name in self._scenario.document.units:
                self._place(name)
            self._start_host(self._scenario.start_ms)
            for act in agenda(self._scenario):
                self._queue.at(act.due_ms, _ACT, act.unit, self._perform, act)
            self._queue.run(self._scenario.end_ms, progress)
            pending = {name: unit.pending() for name, unit in self._units.items()}
            given_up = {name: unit.given_up() for name, unit in self._units.items()}
            rows = (row for _, row in self._opened().records())
            return self._custody.account(rows, pending, given_up)
        finally:
            self._close_store()

    def _perform(self, entity: str, now_ms: int, act: Happening) -> None:
        act.perform(self, entity, now_ms)

    # The agenda's stage

    def tell(self, unit: str, now_ms: int, fault: str) -> None:
        self._chronicle.fault(fault, unit, now_ms)

    def power_on(self, unit: str, now_ms: int) -> None:
        self._units[unit].boot(now_ms)
        self._change_link(unit, now_ms)

    def power_off(self, unit: str, now_ms: int) -> None:
        self._units[unit].power_off()
        self._queue.arm(None, _UNIT, unit, self._run_unit)
        self._witness.unit_died(unit, now_ms)

    def move(self, unit: str, now_ms: int, moving: bool) -> None:
        self._units[unit].motion(moving, now_ms)
        self._drain(unit, now_ms)

    def pin(self, unit: str, now_ms: int, pin: str, value: int) -> None:
        self._units[unit].pin(pin, value, now_ms)
        self._drain(unit, now_ms)

    def discharge(self, unit: str, now_ms: int, pct: int) -> None:
        self._units[unit].battery(pct, now_ms)
        self._drain(unit, now_ms)

    def crash_host(self, unit: str, now_ms: int) -> None:
        self._close_store()
        self._host = None
        self._queue.arm(None, _HOST, unit, self._host_due)
        self._witness.host_died(now_ms)

    def restart_host(self, unit: str, now_ms: int) -> None:
        self.tell(unit, now_ms, "host_back")
        self._start_host(now_ms)
        waiting, self._in_broker = self._in_broker, []
        for name, message in waiting:
            self._arrive_up(name, now_ms, message)

    def change(self, order: Order, now_ms: int) -> None:
        order = self._opened().save_order(order, now_ms)
        self._step_host([Changed(order, now_ms)], now_ms)

    def operate(self, operator: Operator, now_ms: int) -> None:
        verb = Verb(operator.verb)
        known = sorted(self._deliveries if verb is Verb.CALL else self._incidents)
        if known:
            subject, for_ms = known[operator.nth % len(known)], operator.for_s * 1000
            act = Act(verb, subject, "operator", now_ms, "drill", for_ms, operator.reached)
            self._step_host([act], now_ms)

    def store(self, takes: bool, now_ms: int) -> None:
        self._takes = takes
        self._witness.store_takes(takes, now_ms)
        if self._host is None:
            return
        if not takes:
            self._host.lose_store()
            return
        self.tell("", now_ms, "store_back")
        self._take_in(self._host.regain_store(now_ms), now_ms)

    def cut_off(self, since_ms: int, now_ms: int) -> None:
        self._step_host([CutOff(since_ms, now_ms)], now_ms)

    def will(self, unit: str, now_ms: int) -> None:
        self._step_host([Connection(unit, False, now_ms)], now_ms)

    # Units

    def _place(self, name: str) -> None:
        scenario = self._scenario
        said, path, start_ms = (
            scenario.document.units[name],
            scenario.paths[name],
            scenario.start_ms,
        )
        noise = Noise(scenario.seed, name, said.gnss, scenario.document.faults, start_ms)
        modem = Modem(scenario.seed, name, said.radio, start_ms)
        self._units[name] = VirtualUnit(name, said, scenario.key_of(name), path, noise, modem)
        faults = scenario.document.faults
        asked_s = keep_alive_s(said.role == "offender")
        self._links[name] = Link(scenario.seed, name, said.network, start_ms, faults, asked_s)
        for at_ms in self._links[name].changes_ms():
            self._queue.at(at_ms, _LINK, name, self._change_link)

    def _run_unit(self, name: str, now_ms: int) -> None:
        self._units[name].run(now_ms)
        self._drain(name, now_ms)

    def _arrive_down(self, name: str, now_ms: int, sealed: bytes) -> None:
        self._units[name].command(sealed, now_ms)
        self._drain(name, now_ms)

    def _carrier_due(self, entity: str, now_ms: int) -> None:
        """A unit pings over a connection that is idle, or finds out that it is forgotten."""
        name = entity.removesuffix(_CARRIER_OF)
        unit, link = self._units[name], self._links[name]
        if not unit.runs:
            return
        if link.step(now_ms):  # the broker takes it for two, and lets the first one's will out
            unit.connected(now_ms)
            told: list[Input] = [Connection(name, up, now_ms) for up in (False, True)]
            self._step_host(told, now_ms)
        self._drain(name, now_ms)

    def _drain(self, name: str, now_ms: int) -> None:
        """Take from a unit whatever came of what has just happened to it."""
        unit, link = self._units[name], self._links[name]
        felt = unit.signals()
        for signal in felt:
            self._chronicle.presented(name, signal, now_ms)
        for message in unit.messages(now_ms, link.connected(now_ms)):
            self._custody.sent(name, message)
            self._witness.sent(name, message, now_ms)
            for at_ms in link.arrivals_ms("up", now_ms):
                for copy in (*link.forged(message, now_ms), message):
                    self._queue.at(at_ms, _UP, name, self._arrive_up, copy)
        self._queue.arm(unit.due_ms, _UNIT, name, self._run_unit)
        carrier = f"{name}{_CARRIER_OF}"
        self._queue.arm(link.carrier_due_ms(now_ms), _CARRIER, carrier, self._carrier_due)
        self._witness.unit_stands(unit, felt, now_ms)

    # The way between

    def _change_link(self, name: str, now_ms: int) -> None:
        """The broker tells the host that a unit is there, or gone (its last will)."""
        link = self._links[name]
        link.connect(now_ms)
        if not link.fallen(now_ms):
            self._step_host([Connection(name, link.connected(now_ms), now_ms)], now_ms)
        if link.connected(now_ms):
            self._units[name].connected(now_ms)
        self._drain(name, now_ms)

    def _arrive_up(self, name: str, now_ms: int, message: bytes) -> None:
        if self._host is None:
            self._in_broker.append((name, message))
        else:
            self._step_host([Received(name, message, now_ms)], now_ms)

    def _send_down(self, name: str, sealed: bytes) -> None:
        if self._crashes_within(COMMIT_MS + SEND_MS):
            return
        now_ms = self._queue.now_ms
        self._witness.told(name, sealed, now_ms)
        link = self._links[name]
        for at_ms in link.arrivals_ms("down", now_ms):
            for copy in (*link.forged(sealed, now_ms), sealed):
                self._queue.at(at_ms, _DOWN, name, self._arrive_down, copy)

    # The host

    def _registry(self) -> Registry:
        scenario = self._scenario
        units = tuple(
            Unit(name, Role(unit.role), scenario.key_of(name), 1, unit.floor_s)
            for name, unit in scenario.document.units.items()
        )
        return Registry(units, scenario.assignments, scenario.orders, policies=self._policies)

    def _start_host(self, now_ms: int) -> None:
        self._host = VirtualHost(self._opened(), self._secret, now_ms, self._send_down)
        if not self._takes:
            self._host.lose_store()
        self._witness.host_started(self._host.centre, now_ms)
        self._step_host([], now_ms)

    def _opened(self) -> Store:
        if self._store is None:
            self._store = Store.open(self.database)
        return self._store

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _host_due(self, _: str, now_ms: int) -> None:
        self._step_host([], now_ms)

    def _step_host(self, inputs: list[Input], now_ms: int) -> None:
        if self._host is None or self._crashes_within(COMMIT_MS):
            return
        self._witness.host_took(inputs, now_ms)
        self._take_in(self._host.step(inputs, now_ms), now_ms)

    def _take_in(self, outcomes: list[Outcome], now_ms: int) -> None:
        """Tell what came of a step, and be there when the host next has something to do."""
        if self._host is None:
            return
        for outcome in outcomes:
            for signal in outcome.signals:
                self._chronicle.signal(signal)
            for delivery in outcome.deliveries:
                self._deliveries[delivery.id] = delivery
                self._chronicle.delivery(delivery, now_ms)
            for incident in outcome.incidents:
                self._incidents[incident.id] = incident
                self._chronicle.incident(incident)
        self._witness.host_stands(self._host.centre, outcomes, now_ms)
        self._queue.arm(self._host.due_ms, _HOST, _THE_HOST, self._host_due)

    def _crashes_within(self, moment_ms: int) -> bool:
        return any(0 < at_ms - self._queue.now_ms <= moment_ms for at_ms in self._crashes_ms)
