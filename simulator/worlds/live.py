"""A scenario live: a real broker, the real host, and the firmware in MicroPython, on real time.

Everything runs in processes of its own and meets only where it would in the field: units talk
MQTT to the broker, by way of a network that can fail (wire.py), and hear NMEA from their receivers.
The run is followed from outside: the host's audit, the broker's messages, what the wearers feel.
"""

import signal
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Self

from firmware.tools.bytecode import compile_all
from host.base.loopback import LOOPBACK
from host.registry.types import Order, Registry
from host.service.broker import Broker
from host.service.broker_rights import logins
from host.store.store import Store
from simulator.judges.custody import Account, Custody
from simulator.parts.fleet import Fleet
from simulator.parts.live_host import LiveHost, Plan
from simulator.parts.network import Link
from simulator.parts.observer import Observer
from simulator.parts.tap import Tap
from simulator.parts.virtual_unit import EPOCH_MS, Signal
from simulator.parts.wire import Wire
from simulator.scenario.agenda import Act, NotVirtual, agenda, refuse_virtual
from simulator.scenario.scenario import Scenario
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.pace import Pace

LOOK_S = 0.25  # how often the host's audit is read, in real time
MUSTER_MS = 20_000  # a unit gives GNSS up after 30 s, and its own clock is not held


