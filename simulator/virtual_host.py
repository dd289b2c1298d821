"""The host on virtual time: its own core and its own store, stepped instead of waited for.

What host/service.py does with threads happens here in one call: step, commit, and only then send.
"""

from collections import Counter, deque
from collections.abc import Callable
from threading import Event
from typing import Any

from host.audit import Chain
from host.centre import RETROSPECT_MS, Centre
from host.downlink import Downlink
from host.mqtt import AT_LEAST_ONCE
from host.outcome import Found, Input, Outcome
from host.registry import Unit
from host.store.states import CASE, ORDER, UNIT
from host.store.store import Store

_NOTHING = Outcome()

Send = Callable[[str, bytes, bool], None]  # unit, sealed command, whether a broker keeps it


class _Transport:
    """What the downlink takes for a broker."""

    def __init__(self, send: Send) -> None:
        self.counters: Counter[str] = Counter()
        self.connected = Event()
        self._send = send

    def start(self, inbox: Any) -> None:
        """Messages are handed in by the world."""

    def stop(self) -> None:
        """There is nothing to disconnect."""

    def publish(self, unit: str, payload: bytes, qos: int) -> None:
        self._send(unit, payload, qos == AT_LEAST_ONCE)


class VirtualHost:
    """Starts as the service does, from what the store holds.

    `secret` is given, so that runs can be repeated. `send` is called for each sealed command,
    after the commit of what it follows from.
    """

    def __init__(self, store: Store, secret: bytes, now_ms: int, send: Send) -> None:
        self._store = store
        last_ms = store.last_ms()
        chain = Chain(secret, *store.audit_head())
        self.centre = Centre(store.registry(), max(now_ms, last_ms), secret, chain)
        self.centre.restore(store.states(UNIT), store.states(ORDER), store.states(CASE))
        self._downlink = Downlink(_Transport(send), self._unit, last_ms)

    @property
    def due_ms(self) -> int | None:
        """When to `step` next without an input; may be early."""
        return self.centre.timers.next_ms()

    def step(self, inputs: list[Input], now_ms: int) -> list[Outcome]:
        """Take inputs and let time pass, commit, and then send what follows from it.

        A late fix asks the store for its counterpart, and the answer is a step of its own.
        """
        done: list[Outcome] = []
        waiting = deque([inputs])
        while waiting:
            outcome = self.centre.step(waiting.popleft(), now_ms)
            if outcome != _NOTHING:
                self._store.log.commit([outcome])
            self._send(outcome, now_ms)
            done.append(outcome)
            for asked in outcome.lookbacks:
                unit, at_ms = asked.counterpart_unit, asked.late.time_ms
                fix = self._store.fix_near(unit, at_ms, RETROSPECT_MS)
                waiting.append([Found(asked.order, asked.late, fix, now_ms)])
        return done

    def _send(self, outcome: Outcome, now_ms: int) -> None:
        for warn in outcome.warnings:
            self._downlink.warn(warn, now_ms)
        for answer in outcome.answers:
            self._downlink.answer(answer, now_ms)
        for unit in outcome.fix_now:
            self._downlink.fix_now(unit, now_ms)
        for unit, code in outcome.clear_latch:
            self._downlink.clear_latch(unit, code, now_ms)

    def _unit(self, unit: str) -> Unit:
        return self.centre.roster.wearers[unit].unit
