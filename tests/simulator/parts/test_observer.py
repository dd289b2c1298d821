"""The host's audit is told entry by entry, each once, and never read again from its beginning."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from host.core.audit import Chain, Entry
from host.core.outcome import Outcome
from host.proximity.types import Level, Transition
from host.store.store import Store
from simulator.parts.observer import Observer
from simulator.worlds.chronicle import Chronicle
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
