"""A connection that is forgotten when it is idle: what passes, and when its unit finds out."""

from simulator.parts.carrier import ANEW_MS, FOUND_MS, Carrier

PING_MS = 45_000  # three quarters of a keep-alive of 60 s


def test_what_passes_keeps_the_connection() -> None:
    carrier = Carrier(30_000, 60, 0)
    assert all(carrier.passes(now_ms, sends=False) for now_ms in range(0, 300_000, 29_999))


def test_over_a_forgotten_connection_nothing_passes_and_the_unit_does_not_know() -> None:
    carrier = Carrier(30_000, 60, 0)
    assert not carrier.passes(30_000, sends=False)
    assert not carrier.passes(30_001, sends=False)
    assert (carrier.away, carrier.due_ms) == (False, PING_MS)


def test_a_unit_that_speaks_finds_out_and_connects_anew() -> None:
    carrier = Carrier(30_000, 60, 0)
    assert not carrier.passes(40_000, sends=True)
    assert not carrier.passes(41_000, sends=True)
    carrier.step(40_000 + FOUND_MS - 1)
    assert (carrier.away, carrier.due_ms) == (False, 40_000 + FOUND_MS)
    carrier.step(carrier.due_ms)
    assert (carrier.away, carrier.due_ms) == (True, 40_000 + FOUND_MS + ANEW_MS)
    carrier.step(carrier.due_ms)
    assert not carrier.away
    assert carrier.passes(60_000, sends=False)


def test_a_unit_that_only_listens_finds_out_by_its_ping_and_pings_more_often_from_then_on() -> None:
    carrier, deaf_ms = Carrier(30_000, 60, 0), 0
    now_ms = 0
    while now_ms < 3_600_000:
        before_ms, now_ms = now_ms, carrier.due_ms
        deaf_ms += max(0, now_ms - before_ms - 30_000) if not carrier.away else ANEW_MS
        carrier.step(now_ms)
    assert deaf_ms < 60_000  # of an hour
    assert 10_000 < carrier._ping_ms < 30_000
    longer = Carrier(60_000, 60, 0)
    for _ in range(10):
        longer.step(longer.due_ms)
    assert (longer._ping_ms, longer.away) == (PING_MS, False)
