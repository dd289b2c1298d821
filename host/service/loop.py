"""The host's loop: take what has come, step the centre, commit, and only then send.

One thread owns the centre. It never waits for the store: outcomes are committed by the writer's
thread, which takes whatever has come since its last commit into the next one (group commit
without a timer), and what may leave is sent when the commit is reported back.
"""

import gc
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

from host.base.catalogue import catalogue
from host.base.clock import Clock, iso
from host.base.errors import ResguardoError
from host.core.outcome import Input, Received
from host.core.timers import Key
from host.core.transcript import CONNECTION, POISON, failed_deadline, failed_input, inputs_of
from host.escalation.act import Act, Verb
from host.escalation.policy import default
from host.proximity.retrospect import APART_MS
from host.registry.types import Unit
from host.service import views
from host.service.dispatch import Dispatch
from host.service.downlink import Downlink
from host.service.health import (
    BROKER_DOWN,
    CLOCK_STEP,
    DEADLINE_FAILED,
    STEP_FAILED,
    STORE_DOWN,
    VIEW_FAILED,
    Health,
)
from host.service.inbox import Ask, Inbox, Stop, Wake
from host.service.mqtt import Transport
from host.service.revive import revive
from host.service.screen import DRAW_S, LISTS, Screen
from host.service.views import View
from host.store.emergency import Emergency
from host.store.reader import Reader
from host.store.store import Store
from host.store.writer import Writer
from host.web.feed import Feed

SWITCH_S = 0.0005
TURN_S = 1.0  # the loop never sleeps longer
BROKER_GRACE_S = 10.0
CLOCK_BACK_MAX_MS = 60_000

_log = logging.getLogger(__name__)