def end_on_signals() -> None:
    """Let Ctrl-C and a plain kill end a live run in peace, also where a script has it ignored."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)


PRESENT = "demo"  # who is logged in at the console


class LiveWorld(NotVirtual):
    """One run, a Stage for the agenda. Enter it to set up; whatever happens, it leaves no process
    behind. `folder` takes everything that the run writes."""

    def __init__(
        self,
        scenario: Scenario,
        chronicle: Chronicle,
        folder: Path,
        *,
        speed: float = 1.0,
        console: str = f"{LOOPBACK}:0",
        language: str = "es",
    ) -> None:
        refuse_virtual(scenario)
        self._scenario = scenario
        self._chronicle = chronicle
        self._folder = folder
        self._console = console
        self._language = language
        self._stack = ExitStack()
        self._custody = Custody()
        self._host = LiveHost()
        self._fleet = Fleet(scenario, folder, compile_all(), self._hear)
        self._heard: SimpleQueue[tuple[str, Signal, int]] = SimpleQueue()
        self._waiting: deque[tuple[str, Signal, int]] = deque()
        self._looked_at = 0.0
        self._ended = Event()
        self._aside = ThreadPoolExecutor(1, "restart")
        self._restarting = self._aside.submit(lambda: None)
        self._pace = Pace(scenario.start_ms, speed=speed)
        self._links = {
            name: Link(scenario.seed, name, unit.network, scenario.start_ms)
            for name, unit in scenario.document.units.items()
        }
        self._absent = set[str]()  # units that are awaited

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._set_up(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def console_url(self) -> str:
        """Where the page is."""
        return self._host.console_url

    def run(self) -> Account:
        """Play the scenario to its end or until `end`; count what was made, stored and lost."""
        acts = deque(self._muster(agenda(self._scenario)))
        for now_ms in range(self._scenario.start_ms, self._scenario.end_ms, EPOCH_MS):
            if self._ended.is_set():
                break
            while acts and acts[0].due_ms <= now_ms:
                act = acts.popleft()
                self._pace.sleep_until(act.due_ms)
                act.perform(self, act.unit, act.due_ms)
            self._pace.sleep_until(now_ms)
            self._fleet.speak(now_ms)
            if monotonic() - self._looked_at >= LOOK_S:
                self._follow()
        self._fleet.stop()
        self._restarting.result()
        self._host.stop()
        self._follow()
        return self._custody.account(
            (row for _, row in self._store.records()), self._fleet.pending()
        )

    def end(self) -> None:
        """From any thread: let `run` return soon."""
        self._ended.set()

    def _muster(self, acts: list[Act]) -> list[Act]:
        """Begin once the units that can reach the broker have; returns what is left to be done."""
        start_ms = self._scenario.start_ms
        self._absent = {name for name, link in self._links.items() if link.connected(start_ms)}
        first = [act for act in acts if act.due_ms == start_ms and act.unit in self._absent]
        until_s = monotonic() + MUSTER_MS / 1000 / self._pace.speed
        for act in first:
            act.perform(self, act.unit, start_ms)
        while self._absent and monotonic() < until_s and not self._ended.wait(0.01):
            pass
        self._pace.begin()
        self._host.begin(self._pace.steady_at_s(start_ms))
        return [act for act in acts if act not in first]

    # Set up

    def _set_up(self, stack: ExitStack) -> None:
        start_ms = self._scenario.start_ms
        self._store = Store.open(self._folder / "resguardo.db")
        stack.callback(self._store.close)
        stack.callback(self._fleet.stop)
        self._fleet.enrol(self._store)
        registry = Registry((), self._scenario.assignments, self._scenario.orders)
        self._store.enter(registry, start_ms)
        self._observer = Observer(self._store, self._chronicle)
        self._broker = stack.enter_context(
            Broker(self._folder / "broker", passwords=logins(self._store.registry().units))
        )
        tap = Tap(self._broker.url, self._custody)
        tap.start()
        stack.callback(tap.stop)
        stack.callback(self._host.stop)
        stack.callback(self._aside.shutdown)
        self._host.prepare()
        self._host.start(self._plan())
        self._wire = Wire(self._broker.port, self._links, self._pace)
        self._wire.start()
        stack.callback(self._wire.stop)

    def _plan(self) -> Plan:
        return Plan(
            settings={
                "folder": str(self._folder),
                "broker": self._broker.url,
                "console": self._console,
                "present": PRESENT,
                "language": self._language,
            },
            epoch_ms=self._pace.epoch_ms,
            steady_s=self._pace.steady_s,
            speed=self._pace.speed,
        )

    # The agenda's stage

    def tell(self, unit: str, now_ms: int, fault: str) -> None:
        self._chronicle.fault(fault, unit, now_ms)

    def power_on(self, unit: str, now_ms: int) -> None:  # noqa: ARG002
        self._fleet.power_on(unit, f"{LOOPBACK}:{self._wire.port_of[unit]}", self._pace)

    def power_off(self, unit: str, now_ms: int) -> None:  # noqa: ARG002
        self._fleet.power_off(unit)

    def move(self, unit: str, now_ms: int, moving: bool) -> None:  # noqa: ARG002
        self._fleet.motion(unit, moving)

    def pin(self, unit: str, now_ms: int, pin: str, value: int) -> None:  # noqa: ARG002
        self._fleet.pin(unit, pin, value)

    def discharge(self, unit: str, now_ms: int, pct: int) -> None:  # noqa: ARG002
        self._fleet.battery(unit, pct)

    def crash_host(self, unit: str, now_ms: int) -> None:  # noqa: ARG002
        self._restarting.result()
        self._host.crash()
        self._host.prepare()

    def restart_host(self, unit: str, now_ms: int) -> None:
        self.tell(unit, now_ms, "host_back")
        # It takes a second or two, and nothing else waits for it.
        self._restarting = self._aside.submit(self._host.start, self._plan())

    def change(self, order: Order, now_ms: int) -> None:
        self._store.save_order(order, now_ms)

    # What happens meanwhile

    def _hear(self, unit: str, words: list[str]) -> None:
        """A line of a unit's, in the thread that listens to it."""
        if words == ["say", "connected"]:
            self._absent.discard(unit)
        elif words[0] == "feel":
            pattern, level, text = map(int, words[1:4])
            self._heard.put((unit, (pattern, level, text, int(words[4], 16)), self._pace.now_ms()))

    def _follow(self) -> None:
        """Tell what has happened since: what was felt right after the host's word on it."""
        self._looked_at = monotonic()
        for _ in self._observer.look():
            self._pass_on()
        self._pass_on()

    def _pass_on(self) -> None:
        while not self._heard.empty():
            self._waiting.append(self._heard.get())
        while self._waiting and self._chronicle.knows(self._waiting[0][1]):
            self._chronicle.presented(*self._waiting.popleft())
