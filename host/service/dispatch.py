"""From an outcome to the world: it is committed, and only then does anything leave.

Except for warnings when the store does not keep up: they leave under their own identifiers, after
an attempt to put them on record elsewhere.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from typing import Any

from host.base.errors import ResguardoError
from host.core.outcome import Lookback, Outcome
from host.escalation.delivery import Delivery
from host.escalation.incident import Incident
from host.service.downlink import Downlink
from host.service.inbox import Ask, fulfil
from host.service.screen import Screen
from host.store.emergency import Emergency
from host.store.writer import Writer

COMMIT_WITHIN_S = 0.25  # a rise that is not committed by then leaves as a provisional warning
PENDING_RECORDS_MAX = 200_000
_NOTHING = Outcome()

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Pending:
    outcome: Outcome
    asks: list[Ask]
    commit: "Future[None]"
    overdue_at: float | None  # None: nothing in it is urgent, or it has been warned of

    @property
    def warned(self) -> bool:
        """Whether its warnings left before it was committed."""
        return self.overdue_at is None and self.outcome.rising


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
        told: Callable[[Any], None],
        sent: Callable[[Outcome, int], None],
    ) -> None:
        """`told` is called, on another thread, whenever a commit has ended; `sent`, with the time,
        once what an outcome wants sent has left."""
        self.lost: list[Outcome] = []  # given up: what comes after it does not build on the store
        self._writer = writer
        self._emergency = emergency
        self._downlink = downlink
        self._screen = screen
        self._now_ms = now_ms
        self._look_back = look_back
        self._show = show
        self._told = told
        self._sent = sent
        self._pending: deque[_Pending] = deque()
        self._records = 0

    @property
    def full(self) -> bool:
        """The store has been down for so long that no more can be held for it."""
        return self._records >= PENDING_RECORDS_MAX

    @property
    def pending(self) -> list[Outcome]:
        """What is not known to be committed, oldest first."""
        return [one.outcome for one in self._pending]

    def submit(self, outcome: Outcome, asks: list[Ask]) -> None:
        """Have an outcome committed, if there is anything in it."""
        if outcome == _NOTHING:
            return
        overdue_at = time.monotonic() + COMMIT_WITHIN_S if outcome.rising else None
        commit = self._writer.submit(outcome)
        self._pending.append(_Pending(outcome, asks, commit, overdue_at))
        self._records += len(outcome.records)
        self._screen.touch(outcome)
        commit.add_done_callback(self._told)

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
                self._warn_early(pending)

    def next_overdue_s(self) -> float | None:
        """How long until `release` has to warn of something that is not committed."""
        times = [one.overdue_at for one in self._pending if one.overdue_at is not None]
        return min(times) - time.monotonic() if times else None

    def drain(self) -> list[Outcome]:
        """Once something is `lost`: what was submitted after it is refused, at once and in turn.

        Returns all that was lost.
        """
        while self._pending:
            wait_for([self._pending[0].commit])
            self.release()
        lost, self.lost = self.lost, []
        return lost

    def _send(self, pending: _Pending) -> None:
        outcome = pending.outcome
        now_ms = self._now_ms()
        self._downlink.send(outcome, now_ms, warned=pending.warned)
        self._sent(outcome, now_ms)
        for lookback in outcome.lookbacks:
            self._look_back(lookback)
        self._screen.show(outcome)

    def _warn_early(self, pending: _Pending) -> None:
        pending.overdue_at = None
        outcome, now_ms = pending.outcome, self._now_ms()
        entry = {
            "at_ms": now_ms,
            "warnings": [warn._asdict() for warn in outcome.warnings],
            "records": [{**row._asdict(), "sealed": row.sealed.hex()} for row in outcome.records],
        }
        if not self._emergency.append(entry):
            _log.error("%d warnings leave without being on record anywhere", len(outcome.warnings))
        self._downlink.warn(outcome, now_ms)

    def _give_up(self, pending: _Pending, error: BaseException) -> None:
        """It can never be stored, or not before the end: nothing but warnings leaves."""
        _log.error("not in the database: %s", error)
        self.lost.append(pending.outcome)
        if not pending.warned:
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
                fulfil(ask.answer, partial(self._show, changed[-1]))
