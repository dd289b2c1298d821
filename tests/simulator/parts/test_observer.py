"""The host's audit is told entry by entry, each once, and never read again from its beginning."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from host.core.audit import Chain, Entry
from host.core.outcome import Outcome
from host.escalation.incident import Incident, State
from host.proximity.types import Level, Transition
from host.store.store import Store
from simulator.parts.observer import Observer
from simulator.worlds.chronicle import Chronicle
from simulator.worlds.report import Event
from tests.simulator.scenes import scene


class WatchedStore(Store):
    """Counts the entries that are read from it."""

    read = 0

    def audit(self, after: int = 0) -> Iterator[Entry]:
        for entry in super().audit(after):
            self.read += 1
            yield entry


def test_each_look_reads_on_from_the_last(tmp_path: Path) -> None:
    chronicle = Chronicle(scene(tmp_path), lambda event: None)
    store = WatchedStore.open(tmp_path / "a.db")
    observer = Observer(store, chronicle)
    chain = Chain(bytes(32))
    for rise, level in enumerate((Level.PRE_ALERT, Level.ALERT, Level.BREACH), 1):
        before = Level(level - 1)
        told = Transition("o1", "victim:ana", rise, rise, before, level, rise, "enters", 900.0)
        store.log.commit([Outcome(audit=[chain.append("level", "o1", asdict(told), rise)])])
        assert list(observer.look()) == [rise]
        assert chronicle.facts.final["o1"] is level
    assert list(observer.look()) == []
    assert store.read == 3
    store.close()


def test_an_incident_is_told_as_on_virtual_time(tmp_path: Path) -> None:
    events: list[Event] = []
    chronicle = Chronicle(scene(tmp_path), events.append)
    store = WatchedStore.open(tmp_path / "a.db")
    chain = Chain(bytes(32))
    waits = Incident(
        "1", "o1", "panic:V1", "panic", 0, Level.BREACH, Level.BREACH, 5, 5, 5, "",
        state=State.UNACKNOWLEDGED,
    )  # fmt: skip
    answered = replace(waits, state=State.ACKNOWLEDGED, changed_ms=6)
    over = replace(waits, state=State.NORMAL, changed_ms=7)
    audit = [
        chain.append("incident.x", "o1", incident.to_json(), incident.changed_ms)
        for incident in (waits, waits, answered, over)
    ]
    store.log.commit([Outcome(audit=audit)])
    assert len(list(Observer(store, chronicle).look())) == len(audit)
    store.close()
    told = [(event["type"], event["at"][-5:], event["opened"]) for event in events]
    assert told == [("incident", ".005Z", True), ("incident", ".007Z", False)]
    assert chronicle.facts.incidents == 1
