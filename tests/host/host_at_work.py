"""A host without a broker, two units that talk to it, and a store that can be taken away."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from host.base.clock import Clock
from host.core.outcome import Outcome, Received
from host.registry.types import Unit
from host.service.inbox import Inbox
from host.service.loop import Service
from host.store.failure import StoreDown, StoreRefused
from host.store.store import Store
from protocol import command
from tests.host.units import BRACELET, REGISTRY, VICTIM_UNIT, FieldUnit

WITHIN_S = 10.0


class KeptMessages:
    """A transport without a broker: what the host sends is kept in `sent`."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.connected = Event()
        self.sent: list[tuple[str, bytes]] = []
        self.admitted: list[str] = []
        self.wrong: dict[tuple[str, str], str] = {}  # what it finds wrong with the broker

    def start(self, inbox: Inbox) -> None:
        self.connected.set()

    def stop(self) -> None:
        self.connected.clear()

    def admit(self, units: Iterable[Unit]) -> None:
        self.admitted += [unit.id for unit in units]

    def troubles(self, now_ms: int) -> dict[tuple[str, str], str]:
        return dict(self.wrong)

    def publish(self, unit: str, payload: bytes) -> None:
        self.sent.append((unit, payload))


class HostAtWork:
    """A host with two units, and a store that can be taken away."""

    def __init__(
        self, folder: Path, clock: Clock | None = None, *, anchor: Path | None = None
    ) -> None:
        self.folder, self.anchor = folder, anchor
        self.clock = clock or Clock()
        self.bracelet, self.victim = FieldUnit(BRACELET), FieldUnit(VICTIM_UNIT)
        self.down, self.refuses = Event(), Event()
        self.store = Store.open(folder / "a.db")
        if not self.store.registry().orders:
            self.store.enter(REGISTRY, 1)
        self.begin()

    def begin(self) -> None:
        """Start a host on the database, as after a crash."""
        self.transport = KeptMessages()
        self.service = Service(
            self.store,
            self.transport,
            self.clock,
            emergency=self.folder / "elsewhere.jsonl",
            anchor=self.anchor,
        )
        self._commit = self.store.log.commit
        self.store.log.commit = self._try  # type: ignore[method-assign]
        self.service.start()

    def _try(self, outcomes: Sequence[Outcome]) -> None:
        if self.down.is_set():
            raise StoreDown("no space left")
        if self.refuses.is_set():
            raise StoreRefused("bad row")
        self._commit(outcomes)

    def end(self) -> None:
        self.down.clear()
        self.service.stop()
        self.store.close()

    def says(self, unit: FieldUnit, payload: bytes) -> None:
        self.service.put(Received(unit.id, payload, self.clock.now_ms()))

    def near(self, north_m: float = 300.0) -> None:
        """Both parties report, so far from each other."""
        self.says(self.victim, self.victim.fix(self.clock.now_ms()))
        self.says(self.bracelet, self.bracelet.fix(self.clock.now_ms(), north_m))

    def told(self, kind: type, unit: FieldUnit | None = None) -> list[Any]:
        """Commands of a kind that have been sent, oldest first."""
        units = {one.id: one for one in (self.bracelet, self.victim)}
        read = [units[name].read(sealed) for name, sealed in list(self.transport.sent)]
        names = [name for name, _ in self.transport.sent]
        return [
            one
            for name, one in zip(names, read, strict=False)
            if isinstance(one, kind) and (unit is None or name == unit.id)
        ]

    def answers(self, unit: FieldUnit | None = None) -> list[Any]:
        return self.told(command.Answer, unit)

    def warnings(self, unit: FieldUnit | None = None) -> list[Any]:
        return self.told(command.Warning, unit)

    def faults(self) -> list[dict[str, Any]]:
        """What the console shows of the host itself."""
        incidents = self.service.requests.snapshot()["incidents"]
        return [one for one in incidents if one["order"] is None]

    def alarms(self) -> dict[str, dict[str, Any]]:
        """The console's alarm queue by cause."""
        return {one["cause"]: one for one in self.service.requests.snapshot()["incidents"]}


def until(happens: Callable[[], object]) -> None:
    """Wait for something, but not for ever."""
    deadline = time.monotonic() + WITHIN_S
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)
