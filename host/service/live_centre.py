"""The centre of a host at work: what a step fails on is set aside, and nothing else with it."""

import logging
from collections.abc import Callable

from host.core.outcome import Input, Outcome
from host.core.timers import Key
from host.core.transcript import POISON, failed_deadline, failed_input
from host.service.faults import DEADLINE_FAILED, STEP_FAILED
from host.service.health import Check
from host.service.inbox import Ask
from host.service.revive import revive
from host.store.store import Store

_log = logging.getLogger(__name__)


class LiveCentre:
    """Used by the service's thread only. `centre` is another one after a step has failed."""

    def __init__(
        self,
        store: Store,
        now_ms: int,
        *,
        submit: Callable[[Outcome, list[Ask]], None],
        pending: Callable[[], list[Outcome]],
        check: Check,
    ) -> None:
        """`submit` has an outcome committed, with the asks that wait for it; `pending`: what is
        on its way into the store; `check` is told what has failed."""
        self._store = store
        self._submit = submit
        self._pending = pending
        self._check = check
        self._aside: dict[Key, None] = {}  # deadlines that the centre fails on, oldest first
        self.centre = revive(store, store.secret(), now_ms)

    def step(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        """A step, over again for each deadline that it fails on, without that deadline."""
        while True:
            try:
                outcome = self.centre.step(inputs, now_ms)
            except Exception:  # whichever: what it fails on is set aside, and the rest goes on
                _log.exception("a step failed")
                deadline = self.centre.timers.firing
                if deadline is None and not inputs:
                    raise  # there is nothing to set aside
                self.begin_anew(now_ms)
                if deadline is None:
                    self._step_singly(inputs, asks, now_ms)
                    return
                self._set_aside(deadline, now_ms)
            else:
                self._submit(outcome, asks)
                return

    def begin_anew(self, now_ms: int) -> None:
        """After a failure the centre is in no known state: revive it from the store. What is on
        its way there counts as stored, so that a store that is down holds nothing up."""
        store, counters = self._store, self.centre.counters
        self.centre = revive(store, store.secret(), now_ms, self._pending())
        self.centre.counters.update(counters)
        for deadline in self._aside:
            self._submit(self.centre.set_aside(failed_deadline(deadline, now_ms)), [])

    def _step_singly(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        """Keep the one input aside that a step fails on, so that no other is lost with it."""
        if len(inputs) == 1:
            self.centre.counters[POISON] += 1
            self._check(STEP_FAILED, type(inputs[0]).__name__, now_ms)
            self._submit(self.centre.set_aside(failed_input(inputs[0], now_ms)), asks)
            return
        for item in inputs:
            self.step([item], [ask for ask in asks if ask.act is item], now_ms)

    def _set_aside(self, deadline: Key, now_ms: int) -> None:
        """It would fail again and again, and everything else with it."""
        self._aside[deadline] = None
        self._submit(self.centre.set_aside(failed_deadline(deadline, now_ms)), [])
        kind, entity = deadline
        self._check(DEADLINE_FAILED, entity, now_ms, of=f"{kind} {entity}")
