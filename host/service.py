"""The host's loop: take what has come, step the centre, commit, and only then send.

One thread owns the centre. It never waits for the store: outcomes are committed by the writer's
thread, which takes whatever has come since its last commit into the next one (group commit
without a timer), and what may leave is sent when the commit is reported back.
"""

import gc
import logging
import sys
import time
from collections import Counter
from pathlib import Path
from threading import Event, Thread
from typing import Any

from host import views
from host.audit import Chain
from host.catalogue import catalogue
from host.centre import RETROSPECT_MS, Centre
from host.clock import Clock, iso
from host.console.feed import Feed
from host.dispatch import Dispatch
from host.downlink import Downlink
from host.errors import ResguardoError
from host.escalation.act import Act, Verb
from host.escalation.policy import default
from host.health import BROKER_DOWN, CLOCK_STEP, STEP_FAILED, STORE_DOWN, Health
from host.inbox import Ask, Inbox, Stop, Wake
from host.mqtt import Transport
from host.outcome import Input, Outcome, Received
from host.registry import Unit
from host.screen import DRAW_S, Screen
from host.store.emergency import Emergency
from host.store.reader import Reader
from host.store.states import CASE, ORDER, UNIT
from host.store.store import Store
from host.store.writer import Writer
from host.transcript import POISON, sealed_of

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
        self.counters: Counter[str] = Counter()
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
        last_ms = _last_ms(store, clock)
        self._writer = Writer(store.log)
        store.save_policy(default(), clock.now_ms())
        self.centre = self._revive(last_ms)
        self._screen = Screen(self.feed, self.centre, self._catalogue)
        self._health = Health(self._catalogue)
        self._reader = Reader(
            store, clock.now_ms, self._inbox.put, entry=self._entry, within_ms=RETROSPECT_MS
        )
        self.dispatch = Dispatch(
            self._writer,
            self._emergency,
            Downlink(transport, self._unit, last_ms),
            self._screen,
            clock.now_ms,
            self._reader.look_back,
            lambda changed: views.changed_view(self.centre, changed, self._catalogue),
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
        """All that the console shows, as it is now."""
        shown: dict[str, Any] = self._inbox.call(
            lambda: views.snapshot(self.centre, self._catalogue)
        )
        return {**shown, "incidents": [*self._health.views(), *shown["incidents"]]}

    def act(
        self,
        verb: Verb,
        subject: str,
        operator: str,
        *,
        reason: str = "",
        for_ms: int = 0,
        reached: bool = False,
    ) -> dict[str, Any]:
        """See host/console/face.py."""
        act = Act(verb, subject, operator, self._clock.now_ms(), reason, for_ms, reached)
        if verb is Verb.ACKNOWLEDGE:
            ailment = self._inbox.call(lambda: self._acknowledge_ailment(subject, operator))
            if ailment is not None:
                return dict(ailment)
        return self._inbox.ask(act)

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
        self.counters["dropped_store_down"] += len(inputs) - len(kept)
        return kept

    def _step(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        try:
            outcome = self.centre.step(inputs, now_ms)
        except Exception:
            _log.exception("a step failed")
            self._step_singly(inputs, asks, now_ms)
        else:
            self.dispatch.submit(outcome, asks, self._wake)

    def _go_back(self, now_ms: int) -> None:
        """An outcome cannot be stored: go on from what is. Its records were not answered, and
        the units send them again."""
        self.dispatch.settle()
        self._check(STEP_FAILED, "store", now_ms)
        self._replace_centre(now_ms)
        self._writer.resume()
        self.dispatch.lost = False

    def _step_singly(self, inputs: list[Input], asks: list[Ask], now_ms: int) -> None:
        """A step that failed leaves the centre in no known state: revive it from the store, and
        keep the one input aside that it fails on, so that the others are not lost with it."""
        self.dispatch.settle()
        self._replace_centre(now_ms)
        if not inputs:  # a deadline: it is still due, and nobody can set it aside
            self.dispatch.submit(self.centre.step([], now_ms), asks, self._wake)
        for item in inputs:
            try:
                outcome = self.centre.step([item], now_ms)
            except Exception:
                self.counters[POISON] += 1
                self._check(STEP_FAILED, type(item).__name__, now_ms)
                self._replace_centre(now_ms)
                outcome = self._quarantine(item, now_ms)
            self.dispatch.submit(outcome, [ask for ask in asks if ask.act is item], self._wake)
            self.dispatch.settle()

    def _revive(self, now_ms: int) -> Centre:
        """The centre as the store knows it."""
        store = self._store
        secret = store.secret()
        self._entry = store.last_entry()
        chain = Chain(secret, *store.audit_head())
        centre = Centre(store.registry(), now_ms, secret, chain)
        centre.desk.policies = store.policies()
        centre.restore(store.states(UNIT), store.states(ORDER), store.states(CASE))
        return centre

    def _replace_centre(self, now_ms: int) -> None:
        counters = self.centre.counters
        self._screen.centre = self.centre = self._revive(now_ms)
        self.centre.counters = counters

    def _quarantine(self, item: Input, now_ms: int) -> Outcome:
        """An input that a step failed on, kept with its reason."""
        return self.centre.set_aside(getattr(item, "unit", ""), sealed_of(item), now_ms)

    def _unit(self, unit: str) -> Unit:
        return self.centre.roster.wearers[unit].unit

    def _wake(self, _: object) -> None:
        self._inbox.put(Wake())

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
        self._check(STORE_DOWN, self._writer.failure, now_ms)
        self._check(BROKER_DOWN, f"{away_s:.0f} s" if away_s > BROKER_GRACE_S else "", now_ms)
        self._check(CLOCK_STEP, f"{step_s:+.0f} s" if step_s else "", now_ms)

    def _check(self, code: str, reason: str, now_ms: int) -> None:
        view = self._health.check(code, reason, now_ms)
        if view is not None:
            _log.error("%s: %s", code, reason or "over")
            self._screen.tell("incident", view)

    def _acknowledge_ailment(self, code: str, operator: str) -> dict[str, Any] | None:
        view = self._health.acknowledge(code, operator, self._clock.now_ms())
        if view is not None:
            self._screen.tell("incident", view)
        return view


def _last_ms(store: Store, clock: Clock) -> int:
    """When the host was last at work, or now. Command numbers and deadlines go on from there."""
    last_ms, now_ms = store.last_ms(), clock.now_ms()
    if last_ms > now_ms + CLOCK_BACK_MAX_MS:
        raise ResguardoError(
            f"the last input in {store.path} is of {iso(last_ms)}, but this machine's clock "
            f"says {iso(now_ms)}: set the clock right"
        )
    return max(last_ms, now_ms)
