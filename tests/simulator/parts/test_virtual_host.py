"""The simulated host stores what happened in the order in which it was decided."""

from contextlib import closing
from pathlib import Path

from host.core.outcome import Input, Outcome, Received
from host.evidence.verify import verify
from host.store.store import Store
from simulator.parts.virtual_host import VirtualHost
from tests.host.driven_centre import REGISTRY, SECRET, Sealer, at_ms


def test_what_a_late_fix_asks_of_a_store_that_is_back_is_decided_after_all_that_waited(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    hers, his = (Sealer(unit) for unit in reversed(REGISTRY.units))
    late, later = his.fix(20, 400), his.fix(300, 6000)
    with closing(Store.open(path)) as store:
        store.adopt_secret(SECRET)
        store.enter(REGISTRY, at_ms(0))
        host = VirtualHost(store, SECRET, at_ms(0), lambda *_: None)

        def take(unit: str, at_s: int, sealed: bytes) -> list[Outcome]:
            inputs: list[Input] = [Received(unit, sealed, at_ms(at_s))]
            return host.step(inputs, at_ms(at_s))

        take("V1", 20, hers.fix(20))
        take("B1", 300, later)
        host.lose_store()
        (asking,) = take("B1", 310, late)
        assert asking.lookbacks
        take("V1", 315, hers.fix(315))
        (answered,) = host.regain_store(at_ms(320))
        assert [row.kind for row in answered.records] == ["found"]
    assert verify(path).difference is None
