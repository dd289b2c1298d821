"""A scenario on virtual time: both cores in one process, one queue of events, no waiting.

Events are ordered by (due, kind, entity, sequence), so a run is a function of scenario and seed.

A host crash is of the worst kind: what the host received in the last moments before it is lost
although the broker thinks it delivered, what was committed just before is never answered, and
all memory is gone. What arrives while it is down waits in the broker.
"""

from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from host.outcome import Connection, Input, Received
from host.registry import Registry, Role, Unit
from host.store.store import Store
from simulator.chronicle import Chronicle
from simulator.custody import Account, Custody
from simulator.network import Link
from simulator.noise import Noise
from simulator.scenario import Scenario
from simulator.schema.faults import Battery, CaseOpen, Fault, HostCrash, Panic, Reboot, StrapCut
from simulator.virtual_host import VirtualHost
from simulator.virtual_unit import VirtualUnit

COMMIT_MS = 20  # from the receipt of a message to its commit
SEND_MS = 20  # from the commit to the answer
PRESSED_MS = 3_000  # for how long a panic button is pressed

# Kinds of event, in the order in which they happen at the same instant.
_FAULT, _UP, _HOST, _DOWN, _MOTION, _LINK, _UNIT = range(7)
_THE_HOST = ""

Handler = Callable[..., None]  # (entity, now_ms, *what was scheduled with it)


