from simulator.parts.network import DETECT_MS, RECONNECT_MS, Link
from simulator.scenario.schema.units import Cut, Network


def _link(seed: int = 1, **network: object) -> Link:
    settings = Network.model_construct(**{**Network().__dict__, **network})
    return Link(seed, "B1", settings, 0)


def test_messages_arrive_after_the_latency_and_in_order() -> None:
    link = _link(latency_ms=100, jitter_ms=1000)
    arrivals = [link.arrivals_ms("up", at_ms) for at_ms in range(0, 20_000, 50)]
    assert all(len(one) == 1 for one in arrivals)
    times = [one[0] for one in arrivals]
    assert times == sorted(times)
    assert all(100 <= due - sent <= 1100 for sent, due in zip(range(0, 20_000, 50), times))


def test_shares_are_what_they_say() -> None:
    link = _link(loss=0.2, duplicate=0.1)
    counts = [len(link.arrivals_ms("down", at_ms)) for at_ms in range(0, 4_000_000, 1000)]
    assert 0.17 < counts.count(0) / len(counts) < 0.23
    assert 0.06 < counts.count(2) / len(counts) < 0.10


def test_reordering_overtakes() -> None:
    link = _link(reorder=0.2)
    times = [link.arrivals_ms("up", at_ms)[0] for at_ms in range(0, 400_000, 500)]
    assert times != sorted(times)


def test_one_setting_does_not_change_what_another_does() -> None:
    plain, lossy = _link(jitter_ms=500), _link(jitter_ms=500, loss=0.3)
    for at_ms in range(0, 1_000_000, 5000):
        arrivals = lossy.arrivals_ms("up", at_ms)
        assert arrivals in ([], plain.arrivals_ms("up", at_ms))


def test_what_is_sent_into_a_cut_is_gone_until_the_unit_is_back() -> None:
    link = _link(jitter_ms=0, cuts=(Cut(from_s=10, until_s=60),))
    back_ms = 60_000 + RECONNECT_MS
    assert link.arrivals_ms("up", 9_999) == [10_149]
    for at_ms in (10_000, 30_000, back_ms - 1):
        assert link.arrivals_ms("up", at_ms) == link.arrivals_ms("down", at_ms) == []
    assert link.arrivals_ms("down", back_ms) == link.arrivals_ms("up", back_ms) == [back_ms + 150]


def test_on_a_connection_that_stands_a_cut_only_delays() -> None:
    link = _link(jitter_ms=0, cuts=(Cut(from_s=10, until_s=60),))
    assert link.arrivals_ms("down", 30_000, kept=True) == [60_000 + RECONNECT_MS + 150]


def test_a_cut_may_be_of_one_way_only() -> None:
    link = _link(jitter_ms=0, cuts=(Cut(from_s=10, until_s=60, direction="down"),))
    assert link.arrivals_ms("up", 20_000) == [20_150]
    assert link.arrivals_ms("down", 20_000) == []


def test_a_unit_notices_a_cut_late_and_its_end_too() -> None:
    link = _link(cuts=(Cut(from_s=10, until_s=60),))
    begins_ms, ends_ms = 10_000 + DETECT_MS, 60_000 + RECONNECT_MS
    assert link.changes_ms() == [begins_ms, ends_ms]
    assert [link.connected(ms) for ms in (begins_ms - 1, begins_ms, ends_ms - 1, ends_ms)] == [
        True,
        False,
        False,
        True,
    ]
    short = _link(cuts=(Cut(from_s=10, until_s=12),))
    assert all(short.connected(ms) for ms in range(0, 60_000, 500))


def test_a_cut_is_waited_out_and_ends_in_a_new_connection_although_the_old_is_forgotten() -> None:
    link = _link(jitter_ms=0, latency_ms=0, forgets_idle_s=30, cuts=(Cut(from_s=50, until_s=100),))
    due_ms = link.carrier_due_ms(0)
    assert due_ms == 45_000  # a ping
    assert not link.step(due_ms)
    assert link.carrier_due_ms(due_ms) == 55_000
    assert not link.step(55_000)  # it is given up
    assert not link.connected(55_000)
    absent_ms, back_ms = 50_000 + DETECT_MS, 100_000 + RECONNECT_MS
    link.connect(absent_ms)
    assert not link.step(absent_ms)
    assert link.carrier_due_ms(absent_ms) is None
    link.connect(back_ms)
    assert link.connected(back_ms)
    assert link.arrivals_ms("down", back_ms) == [back_ms]
