"""What the host has said aloud of each order: every condition at once, and in time, but not before,
that it is an alarm that nothing is promised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from host.proximity.order import OrderState
from host.proximity.quiet import Quiet
from host.proximity.types import Condition, ConditionChange, Level, Signal, Unquiet
from simulator.judges.second.case import Case
from simulator.judges.second.finding import Finding
from simulator.judges.second.quiet import earliest_ms, latest_ms

_ROUNDING_MS = 1_000


@dataclass(slots=True)
class _Aloud:
    """The last condition told, since when, and whether that is an alarm. `early_ms`: before when
    it is to be none, with and without a level, by what was known before the present step, and
    after each of the messages that it takes."""

    condition: Condition = Condition.INACTIVE
    since_ms: int = 0
    alarmed: bool = False
    early_ms: list[tuple[int, int]] = field(default_factory=list)
    quiet: Quiet = field(default_factory=Quiet)
    raised: bool = False  # whether a level stood


class Alarms:
    """By order."""

    def __init__(self) -> None:
        self._aloud: dict[str, _Aloud] = {}

    def look(self, cases: Iterable[Case], now_ms: int) -> None:
        """A step is about to be taken, or has taken one more message."""
        for case in cases:
            aloud = self._aloud.get(case.order.id)
            if aloud is not None and aloud.condition is Condition.UNASSURED and not aloud.alarmed:
                aloud.early_ms.append(_early_ms(aloud, case, now_ms))

    def hear(self, signal: Signal, case: Case, state: OrderState, now_ms: int) -> Iterator[Finding]:
        """Something is said aloud in a step at `now_ms`."""
        aloud = self._aloud.setdefault(signal.order, _Aloud())
        if isinstance(signal, ConditionChange):
            aloud.condition, aloud.since_ms = signal.after, signal.at_ms
            aloud.alarmed = False
            aloud.early_ms.clear()
        elif isinstance(signal, Unquiet):
            aloud.quiet = state.quiet
            raised = aloud.raised or state.level > Level.CLEAR
            known = aloud.early_ms or [_early_ms(aloud, case, now_ms)]
            if signal.at_ms < now_ms:  # by what was known before; a rest's clock has gone on since
                early_ms = known[0][raised] - (now_ms - signal.at_ms)
            else:
                early_ms = min(early[raised] for early in known)
            if signal.at_ms + _ROUNDING_MS < early_ms:
                wait = f"none for {(early_ms - signal.at_ms) / 1000:.1f} s"
                yield Finding(signal.at_ms, signal.order, "unassured.early", signal.reason, wait)
            aloud.alarmed = True

    def judge(self, case: Case, state: OrderState, now_ms: int) -> Iterator[Finding]:
        """What is not said, at the end of a step."""
        who = case.order.id
        aloud = self._aloud.setdefault(who, _Aloud())
        if state.condition is not aloud.condition:
            said = f"{state.condition}, and nothing since {aloud.condition}"
            yield Finding(now_ms, who, "condition.untold", said, "told at once")
        aloud.quiet, aloud.raised = state.quiet, state.level > Level.CLEAR
        aloud.early_ms.clear()
        if aloud.condition is not Condition.UNASSURED or aloud.alarmed:
            return
        late_ms = latest_ms(case, aloud.quiet, aloud.since_ms, aloud.raised, now_ms) + _ROUNDING_MS
        if now_ms > late_ms:
            over = f"{(now_ms - late_ms) / 1000:.1f} s ago"
            yield Finding(now_ms, who, "unassured.silent", state.reason, f"an alarm {over}")
            aloud.alarmed = True  # once is enough


def _early_ms(aloud: _Aloud, case: Case, now_ms: int) -> tuple[int, int]:
    calm, raised = (
        earliest_ms(case, aloud.quiet, aloud.since_ms, raised, now_ms) for raised in (False, True)
    )
    return calm, raised
