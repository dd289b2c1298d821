"""From an outcome to the world: it is committed, and only then does anything leave.

Except for warnings when the store does not keep up: they leave under their own identifiers, after
an attempt to put them on record elsewhere.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from host.downlink import Downlink
from host.errors import ResguardoError
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.inbox import Ask
from host.outcome import Lookback, Outcome
from host.screen import Screen
from host.store.emergency import Emergency
from host.store.writer import Writer

COMMIT_WITHIN_S = 0.25  # a rise that is not committed by then leaves as a provisional warning
PENDING_RECORDS_MAX = 200_000
_SETTLE_S = 30.0

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Pending:
    outcome: Outcome
    asks: list[Ask]
    commit: "Future[None]"
    overdue_at: float | None  # None: nothing in it is urgent, or it has been warned of


class Dispatch:
    """Outcomes on their way into the store, in order. Used by the service's thread only."""

    def __init__(
        self,
        writer: Writer,
        emergency: Emergency,
        downlink: Downlink,
        screen: Screen,
        now_ms: Callable[[], int],
        look_back: Callable[[Lookback], None],
        show: Callable[[Incident | Delivery], dict[str, Any]],
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.lost = False  # something was given up: what comes after it does not build on the store
        self._writer = writer
        self._emergency = emergency
        self._downlink = downlink
        self._screen = screen
        self._now_ms = now_ms
        self._look_back = look_back
        self._show = show
        self._pending: deque[_Pending] = deque()
        self._records = 0

    @property
    def full(self) -> bool:
        """The store has been down for so long that no more can be held for it."""
        return self._records >= PENDING_RECORDS_MAX

    def submit(self, outcome: Outcome, asks: list[Ask], told: Callable[[Any], None]) -> None:
        """Have an outcome committed; `told` is called, on another thread, when that has ended."""
        overdue_at = time.monotonic() + COMMIT_WITHIN_S if outcome.rising else None
        commit = self._writer.submit(outcome)
        self._pending.append(_Pending(outcome, asks, commit, overdue_at))
        self._records += len(outcome.records)
        self._screen.touch(outcome)
        commit.add_done_callback(told)

    def release(self) -> None:
        """Send what is committed, in order, and warn of what should have been by now."""
        while self._pending and self._pending[0].commit.done():
            pending = self._pending.popleft()
            self._records -= len(pending.outcome.records)
            error = pending.commit.exception()
            if error is None:
                self._send(pending)
            else:
                self._give_up(pending, error)
            self._settle_asks(pending, error)
        now = time.monotonic()
        for pending in self._pending:
            if pending.overdue_at is not None and now >= pending.overdue_at:
                self.counters["provisional"] += 1
                self._warn_early(pending)

    def next_overdue_s(self) -> float | None:
        """How long until `release` has to warn of something that is not committed."""
        times = [one.overdue_at for one in self._pending if one.overdue_at is not None]
        return min(times) - time.monotonic() if times else None

    def settle(self) -> None:
        """Wait for every commit, and release them. Raises ResguardoError when that takes long."""
        for pending in list(self._pending):
            try:
                pending.commit.exception(_SETTLE_S)
            except TimeoutError as error:
                raise ResguardoError("the database is down") from error
        self.release()

    def _send(self, pending: _Pending) -> None:
        outcome, now_ms = pending.outcome, self._now_ms()
        if pending.overdue_at is not None or not outcome.rising:
            self._warn(outcome, now_ms)
        for answer in outcome.answers:
            self._downlink.answer(answer, now_ms)
        for unit in outcome.fix_now:
            self._downlink.fix_now(unit, now_ms)
        for unit, code in outcome.clear_latch:
            self._downlink.clear_latch(unit, code, now_ms)
        for lookback in outcome.lookbacks:
            self._look_back(lookback)
        self._screen.show(outcome)

    def _warn(self, outcome: Outcome, now_ms: int) -> None:
        for warn in outcome.warnings:
            self._downlink.warn(warn, now_ms)
        self.counters["warnings"] += len(outcome.warnings)

    def _warn_early(self, pending: _Pending) -> None:
        pending.overdue_at = None
        outcome, now_ms = pending.outcome, self._now_ms()
        entry = {
            "at_ms": now_ms,
            "warnings": [warn._asdict() for warn in outcome.warnings],
            "records": [{**row._asdict(), "sealed": row.sealed.hex()} for row in outcome.records],
        }
        if not self._emergency.append(entry):
            self.counters["emergency_failed"] += 1
        self._warn(outcome, now_ms)

    def _give_up(self, pending: _Pending, error: BaseException) -> None:
        """It can never be stored, or not before the end: nothing but warnings leaves."""
        _log.error("not in the database: %s", error)
        self.lost = True
        self.counters["not_stored"] += 1
        if pending.overdue_at is not None or not pending.outcome.rising:
            self._warn_early(pending)

    def _settle_asks(self, pending: _Pending, error: BaseException | None) -> None:
        for ask in pending.asks:
            outcome = pending.outcome
            refusal = error or outcome.refusals.get(ask.act)
            changed = [
                one
                for one in (*outcome.incidents, *outcome.deliveries)
                if one.id == ask.act.subject
            ]
            if refusal is None and not changed:
                refusal = ResguardoError("the centre failed on it, and keeps it aside")
            if refusal is not None:
                ask.answer.set_exception(refusal)
            else:
                ask.answer.set_result(self._show(changed[-1]))
