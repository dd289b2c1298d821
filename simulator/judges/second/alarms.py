"""What the host has said aloud of each order: every condition at once, and in time, but not before,
that it is an alarm that nothing is promised."""

from collections.abc import Iterator
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
    it is to be none, by what was known before the present step."""

    condition: Condition = Condition.INACTIVE
    since_ms: int = 0
    alarmed: bool = False
    early_ms: int | None = None
    quiet: Quiet = field(default_factory=Quiet)
    raised: bool = False  # whether a level stood


class Alarms:
    """By order."""

    def __init__(self) -> None:
        self._aloud: dict[str, _Aloud] = {}

    def look(self, case: Case, now_ms: int) -> None:
        """A step is about to be taken: deadlines of before `now_ms` know no more than this."""
        aloud = self._aloud.get(case.order.id)
        if aloud is not None and aloud.condition is Condition.UNASSURED and not aloud.alarmed:
            aloud.early_ms = earliest_ms(case, aloud.quiet, aloud.since_ms, aloud.raised, now_ms)

    def hear(self, signal: Signal, case: Case, state: OrderState, now_ms: int) -> Iterator[Finding]:
        """Something is said aloud in a step at `now_ms`."""
        aloud = self._aloud.setdefault(signal.order, _Aloud())
        if isinstance(signal, ConditionChange):
            aloud.condition, aloud.since_ms = signal.after, signal.at_ms
            aloud.alarmed, aloud.early_ms = False, None
        elif isinstance(signal, Unquiet):
            raised = state.level > Level.CLEAR
            early_ms = earliest_ms(case, state.quiet, aloud.since_ms, raised, now_ms)
            if signal.at_ms < now_ms:  # of a party that rested the clock has gone on since
                early_ms = (aloud.early_ms or now_ms) - (now_ms - signal.at_ms)
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
        if aloud.condition is not Condition.UNASSURED or aloud.alarmed:
            return
        late_ms = latest_ms(case, aloud.quiet, aloud.since_ms, aloud.raised, now_ms) + _ROUNDING_MS
        if now_ms > late_ms:
            over = f"{(now_ms - late_ms) / 1000:.1f} s ago"
            yield Finding(now_ms, who, "unassured.silent", state.reason, f"an alarm {over}")
            aloud.alarmed = True  # once is enough
