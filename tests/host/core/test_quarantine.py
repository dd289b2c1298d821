"""Floods of what is refused: kept up to a limit, counted beyond it, and never at others' cost."""

from dataclasses import replace

from host.core.quarantine import FULL, KEPT_MAX
from host.evidence.recompute import Evidence, recompute
from host.registry.types import Assignment, Order, Unit
from tests.host.driven_centre import REGISTRY, SECRET, DrivenCentre

HOUR_S = 3600


def kept(driven: DrivenCentre, unit: str | None = None) -> int:
    rows = [row for told in driven.outcomes for row in told.records if row.kind != "fix"]
    return len([row for row in rows if unit is None or row.unit == unit])


def forged(driven: DrivenCentre, at_s: float) -> bytes:
    """A record whose seal does not fit."""
    sealed = driven.sealers["B1"].fix(at_s)
    return sealed[:-1] + bytes((sealed[-1] ^ 1,))


def test_a_flood_of_forged_records_is_kept_up_to_a_limit_an_hour() -> None:
    driven = DrivenCentre()
    for n in range(KEPT_MAX + 20):
        driven.receive("B1", n / 10, forged(driven, 0))
    assert kept(driven) == KEPT_MAX
    assert (driven.centre.counters[FULL], driven.centre.counters["bad_seal"]) == (20, KEPT_MAX + 20)
    driven.receive("B1", HOUR_S, forged(driven, 0))
    assert kept(driven) == KEPT_MAX + 1


def test_a_good_record_among_forged_ones_is_stored_and_so_are_other_units() -> None:
    driven = DrivenCentre()
    sealer = driven.sealers["B1"]
    for n in range(KEPT_MAX):
        driven.receive("B1", n / 10, forged(driven, 0))
    told = driven.receive("B1", 20, forged(driven, 20), sealer.fix(20), b"tail of garbage")
    assert [row.kind for row in told.records] == ["fix"]
    assert told.answers
    driven.receive("V1", 21, b"garbage of another unit, which is kept")
    assert kept(driven, "V1") == 1


def test_all_unknown_units_together_are_kept_up_to_one_limit() -> None:
    driven = DrivenCentre()
    for n in range(KEPT_MAX + 20):
        driven.receive(f"X{n}", n / 10, b"of nobody")
    assert kept(driven) == KEPT_MAX


def test_what_the_unit_itself_has_sealed_is_kept_however_much_it_is() -> None:
    driven = DrivenCentre()
    sealer = driven.sealers["B1"]
    for n in range(KEPT_MAX + 5):
        driven.receive("B1", n / 10, sealer.raw(1, b"short"), forged(driven, 0))
    rows = [row for told in driven.outcomes for row in told.records]
    assert len([row for row in rows if row.verdict == "truncated"]) == KEPT_MAX + 5
    before = sealer.sequence
    for n in range(KEPT_MAX + 5):
        sealer.sequence = before - 1
        driven.receive("B1", 20 + n / 10, sealer.fix(20 + n))
    rows = [row for told in driven.outcomes for row in told.records]
    assert len([row for row in rows if row.verdict == "tamper"]) >= KEPT_MAX


def test_a_flooded_quarantine_can_be_recomputed_over_a_restart() -> None:
    items: list[Unit | Assignment | Order] = [
        *REGISTRY.units,
        *REGISTRY.assignments,
        *REGISTRY.orders,
    ]
    driven = DrivenCentre(replace(REGISTRY, entry=len(items)))
    for n in range(KEPT_MAX + 20):
        driven.receive("B1", n, forged(driven, n), driven.sealers["B1"].fix(n, 3000 - n), b"tail")
        driven.receive(f"X{n}", n, b"of nobody")
        if n == KEPT_MAX:
            driven.restart()
    rows = [row for told in driven.outcomes for row in told.records]
    entries = [entry for told in driven.outcomes for entry in told.audit]
    report = recompute(
        Evidence(iter(enumerate(rows, 1)), entries, list(enumerate(items, 1)), SECRET)
    )
    assert (report.rows, len(report.starts)) == (len(rows), 2)
    assert driven.centre.counters[FULL] > 0
