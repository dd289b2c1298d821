"""The host's loop: take what has come, step the centre, commit, and only then send.

One thread owns the centre. It never waits for the store: outcomes are committed by the writer's
thread, which takes whatever has come since its last commit into the next one (group commit
without a timer), and what may leave is sent when the commit is reported back.
"""

import gc
import logging
import sys
import time
from pathlib import Path
from threading import Event, Thread

from host.base.catalogue import catalogue
from host.base.clock import Clock, iso
from host.base.errors import ResguardoError
from host.core.centre import Centre
from host.core.outcome import Changed, Input, Received
from host.core.transcript import OF_THE_BROKER, inputs_of
from host.escalation.policy import default
from host.proximity.retrospect import APART_MS
from host.registry.types import Unit
from host.service import views
from host.service.anchoring import Anchoring
from host.service.dispatch import Dispatch
from host.service.downlink import Downlink
from host.service.faults import STATES_DISPUTED, STEP_FAILED, STORE_DOWN
from host.service.health import Health
from host.service.inbox import Inbox, Stop, Wake
from host.service.live_centre import LiveCentre
from host.service.metrics import States, Timings
from host.service.mqtt import Transport
from host.service.requests import Requests
from host.service.screen import DRAW_S, Screen
from host.service.silence import fallen_silent
from host.service.vitals import Vitals
from host.store.emergency import Emergency
from host.store.reader import Reader
from host.store.store import Store
from host.store.writer import Writer
from host.web.feed import Feed

SWITCH_S = 0.0005
TURN_S = 1.0  # the loop never sleeps longer
CLOCK_BACK_MAX_MS = 60_000

_log = logging.getLogger(__name__)


class Service:
    """Everything between the transport and the store, from `start` until `stop`.

    `requests` is what the console may ask. `failed` is set, with `failure`, should the loop end by
    itself: the process should end too.
    `emergency`: a file on another disk than the database, for what that cannot take. `anchor`: a
    file on another machine, for the chains' ends.
    Raises ResguardoError when the database has another host, or was written in the future.
    """

    dispatch: Dispatch
    _health: Health

    def __init__(
        self,
        store: Store,
        transport: Transport,
        clock: Clock,
        *,
        emergency: Path,
        anchor: Path | None = None,
        feed: Feed | None = None,
    ) -> None:
        self.failed = Event()
        self.failure = ""
        self.feed = feed or Feed()
        self._transport = transport
        self._clock = clock
        self._emergency = Emergency(emergency)
        self._inbox = Inbox()
        self._drawn_at = 0.0
        last_ms = _last_ms(store, clock)
        self._timings = Timings()
        self._writer = Writer(store.log, took=self._timings.committed)
        self._anchoring = Anchoring(store, anchor, clock.now_ms)
        store.offer_policy(default().document, clock.now_ms())
        entry = store.last_entry()  # before the registry is read: twice is better than never
        self._live = LiveCentre(
            store,
            max(last_ms, clock.now_ms()),
            submit=lambda outcome, asks: self.dispatch.submit(outcome, asks),
            pending=lambda: self.dispatch.pending,
            check=lambda *said, **of: self._health.check(*said, **of),
        )
        texts = catalogue()
        self._screen = Screen(self.feed, lambda: self.centre, texts, transport.counters)
        self._reader = Reader(store, clock.now_ms, self._read, entry=entry, within_ms=APART_MS)
        self._health = Health(
            texts,
            self._screen,
            clock,
            transport,
            self._writer,
            self._reader,
            self._inbox.put,
            lambda now_ms: fallen_silent(self.centre.roster.wearers.values(), now_ms),
            lambda: self._anchoring.failure,
        )
        registry = self._timings.registry
        registry.register(
            States(
                lambda: self.centre,
                self._screen.count,
                clock.now_ms,
                self._waiting,
                self._health.codes,
            )
        )
        self._vitals = Vitals(self._inbox, transport, self._writer, self._reader, registry)
        self.requests = Requests(self._inbox, self._screen, self._health, clock, self._vitals)
        self.dispatch = Dispatch(
            self._writer,
            self._emergency,
            Downlink(transport.publish, self._unit, last_ms),
            self._screen,
            clock.now_ms,
            self._reader.look_back,
            lambda changed: views.changed_view(self.centre, changed, texts),
            lambda _: self._inbox.put(Wake()),
            self._timings.sent,
        )
        self._thread = Thread(target=self._run, name="centre", daemon=True)
        disputed = self.centre.origin.get("disputed", ())
        self._health.check(STATES_DISPUTED, ", ".join(disputed), clock.now_ms())

    @property
    def centre(self) -> Centre:
        """The one at work now."""
        return self._live.centre

    def start(self) -> None:
        """Begin; messages are taken from now on."""
        # Three threads share the interpreter: by default each may hold it for 5 ms at a time.
        sys.setswitchinterval(SWITCH_S)
        # What was read from the store lives as long as the host: looking through all of it for
        # garbage would stop the loop for a second with 50,000 orders.
        gc.collect()
        gc.freeze()
        self._transport.admit(wearer.unit for wearer in self.centre.roster.wearers.values())
        self._writer.start()
        self._reader.start()
        self._anchoring.start()
        self._thread.start()
        self._transport.start(self._inbox)

    def stop(self) -> None:
        """Commit and answer what has been taken, and end."""
        self._anchoring.stop()
        self._reader.stop()
        self._inbox.put(Stop())
        self._thread.join()
        self._writer.stop()
        self.dispatch.release()
        self._transport.stop()
        self._emergency.close()

    def put(self, item: Input) -> None:
        """Give the centre an input, from any thread."""
        self._inbox.put(item)

    def _read(self, item: Input) -> None:
        """Something has been found in the store, by the reader's thread."""
        if isinstance(item, Changed) and isinstance(item.item, Unit):
            self._transport.admit([item.item])
        self._inbox.put(item)

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
            self._live.step(inputs, taken.asks, now_ms)
        self.dispatch.release()
        if self.dispatch.lost:
            self._go_back(now_ms)
        self._inbox.answer_one()
        self._draw()
        self.feed.beat(now_ms, speed=self._clock.speed)
        self._health.look(now_ms)
        self._vitals.turned()
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

    def _go_back(self, now_ms: int) -> None:
        """An outcome cannot be stored: go on from what is. Its records were not answered, and
        the units send them again; only what the broker said of them would not be said again."""
        lost = self.dispatch.drain()
        self._writer.resume()
        self._health.check(STEP_FAILED, "store", now_ms)
        self._live.begin_anew(now_ms)
        rows = [row for one in lost for row in one.records if row.kind in OF_THE_BROKER]
        for said in inputs_of(rows, (), {}):
            self._inbox.put(said)

    def _waiting(self) -> dict[str, int]:
        """How much, by stage."""
        return {"inbox": self._inbox.waiting(), "commit": len(self.dispatch.pending)}

    def _unit(self, unit: str) -> Unit:
        return self.centre.roster.wearers[unit].unit

    def _draw(self) -> None:
        now = time.monotonic()
        if self._screen.dirty and now - self._drawn_at >= DRAW_S:
            self._screen.draw()
            self._drawn_at = now


def _last_ms(store: Store, clock: Clock) -> int:
    """When an earlier run was last at work. Deadlines and command numbers go on from there."""
    last_ms, now_ms = store.last_ms(), clock.now_ms()
    if last_ms > now_ms + CLOCK_BACK_MAX_MS:
        raise ResguardoError(
            f"the last entry in {store.path} is of {iso(last_ms)}, but this machine's clock "
            f"says {iso(now_ms)}: set the clock right"
        )
    return last_ms
