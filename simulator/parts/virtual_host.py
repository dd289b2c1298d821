"""The host on virtual time: its own core and its own store, stepped instead of waited for.

What host/service/loop.py does with threads happens here in one call: step, commit, and only then
send.
"""

from collections import deque
from collections.abc import Callable

from host.core.outcome import Found, Input, Outcome
from host.proximity.retrospect import APART_MS
from host.registry.types import Unit
from host.service.downlink import Downlink
from host.service.revive import revive
from host.store.store import Store

_NOTHING = Outcome()

Send = Callable[[str, bytes], None]  # unit, sealed command


class VirtualHost:
    """Starts as the service does, from what the store holds.

    `secret` is given, so that runs can be repeated. `send` is called for each sealed command,
    after the commit of what it follows from.
    """

    def __init__(self, store: Store, secret: bytes, now_ms: int, send: Send) -> None:
        self._store = store
        self._takes = True  # whether the store does
        self._waiting: list[Outcome] = []  # for the store, in order
        last_ms = store.last_ms()
        self.centre = revive(store, secret, max(now_ms, last_ms))
        self._downlink = Downlink(send, self._unit, last_ms)

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
            done.append(outcome)
            if not self._takes and outcome != _NOTHING:
                self._waiting.append(outcome)
                self._downlink.warn(outcome, now_ms)  # what rises does not wait for a store
            else:
                waiting += self._release(outcome, now_ms, warned=False)
        return done

    def lose_store(self) -> None:
        """The store takes nothing from now on; the host goes on without."""
        self._takes = False

    def regain_store(self, now_ms: int) -> list[Outcome]:
        """It takes all that has waited, and then it leaves; what it answers was decided later."""
        self._takes = True
        late, self._waiting = self._waiting, []
        answers = [one for outcome in late for one in self._release(outcome, now_ms, warned=True)]
        return [outcome for found in answers for outcome in self.step(found, now_ms)]

    def _release(self, outcome: Outcome, now_ms: int, *, warned: bool) -> list[list[Input]]:
        """Commit and send; returns what the store answers, each a step of its own."""
        if outcome != _NOTHING:
            self._store.log.commit([outcome])
        self._downlink.send(outcome, now_ms, warned=warned)
        found: list[list[Input]] = []
        for asked in outcome.lookbacks:
            unit, at_ms = asked.counterpart_unit, asked.late.time_ms
            fix = self._store.fix_near(unit, at_ms, APART_MS)
            found.append([Found(asked.order, asked.late, fix, now_ms)])
        return found

    def _unit(self, unit: str) -> Unit:
        return self.centre.roster.wearers[unit].unit