class World:
    """One run; `folder` takes the database."""

    def __init__(self, scenario: Scenario, chronicle: Chronicle, folder: Path) -> None:
        self._scenario = scenario
        self._chronicle = chronicle
        self._database = folder / "store.db"
        self._secret = sha256(f"{scenario.seed}/secret".encode()).digest()
        self._queue: list[tuple[int, int, str, int, Handler, tuple[Any, ...]]] = []
        self._scheduled = 0
        self._armed_ms: dict[str, int] = {}  # when each unit, and the host, is looked after next
        self._now_ms = scenario.start_ms
        self._units: dict[str, VirtualUnit] = {}
        self._links: dict[str, Link] = {}
        self._custody = Custody()
        self._store: Store | None = None
        self._host: VirtualHost | None = None
        self._up_again_ms = 0
        self._crashes_ms = [
            scenario.at_ms(fault.at_s)
            for fault in scenario.document.faults
            if isinstance(fault, HostCrash)
        ]

    def run(self) -> Account:
        """From the scenario's start to its end."""
        start_ms, end_ms = self._scenario.start_ms, self._scenario.end_ms
        try:
            self._start_host(_THE_HOST, start_ms, self._registry())
            for name in self._scenario.document.units:
                self._place(name)
            for fault in self._scenario.document.faults:
                self._plan(fault, self._scenario.at_ms(fault.at_s))
            while self._queue and self._queue[0][0] <= end_ms:
                self._now_ms, _, entity, _, handle, what = heappop(self._queue)
                handle(entity, self._now_ms, *what)
        finally:
            self._close_store()
        pending = {name: unit.pending() for name, unit in self._units.items()}
        with closing(Store.open(self._database)) as store:
            return self._custody.account((row for _, row in store.records()), pending)

    def _at(self, due_ms: int, kind: int, entity: str, handle: Handler, *what: Any) -> None:
        self._scheduled += 1
        heappush(self._queue, (due_ms, kind, entity, self._scheduled, handle, what))

    def _look_after(self, entity: str, due_ms: int | None, kind: int, handle: Handler) -> None:
        """Have `handle` called no later than `due_ms`."""
        if due_ms is not None and due_ms < self._armed_ms.get(entity, due_ms + 1):
            self._armed_ms[entity] = due_ms
            self._at(due_ms, kind, entity, handle)

    # What is broken on purpose

    def _plan(self, fault: Fault, at_ms: int) -> None:
        if isinstance(fault, HostCrash):
            back_ms = at_ms + round(fault.down_s * 1000)
            self._at(at_ms, _FAULT, _THE_HOST, self._crash_host, back_ms)
            self._at(back_ms, _FAULT, _THE_HOST, self._start_host)
            return
        self._at(at_ms, _FAULT, fault.unit, self._tell_fault, fault.fault)
        if isinstance(fault, Reboot):
            self._at(at_ms, _FAULT, fault.unit, self._power_off)
            self._at(at_ms + round(fault.down_s * 1000), _FAULT, fault.unit, self._boot)
        elif isinstance(fault, StrapCut):
            self._at(at_ms, _FAULT, fault.unit, self._pin, "strap", 1)
        elif isinstance(fault, CaseOpen):
            self._at(at_ms, _FAULT, fault.unit, self._pin, "case", 1)
        elif isinstance(fault, Panic):
            self._at(at_ms, _FAULT, fault.unit, self._pin, "panic", 1)
            self._at(at_ms + PRESSED_MS, _FAULT, fault.unit, self._pin, "panic", 0)
        elif isinstance(fault, Battery):
            self._at(at_ms, _FAULT, fault.unit, self._discharge, fault.pct)

    def _tell_fault(self, entity: str, now_ms: int, name: str) -> None:
        self._chronicle.fault(name, entity, now_ms)

    # Units

    def _place(self, name: str) -> None:
        scenario = self._scenario
        said, path, start_ms = (
            scenario.document.units[name],
            scenario.paths[name],
            scenario.start_ms,
        )
        noise = Noise(scenario.seed, name, said.gnss, scenario.document.faults, start_ms)
        self._units[name] = VirtualUnit(name, said, scenario.key_of(name), path, noise)
        self._links[name] = Link(scenario.seed, name, said.network, start_ms)
        self._at(start_ms, _FAULT, name, self._boot)
        for at_ms, moving in path.turns():
            if at_ms > start_ms:
                self._at(at_ms, _MOTION, name, self._move, moving)
        for at_ms in self._links[name].changes_ms():
            self._at(at_ms, _LINK, name, self._change_link)

    def _boot(self, name: str, now_ms: int) -> None:
        self._units[name].boot(now_ms)
        self._change_link(name, now_ms)

    def _power_off(self, name: str, now_ms: int) -> None:  # noqa: ARG002
        self._units[name].power_off()

    def _move(self, name: str, now_ms: int, moving: bool) -> None:
        self._units[name].motion(moving, now_ms)
        self._drain(name, now_ms)

    def _pin(self, name: str, now_ms: int, pin: str, value: int) -> None:
        self._units[name].pin(pin, value, now_ms)
        self._drain(name, now_ms)

    def _discharge(self, name: str, now_ms: int, pct: int) -> None:
        self._units[name].battery(pct, now_ms)
        self._drain(name, now_ms)

    def _run_unit(self, name: str, now_ms: int) -> None:
        self._armed_ms.pop(name, None)
        self._units[name].run(now_ms)
        self._drain(name, now_ms)

    def _arrive_down(self, name: str, now_ms: int, sealed: bytes) -> None:
        self._units[name].command(sealed, now_ms)
        self._drain(name, now_ms)

    def _drain(self, name: str, now_ms: int) -> None:
        """Take from a unit whatever came of what has just happened to it."""
        unit, link = self._units[name], self._links[name]
        for signal in unit.signals():
            self._chronicle.presented(name, signal, now_ms)
        for message in unit.messages(now_ms, link.connected(now_ms)):
            self._custody.sent(name, message)
            for at_ms in link.arrivals_ms("up", now_ms):
                self._at(at_ms, _UP, name, self._arrive_up, message)
        self._look_after(name, unit.due_ms, _UNIT, self._run_unit)

    # The way between

    def _change_link(self, name: str, now_ms: int) -> None:
        """The broker tells the host that a unit is there, or gone (its last will)."""
        up = self._links[name].connected(now_ms)
        self._step_host([Connection(name, up, now_ms)], now_ms)
        self._drain(name, now_ms)

    def _arrive_up(self, name: str, now_ms: int, message: bytes) -> None:
        if self._host is None:
            self._at(self._up_again_ms, _UP, name, self._arrive_up, message)
        else:
            self._step_host([Received(name, message, now_ms)], now_ms)

    def _send_down(self, name: str, sealed: bytes, kept: bool) -> None:
        if self._crashes_within(COMMIT_MS + SEND_MS):
            return
        for at_ms in self._links[name].arrivals_ms("down", self._now_ms, kept):
            self._at(at_ms, _DOWN, name, self._arrive_down, sealed)

    # The host

    def _registry(self) -> Registry:
        scenario = self._scenario
        units = tuple(
            Unit(name, Role(unit.role), scenario.key_of(name), 1, unit.floor_s)
            for name, unit in scenario.document.units.items()
        )
        return Registry(units, scenario.assignments, scenario.orders)

    def _start_host(self, _: str, now_ms: int, registry: Registry | None = None) -> None:
        self._store = Store.open(self._database)
        if registry is None:
            self._chronicle.fault("host_back", "", now_ms)
        else:
            self._store.enter(registry, now_ms)
        self._host = VirtualHost(self._store, self._secret, now_ms, self._send_down)
        self._step_host([], now_ms)

    def _crash_host(self, _: str, now_ms: int, back_ms: int) -> None:
        self._chronicle.fault("host_crash", "", now_ms)
        self._close_store()
        self._host = None
        self._armed_ms.pop(_THE_HOST, None)
        self._up_again_ms = back_ms

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _host_due(self, _: str, now_ms: int) -> None:
        self._armed_ms.pop(_THE_HOST, None)
        self._step_host([], now_ms)

    def _step_host(self, inputs: list[Input], now_ms: int) -> None:
        if self._host is None or self._crashes_within(COMMIT_MS):
            return
        for outcome in self._host.step(inputs, now_ms):
            for signal in outcome.signals:
                self._chronicle.signal(signal)
            for delivery in outcome.deliveries:
                self._chronicle.delivery(delivery, now_ms)
        self._look_after(_THE_HOST, self._host.due_ms, _HOST, self._host_due)

    def _crashes_within(self, moment_ms: int) -> bool:
        return any(0 < at_ms - self._now_ms <= moment_ms for at_ms in self._crashes_ms)