class Service:
    """Everything between the transport and the store, from `start` until `stop`.

    `failed` is set, with `failure`, should the loop end by itself: the process should end too.
    `emergency`: a file on another disk than the database, for what that cannot take.
    Raises ResguardoError when the database has another host, or was written in the future.
    """

    def __init__(
        self,
        store: Store,
        transport: Transport,
        clock: Clock,
        *,
        emergency: Path,
        feed: Feed | None = None,
    ) -> None:
        self.failed = Event()
        self.failure = ""
        self._store = store
        self._transport = transport
        self._clock = clock
        self.feed = feed or Feed()
        self._catalogue = catalogue()
        self._emergency = Emergency(emergency)
        self._inbox = Inbox()
        self._checked_at = self._drawn_at = 0.0
        self._broker_heard_at = time.monotonic()
        self._aside: dict[Key, None] = {}  # deadlines that the centre fails on, oldest first
        last_ms = _last_ms(store, clock)
        self._writer = Writer(store.log)
        store.offer_policy(default().document, clock.now_ms())
        entry = store.last_entry()  # before the registry is read: twice is better than never
        self.centre = revive(store, store.secret(), max(last_ms, clock.now_ms()))
        self._screen = Screen(self.feed, self.centre, self._catalogue, transport.counters)
        self._health = Health(self._catalogue)
        self._reader = Reader(store, clock.now_ms, self._inbox.put, entry=entry, within_ms=APART_MS)
        self.dispatch = Dispatch(
            self._writer,
            self._emergency,
            Downlink(transport.publish, self._unit, last_ms),
            self._screen,
            clock.now_ms,
            self._reader.look_back,
            lambda changed: views.changed_view(self.centre, changed, self._catalogue),
            lambda _: self._inbox.put(Wake()),
        )
        self._thread = Thread(target=self._run, name="centre", daemon=True)

    def start(self) -> None:
        """Begin; messages are taken from now on."""
        # Three threads share the interpreter: by default each may hold it for 5 ms at a time.
        sys.setswitchinterval(SWITCH_S)
        # What was read from the store lives as long as the host: looking through all of it for
        # garbage would stop the loop for a second with 50,000 orders.
        gc.collect()
        gc.freeze()
        self._writer.start()
        self._reader.start()
        self._thread.start()
        self._transport.start(self._inbox)

    def stop(self) -> None:
        """Commit and answer what has been taken, and end."""
        self._reader.stop()
        self._inbox.put(Stop())
        self._thread.join()
        self._writer.stop()
        self.dispatch.release()
        self._transport.stop()
        self._emergency.close()

    # For any thread

    def put(self, item: Input) -> None:
        """Give the centre an input."""
        self._inbox.put(item)

    def snapshot(self) -> dict[str, Any]:
        """All that the console shows, asked of the loop piece by piece."""
        call = self._inbox.call
        shown: View = {kind: [] for kind in LISTS.values()}
        for piece in call(self._screen.pieces):
            for kind, view in call(piece):
                shown[LISTS[kind]].append(view)
        overview: View = call(lambda: self._overview(shown["incidents"]))
        return shown | overview

    def act(self, act: Act) -> dict[str, Any]:
        """See host/web/face.py."""
        if act.verb is Verb.ACKNOWLEDGE:
            subject, operator = act.subject, act.operator
            fault = self._inbox.call(lambda: self._acknowledge_fault(subject, operator))
            if fault is not None:
                return dict(fault)
        return self._inbox.ask(replace(act, at_ms=self._clock.now_ms()))

    # The loop's thread

    def _run(self) -> None:
        try:
            while self._turn():
                pass
        except Exception as error:
            _log.exception("the centre has stopped")
            self.failure = f"the centre has stopped: {error}"
            self.failed.set()

    def _turn(self) -> bool:
        taken = self._inbox.take(self._idle_s())
        now_ms = self._clock.now_ms()
        inputs = self._drop(taken.inputs) if self.dispatch.full else taken.inputs
        due_ms = self.centre.timers.next_ms()
        if inputs or (due_ms is not None and due_ms <= now_ms):
            self._step(inputs, taken.asks, now_ms)
        self.dispatch.release()
        if self.dispatch.lost:
            self._go_back(now_ms)
        self._inbox.answer_one()
        self._look_after(now_ms)
        return not taken.ends

    def _idle_s(self) -> float:
        """How long nothing needs to be done unless something comes."""
        waits = [TURN_S]
        due_ms = self.centre.timers.next_ms()
        if due_ms is not None:
            waits.append(self._clock.wait_s(due_ms))
        if self._screen.dirty:
            waits.append(self._drawn_at + DRAW_S - time.monotonic())
        overdue_s = self.dispatch.next_overdue_s()
        if overdue_s is not None:
            waits.append(overdue_s)
        return max(0.0, min(waits))

    def _drop(self, inputs: list[Input]) -> list[Input]:
        """What is not taken is not answered, and the unit sends it again."""
        kept = [item for item in inputs if type(item) is not Received]
        self.centre.counters[STORE_DOWN] += len(inputs) - len(kept)
        return kept

    def _step(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        """A step, over again for each deadline that it fails on, without that deadline."""
        while True:
            try:
                outcome = self.centre.step(inputs, now_ms)
            except Exception:  # whichever: what it fails on is set aside, and the rest goes on
                _log.exception("a step failed")
                deadline = self.centre.timers.firing
                if deadline is None and not inputs:
                    raise  # there is nothing to set aside
                self._replace_centre(now_ms)
                if deadline is None:
                    self._step_singly(inputs, asks, now_ms)
                    return
                self._set_aside(deadline, now_ms)
            else:
                self.dispatch.submit(outcome, asks)
                return

    def _step_singly(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        """Keep the one input aside that a step fails on, so that no other is lost with it."""
        if len(inputs) == 1:
            self.centre.counters[POISON] += 1
            self._check(STEP_FAILED, type(inputs[0]).__name__, now_ms)
            self.dispatch.submit(self.centre.set_aside(failed_input(inputs[0], now_ms)), asks)
            return
        for item in inputs:
            self._step([item], [ask for ask in asks if ask.act is item], now_ms)

    def _set_aside(self, deadline: Key, now_ms: int) -> None:
        """It would fail again and again, and everything else with it."""
        self._aside[deadline] = None
        self.dispatch.submit(self.centre.set_aside(failed_deadline(deadline, now_ms)), [])
        kind, entity = deadline
        self._check(DEADLINE_FAILED, entity, now_ms, of=f"{kind} {entity}")

    def _go_back(self, now_ms: int) -> None:
        """An outcome cannot be stored: go on from what is. Its records were not answered, and
        the units send them again; only what the broker said of them would not be said again."""
        lost = self.dispatch.drain()
        self._writer.resume()
        self._check(STEP_FAILED, "store", now_ms)
        self._replace_centre(now_ms)
        rows = [row for one in lost for row in one.records if row.kind == CONNECTION]
        for connection in inputs_of(rows, (), {}):
            self._inbox.put(connection)

    def _replace_centre(self, now_ms: int) -> None:
        """After a failure the centre is in no known state: revive it from the store. What is on
        its way there counts as stored, so that a store that is down holds nothing up."""
        store, counters = self._store, self.centre.counters
        self.centre = revive(store, store.secret(), now_ms, self.dispatch.pending)
        self.centre.counters = counters
        self._screen.centre = self.centre
        for deadline in self._aside:
            self.dispatch.submit(self.centre.set_aside(failed_deadline(deadline, now_ms)), [])

    def _unit(self, unit: str) -> Unit:
        return self.centre.roster.wearers[unit].unit

    def _overview(self, incidents: list[View]) -> View:
        return {
            "now": iso(self._clock.now_ms()),
            "incidents": [*self._health.views(), *incidents],
            "counters": self._screen.counters(),
        }

    # Once in a while

    def _look_after(self, now_ms: int) -> None:
        now = time.monotonic()
        if self._screen.dirty and now - self._drawn_at >= DRAW_S:
            self._screen.draw()
            self._drawn_at = now
        self.feed.beat(now_ms, speed=self._clock.speed)
        if now - self._checked_at < TURN_S:
            return
        self._checked_at = now
        if self._transport.connected.is_set():
            self._broker_heard_at = now
        away_s = now - self._broker_heard_at
        step_s = self._clock.step_ms / 1000
        self._check(STEP_FAILED, "", now_ms)
        self._check(VIEW_FAILED, self._screen.failure, now_ms)
        self._screen.failure = ""
        self._check(STORE_DOWN, self._writer.failure or self._reader.failure, now_ms)
        self._check(BROKER_DOWN, f"{away_s:.0f} s" if away_s > BROKER_GRACE_S else "", now_ms)
        self._check(CLOCK_STEP, f"{step_s:+.0f} s" if step_s else "", now_ms)

    def _check(self, code: str, reason: str, now_ms: int, *, of: str = "") -> None:
        view = self._health.check(code, reason, now_ms, of=of)
        if view is not None:
            _log.error("%s: %s", code, reason or "over")
            self._screen.tell("incident", view)

    def _acknowledge_fault(self, code: str, operator: str) -> dict[str, Any] | None:
        view = self._health.acknowledge(code, operator, self._clock.now_ms())
        if view is not None:
            self._screen.tell("incident", view)
        return view


def _last_ms(store: Store, clock: Clock) -> int:
    """When an earlier run was last at work. Deadlines and command numbers go on from there."""
    last_ms, now_ms = store.last_ms(), clock.now_ms()
    if last_ms > now_ms + CLOCK_BACK_MAX_MS:
        raise ResguardoError(
            f"the last entry in {store.path} is of {iso(last_ms)}, but this machine's clock "
            f"says {iso(now_ms)}: set the clock right"
        )
    return last_ms
