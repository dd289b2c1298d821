"""Through a broker at QoS 1, with the sealed answer to each message."""

import selectors
import time
from multiprocessing.connection import Connection

from host.base.clock import Clock
from tests.benchmarks.alone import alone
from tests.benchmarks.figure import Figure
from tests.benchmarks.hosted import beside, hosted, wait_for_go
from tests.benchmarks.load import Fleet
from tests.benchmarks.raw_units import RawUnit

ORDERS = 200
UNANSWERED_MAX = 4  # messages that a unit has under way
_SPACING_MS = 20  # between fixes: all of a run lies within the last seconds
_STALLED_S = 5.0


def run(runs: int) -> list[Figure]:
    """Messages of one fix, and of twenty."""
    single = tuple(alone(messages_per_s, 40, 1) for _ in range(runs))
    batched = tuple(20 * alone(messages_per_s, 10, 20) for _ in range(runs))
    return [
        Figure("through the broker, one fix a message, answered", "messages/s", single, 2_500.0),
        Figure("through the broker, 20 fixes a message, answered", "fixes/s", batched, 10_000.0),
    ]


def messages_per_s(messages: int, records: int) -> float:
    """`messages` of each unit, from the first one's departure to the last one's answer."""
    with hosted(Fleet(ORDERS).registry()) as host:
        seconds, answered = beside(_send, host.port, messages, records)
        dropped = host.transport.counters["dropped"]
    if answered < 2 * ORDERS * messages:
        raise RuntimeError(f"{answered} answers to {2 * ORDERS * messages}, {dropped} dropped")
    return float(answered / seconds)


def _send(pipe: Connection, port: int, messages: int, records: int) -> None:
    fleet = Fleet(ORDERS)
    units = [RawUnit(fleet.name(n), port) for n in range(2 * ORDERS)]
    began_ms = Clock().now_ms() - messages * records * _SPACING_MS
    packets = [
        [
            unit.publish_packet(
                b"".join(
                    fleet.fix(n, began_ms + (turn * records + one) * _SPACING_MS)
                    for one in range(records)
                )
            )
            for turn in range(messages)
        ]
        for n, unit in enumerate(units)
    ]
    poll = selectors.DefaultSelector()
    for n, unit in enumerate(units):
        poll.register(unit.socket, selectors.EVENT_READ, n)
    sent, answered = [UNANSWERED_MAX] * len(units), 0
    began = ended = wait_for_go(pipe)
    for n, unit in enumerate(units):
        unit.send(b"".join(packets[n][:UNANSWERED_MAX]))
    while answered < len(units) * messages:
        ready = poll.select(_STALLED_S)
        if not ready:
            break
        for key, _ in ready:
            n = key.data
            count = units[n].commands()
            if count:
                answered += count
                units[n].send(b"".join(packets[n][sent[n] : sent[n] + count]))
                sent[n] += count
        ended = time.perf_counter()
    pipe.send((ended - began, answered))
