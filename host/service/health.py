"""How the host itself is: what is looked at once a second, and what others have found failing."""

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from host.base.catalogue import Catalogue
from host.base.clock import Clock
from host.core.answers import ABSENCE_MS
from host.core.outcome import CutOff
from host.service.faults import (
    ANCHOR_FAILED,
    BROKER_DOWN,
    CLOCK_BACK,
    CLOCK_STEP,
    MANY_SILENT,
    STATES_DISPUTED,
    STEP_FAILED,
    STORE_DOWN,
    VIEW_FAILED,
    Faults,
)
from host.service.mqtt import Transport
from host.service.screen import Screen
from host.store.reader import Reader
from host.store.writer import Writer

LOOK_S = 1.0
BROKER_GRACE_S = 10.0
SILENCE_S = 10.0  # every unit is looked at

_log = logging.getLogger(__name__)


class Check(Protocol):
    """Say how something is: `reason` "" is well. `of`: which one, where there are several."""

    def __call__(self, code: str, reason: str, now_ms: int, *, of: str = "") -> None: ...


class Health:
    """Used by the service's thread only. What changes is shown at once."""

    def __init__(
        self,
        catalogue: Catalogue,
        screen: Screen,
        clock: Clock,
        transport: Transport,
        writer: Writer,
        reader: Reader,
        put: Callable[[CutOff], None],
        silent: Callable[[int], str],
        unanchored: Callable[[], str],
    ) -> None:
        """`put` gives the centre what it must know of it; `silent` says who of many is,
        `unanchored` why the chains' ends are kept nowhere else."""
        self._faults = Faults(catalogue)
        self._screen = screen
        self._clock = clock
        self._transport = transport
        self._writer = writer
        self._reader = reader
        self._looked_at = 0.0
        self._put = put
        self._silent = silent
        self._unanchored = unanchored
        self._counted_at = 0.0
        self._broker_heard_at = time.monotonic()
        self._broker_heard_ms = clock.now_ms()
        self._cut_off = False
        self._broker_troubles: dict[tuple[str, str], str] = {}

    def look(self, now_ms: int) -> None:
        """Look at everything, once in a while."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        if self._transport.connected.is_set():
            self._broker_heard_at, self._broker_heard_ms = now, now_ms
            self._cut_off = False
        elif not self._cut_off and now_ms - self._broker_heard_ms > ABSENCE_MS:
            self._cut_off = True
            self._put(CutOff(self._broker_heard_ms, now_ms))
        away_s = now - self._broker_heard_at
        step_s = self._clock.step_ms / 1000
        for code in (STATES_DISPUTED, STEP_FAILED):  # what failed is over, but told
            self.check(code, "", now_ms)
        self.check(VIEW_FAILED, self._screen.failure, now_ms)
        self._screen.failure = ""
        self.check(STORE_DOWN, self._writer.failure or self._reader.failure, now_ms)
        self.check(BROKER_DOWN, f"{away_s:.0f} s" if away_s > BROKER_GRACE_S else "", now_ms)
        self.check(ANCHOR_FAILED, self._unanchored(), now_ms)
        self._look_at_broker(now_ms)
        if now - self._counted_at >= SILENCE_S:
            self._counted_at = now
            self.check(MANY_SILENT, self._silent(now_ms), now_ms)
        self.check(CLOCK_STEP, f"{step_s:.0f} s" if step_s > 0 else "", now_ms)
        self.check(CLOCK_BACK, f"{-step_s:.0f} s" if step_s < 0 else "", now_ms)

    def _look_at_broker(self, now_ms: int) -> None:
        before, self._broker_troubles = self._broker_troubles, self._transport.troubles(now_ms)
        for code, of in before.keys() - self._broker_troubles.keys():
            self.check(code, "", now_ms, of=of)
        for (code, of), reason in self._broker_troubles.items():
            self.check(code, reason, now_ms, of=of)

    def check(self, code: str, reason: str, now_ms: int, *, of: str = "") -> None:
        """See Check."""
        view = self._faults.check(code, reason, now_ms, of=of)
        if view is not None:
            _log.error("%s: %s", code, reason or "over")
            self._screen.tell("incident", view)

    def acknowledge(self, fault: str, operator: str) -> dict[str, Any] | None:
        """An operator takes note of one. None for what is no open fault; raises Refused."""
        view = self._faults.acknowledge(fault, operator, self._clock.now_ms())
        if view is not None:
            self._screen.tell("incident", view)
        return view

    def codes(self) -> list[str]:
        """Codes of the faults that are open. For any thread."""
        return self._faults.codes()

    def views(self) -> list[dict[str, Any]]:
        """The faults that are open, as rows of the alarm queue."""
        return self._faults.views()
