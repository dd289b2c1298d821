"""From a fix's arrival at the host to the publication of the warning that it leads to."""

import math
import selectors
import time
from multiprocessing.connection import Connection
from typing import Any

from host.base.clock import Clock
from host.core.outcome import Received
from host.service.inbox import Inbox
from host.service.mqtt import MqttTransport
from protocol import command
from protocol.record import sequence_of
from protocol.seal import down_channel
from tests.benchmarks.alone import alone
from tests.benchmarks.figure import Figure
from tests.benchmarks.hosted import beside, hosted, wait_for_go
from tests.benchmarks.load import APART_E7, Fleet, key_of
from tests.benchmarks.raw_units import RawUnit

ORDERS = 400
FIXES_PER_S = 2_000
SECONDS = 12
APPROACHING = 200  # orders whose bracelet steps over the pre-alert distance during the run
_METRE_E7 = 90.4
_OUTSIDE_E7 = APART_E7 - round(1_030 * _METRE_E7)
_INSIDE_E7 = APART_E7 - round(975 * _METRE_E7)
_ROUNDS = FIXES_PER_S * SECONDS // (2 * ORDERS)
_FIRST_STEP = 5  # rounds before anything happens


def run(runs: int) -> list[Figure]:
    """Median and 99th percentile of the warnings of each run, in milliseconds."""
    delays = [alone(warning_delays_ms) for _ in range(runs)]
    name = f"fix to warning at {FIXES_PER_S:,} fixes/s"
    return [
        Figure(f"{name}, p50", "ms", tuple(_percentile(one, 0.50) for one in delays), less=True),
        Figure(
            f"{name}, p99", "ms", tuple(_percentile(one, 0.99) for one in delays), 100.0, less=True
        ),
    ]


def _step_round(pair: int) -> int:
    """The round in which an approaching pair's bracelet steps inside."""
    return _FIRST_STEP + pair * (_ROUNDS - 2 * _FIRST_STEP) // APPROACHING


class _Stamped(MqttTransport):
    """Notes when a decisive fix goes into the inbox, and when the first warning leaves."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.arrived: dict[str, float] = {}
        self.warned: dict[str, float] = {}

    def start(self, inbox: Inbox) -> None:
        put = inbox.put

        def stamp(item: Any) -> None:
            if type(item) is Received and item.unit[0] == "B":
                pair = int(item.unit[1:])
                if pair < APPROACHING and sequence_of(item.payload) == _step_round(pair) + 1:
                    self.arrived[item.unit[1:]] = time.perf_counter()
            put(item)

        inbox.put = stamp  # type: ignore[method-assign]
        super().start(inbox)

    def publish(self, unit: str, payload: bytes) -> None:
        super().publish(unit, payload)
        at_s, pair = time.perf_counter(), unit[1:]
        if unit[0] == "V" and pair in self.arrived and pair not in self.warned:
            said = command.decode(payload, down_channel(key_of(2 * int(pair) + 1), unit, 1))
            if isinstance(said, command.Warning):
                self.warned[pair] = at_s


def warning_delays_ms() -> list[float]:
    """One delay per approaching order."""
    with hosted(Fleet(ORDERS).registry(), _Stamped) as host:
        late_s = beside(_send, host.port)
        transport = host.transport
    assert isinstance(transport, _Stamped)
    missing = APPROACHING - len(transport.warned)
    if missing or late_s > 1.0:
        raise RuntimeError(f"{missing} warnings are missing, the load was {late_s:.1f} s late")
    return [(at - transport.arrived[pair]) * 1000 for pair, at in transport.warned.items()]


def _send(pipe: Connection, port: int) -> None:
    fleet = Fleet(ORDERS)
    units = [RawUnit(fleet.name(n), port) for n in range(2 * ORDERS)]
    spacing_ms = 1000 * SECONDS // _ROUNDS
    began_ms = Clock().now_ms()
    packets = []
    for turn in range(_ROUNDS):
        for n, unit in enumerate(units):
            north_e7 = None
            if n % 2 == 0 and n // 2 < APPROACHING:
                north_e7 = _INSIDE_E7 if turn >= _step_round(n // 2) else _OUTSIDE_E7
            sealed = fleet.fix(n, began_ms + turn * spacing_ms, north_e7)
            packets.append((unit, unit.publish_packet(sealed)))
    poll = selectors.DefaultSelector()
    for unit in units:
        poll.register(unit.socket, selectors.EVENT_READ, unit)
    # Fix times begin when the load was begun to be made: none is in the future when it arrives.
    began, late_s = wait_for_go(pipe), 0.0
    for number, (unit, packet) in enumerate(packets):
        due = began + number / FIXES_PER_S
        while (wait_s := due - time.perf_counter()) > 0:
            for key, _ in poll.select(wait_s):
                key.data.commands()
        late_s = max(late_s, -wait_s)
        unit.send(packet)
    time.sleep(1.0)
    pipe.send(late_s)


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]
