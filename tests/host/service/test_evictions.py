"""Connections that do not last: whose they are, and when that is an alarm."""

import random

import pytest

from firmware.backoff import Backoff
from host.service.evictions import (
    HOST_WITHIN_MS,
    LOST_MAX,
    NAMED_MAX,
    SHORT_MAX,
    STEADY_MS,
    UNIT_WITHIN_MS,
    Evictions,
)
from host.service.faults import HOST_EVICTED, UNIT_EVICTED


def test_a_unit_whose_connections_do_not_last_is_named_until_they_do() -> None:
    evictions = Evictions()
    for n in range(SHORT_MAX + 1):
        assert evictions.troubles(n * 1000) == {}
        evictions.connected("B1", n * 1000)
        evictions.connected("B2", n * STEADY_MS)
    last_ms = SHORT_MAX * 1000
    assert evictions.troubles(last_ms) == {(UNIT_EVICTED, "B1"): "B1"}
    assert evictions.troubles(1000 + UNIT_WITHIN_MS - 1) == {(UNIT_EVICTED, "B1"): "B1"}
    assert evictions.troubles(1000 + UNIT_WITHIN_MS) == {}


@pytest.mark.parametrize("rival_ms", [None, 100, 1000, 5000])
def test_two_units_of_one_name_are_told_within_a_minute(rival_ms: int | None) -> None:
    """Each waits as the firmware does, or the other one as long as it likes."""
    for seed in range(200):
        chance = random.Random(seed)
        waits = [Backoff(chance.randrange), Backoff(chance.randrange)]
        opened_ms, back_ms = [0, 0], [0, chance.randrange(30_000)]
        evictions, inside = Evictions(), 0
        evictions.connected("B1", 0)
        while not evictions.troubles(now_ms := back_ms[1 - inside]):
            assert now_ms < 60_000, seed
            evictions.connected("B1", now_ms)
            if now_ms - opened_ms[inside] >= STEADY_MS:
                waits[inside].reset()
            alone = rival_ms is None or inside == 0
            back_ms[inside] = now_ms + (waits[inside].next_ms() if alone else rival_ms or 0)
            inside = 1 - inside
            opened_ms[inside] = now_ms


def test_a_host_that_is_thrown_out_again_and_again_is_told() -> None:
    evictions = Evictions()
    for n in range(LOST_MAX):
        assert evictions.troubles(n * 1000) == {}
        evictions.lost(n * 1000)
    assert evictions.troubles(5000) == {(HOST_EVICTED, ""): "3"}
    assert evictions.troubles(HOST_WITHIN_MS - 1) == {(HOST_EVICTED, ""): "3"}
    assert evictions.troubles(HOST_WITHIN_MS) == {}


def test_units_that_come_again_because_the_broker_was_gone_are_not_told() -> None:
    evictions = Evictions()
    for n in range(2 * SHORT_MAX):
        evictions.lost(n * 1000)
        evictions.connected("B1", n * 1000)
    assert (UNIT_EVICTED, "B1") not in evictions.troubles(2000 * SHORT_MAX)


def test_no_more_units_are_named_than_can_be_looked_at() -> None:
    evictions = Evictions()
    for n in range(2 * NAMED_MAX * (SHORT_MAX + 1)):
        evictions.connected(f"B{n % (2 * NAMED_MAX)}", n)
    assert len(evictions.troubles(2 * NAMED_MAX * (SHORT_MAX + 1))) == NAMED_MAX
