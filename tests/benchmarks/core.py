"""From sealed bytes through verification, proximity, escalation and audit to the commit."""

import gc
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from host.core.centre import Centre
from host.core.outcome import Outcome, Received
from host.ingest.row import RecordRow
from host.service.revive import revive
from host.store.store import Store
from host.store.writer import Writer
from tests.benchmarks.alone import alone
from tests.benchmarks.figure import Figure
from tests.benchmarks.load import Fleet

START_MS = 1_790_000_000_000
SIZES = (100, 1_000, 10_000, 50_000)
FIXES = 30_000
STORED_ROWS = 1_000_000
_STEP = 512  # as many as the service takes at once
_GOAL = 10_000.0


def run(runs: int) -> list[Figure]:
    """One figure per size, one with a million rows in the store, one with batches."""
    cases = [
        *((f"{orders:,} orders", orders, 0, 1) for orders in SIZES),
        ("10,000 orders, a million rows stored", 10_000, STORED_ROWS, 1),
        ("1,000 orders, 8 fixes a message", 1_000, 0, 8),
    ]
    return [_figure(f"core and commit, {name}", runs, *case) for name, *case in cases]


def _figure(name: str, runs: int, orders: int, rows: int, records: int) -> Figure:
    values = [alone(fixes_per_s, orders, rows, records) for _ in range(runs)]
    return Figure(name, "fixes/s", tuple(values), _GOAL)


def fixes_per_s(orders: int, rows: int, records: int) -> float:
    """How many fixes a second are committed, the writer's thread beside the core's."""
    fleet = Fleet(orders)
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "bench.db")
        for begin in range(0, rows, 50_000):
            store.log.commit([Outcome(records=_old_rows(begin, 50_000))])
        store.enter(fleet.registry(), 1)
        centre = revive(store, store.secret(), START_MS)
        writer = Writer(store.log)
        writer.start()
        rounds = 1 + -(-FIXES // (2 * orders * records))
        messages = fleet.messages(rounds, START_MS, records)
        _drive(centre, writer, islice(messages, 2 * orders))  # everybody has reported once
        measured = list(islice(messages, FIXES // records))
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        _drive(centre, writer, measured)
        took_s = time.perf_counter() - began
        writer.stop()
        store.close()
    assert centre.counters["accepted"] == (2 * orders + len(measured)) * records
    return len(measured) * records / took_s


def _drive(centre: Centre, writer: Writer, messages: Iterable[Received]) -> None:
    remaining = iter(messages)
    commits = []
    while batch := list(islice(remaining, _STEP)):
        commits.append(writer.submit(centre.step([*batch], batch[-1].at_ms)))
    for commit in commits:
        commit.result()


def _old_rows(begin: int, count: int) -> list[RecordRow]:
    return [
        RecordRow(
            START_MS - 10**9 + row,
            f"B{row % 20_000:06d}",
            "fix",
            row,
            START_MS - 10**9 + row,
            146_000_000,
            -905_000_000,
            5000,
            "",
            bytes(48),
        )
        for row in range(begin, begin + count)
    ]
