"""Finding a fix by time: whatever the slices, the nearest one is found, or none."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host.proximity.track import LATE
from host.store import database
from host.store import log as log_module
from host.store.database import make_engine
from host.store.store import Store
from tests.host.store.rows import fix_row, new_database, outcome_of

_fixes = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.integers(0, 400),
        st.sampled_from(["", "", LATE, "future"]),
    ),
    max_size=40,
)


@given(fixes=_fixes, cuts=st.integers(1, 5), time_ms=st.integers(0, 400), within=st.integers(0, 99))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_nearest_trusted_fix_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    fixes: list[tuple[str, int, str]],
    cuts: int,
    time_ms: int,
    within: int,
) -> None:
    monkeypatch.setattr(log_module, "SLICE_ROWS", 7)
    monkeypatch.setattr(database, "_SYNCHRONOUS", "OFF")
    path = new_database(tmp_path_factory.mktemp("tracks") / "a.db")
    store = Store(path, make_engine(path))
    rows = [fix_row(unit, n, at, why) for n, (unit, at, why) in enumerate(fixes, 1)]
    for begin in range(0, len(rows), cuts):
        store.log.commit([outcome_of(*rows[begin : begin + cuts])])
    near = [
        row
        for row in rows
        if row.unit == "A" and row.verdict != "future" and abs(row.time_ms - time_ms) <= within
    ]
    found = store.fix_near("A", time_ms, within)
    store.close()
    if not near:
        assert found is None
        return
    best = min(near, key=lambda row: (abs(row.time_ms - time_ms), row.sequence))
    assert found is not None
    assert (found.unit, found.sequence, found.time_ms) == ("A", best.sequence, best.time_ms)
    assert (found.lat_e7, found.lon_e7, found.a95_m) == (best.lat_e7, best.lon_e7, 5.0)


def test_other_rows_are_passed_over(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "a.db")
    boot = fix_row("A", 1, 1000)._replace(kind="boot")
    store.log.commit([outcome_of(boot)])
    assert store.fix_near("A", 1000, 60_000) is None
