"""How much memory an order costs, with its two units and all that the host holds for them."""

import gc
import os
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from host.core.centre import Centre
from host.service.downlink import Downlink
from host.store.store import Store
from tests.benchmarks.alone import alone
from tests.benchmarks.core import START_MS
from tests.benchmarks.figure import Figure
from tests.benchmarks.load import Fleet
from tests.host.host_at_work import KeptMessages

ORDERS = 50_000
_FIXES = 8  # of each unit: a ledger remembers no more


def run(_: int) -> list[Figure]:
    """Bytes per order, from the process's resident memory; it hardly differs between runs."""
    value = alone(bytes_per_order, ORDERS)
    return [Figure(f"memory per order, {ORDERS:,} orders", "B", (value,), 2_000.0, less=True)]


def bytes_per_order(orders: int) -> float:
    """Growth from before the registry is made until every unit has reported and been answered."""
    fleet = Fleet(orders)
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "bench.db")
        secret = store.secret()
        gc.collect()
        before = _resident()
        log = store.log
        centre = Centre(fleet.registry(), START_MS, secret)
        wearers = centre.roster.wearers
        wire = KeptMessages()
        downlink = Downlink(wire.publish, lambda unit: wearers[unit].unit, START_MS)
        messages = fleet.messages(1, START_MS, _FIXES)
        while batch := list(islice(messages, 512)):
            outcome = centre.step([*batch], batch[-1].at_ms)
            log.commit([outcome])
            downlink.send(outcome, batch[-1].at_ms)
            wire.sent.clear()
        gc.collect()
        grown = _resident() - before
        store.close()
    return grown / orders


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
