"""The second judge at work: it looks on in a world, and holds the host to what it may say."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from host.core.centre import Centre
from host.core.outcome import Input, Outcome
from host.proximity.types import Condition, UnitAlarm
from host.registry.types import Role, Unit
from protocol import command
from protocol.seal import down_channel
from simulator.judges.second.alarms import Alarms
from simulator.judges.second.answers import Answers
from simulator.judges.second.case import Case
from simulator.judges.second.conditions import judge_condition
from simulator.judges.second.finding import Finding
from simulator.judges.second.knowledge import Knowledge
from simulator.scenario.scenario import Scenario
from simulator.worlds.witness import Nobody

# What the host says of an order: condition, assured until, level of each cause.
Statement = tuple[Condition, int, tuple[tuple[str, int], ...]]


class SecondJudge(Nobody):
    """`findings`: what was wrong, in order of time.

    After each step an order is judged again if something of it has changed, if the host says
    something else of it than before, or if time alone may have changed what may be said.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.findings: list[Finding] = []
        self._known = Knowledge(scenario.start_ms)
        self._answers = Answers(self._known)
        self._wake_ms: dict[str, int] = {}  # by order
        self._said: dict[str, Statement] = {}
        self._alarms = Alarms()
        # What the host will know again if it dies while its store is down.
        self._committed: tuple[Knowledge, Answers, Alarms] | None = None
        self._died_ms: int | None = None
        self._decided: set[tuple[object, ...]] = set()
        self._sealed: list[tuple[str, bytes]] = []
        for name, unit in scenario.document.units.items():
            key = scenario.key_of(name)
            self._known.change(Unit(name, Role(unit.role), key, 1, unit.floor_s))
        for assignment in scenario.assignments:
            self._known.change(assignment)
        for order in scenario.orders:
            self._known.change(order)

    def host_started(self, centre: Centre, now_ms: int) -> None:
        """It starts from the registry as that has become meanwhile."""
        self._known.now_ms = now_ms
        if self._died_ms is not None:
            self._known.begin_again(self._died_ms)
        for state in centre.roster.orders.values():
            case = self._known.cases.get(state.order.id)
            if case is None or case.order != state.order:
                self._known.change(state.order)

    def store_takes(self, takes: bool, now_ms: int) -> None:  # noqa: ARG002
        self._committed = None if takes else deepcopy((self._known, self._answers, self._alarms))

    def host_died(self, now_ms: int) -> None:
        self._died_ms = now_ms
        if self._committed is not None:  # all that it has taken since is lost
            self._known, self._answers, self._alarms = deepcopy(self._committed)
            self._said.clear()
            self._wake_ms.clear()

    def host_took(self, inputs: Sequence[Input], now_ms: int) -> None:
        cases = self._known.cases
        self._alarms.look(cases.values(), now_ms)
        self._known.pass_time(now_ms)
        self._alarms.look(cases.values(), now_ms)
        for item in inputs:
            self._known.take(item)
            self._alarms.look(cases.values(), now_ms)  # the host may speak after each

    def told(self, unit: str, sealed: bytes, now_ms: int) -> None:  # noqa: ARG002
        self._sealed.append((unit, sealed))

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:
        for outcome in outcomes:
            for signal in outcome.signals:
                case = self._known.cases[signal.order]
                order = centre.roster.orders[signal.order]
                self.findings += self._alarms.hear(signal, case, order, now_ms)
                if isinstance(signal, UnitAlarm):
                    self._known.looked_into(signal)
        for name, case in self._known.cases.items():
            state = centre.roster.orders.get(name)
            if state is not None:
                levels = tuple((cause.cause, int(cause.level)) for cause in state.causes)
                self._look_at(case, (state.condition, state.until_ms, levels), now_ms)
                self.findings += self._alarms.judge(case, state, now_ms)
        self._known.touched.clear()
        for outcome in outcomes:
            for warning in outcome.warnings:
                self._answers.warned(warning.unit, now_ms)
            for answer in outcome.answers:
                self.findings += self._answers.judge(answer, now_ms)
                for name, case in self._known.cases.items():
                    self._wake_ms[name] = min(self._wake_ms.get(name, 0), case.wake_ms(now_ms))
        self.findings += self._differing(outcomes, now_ms)

    def _look_at(self, case: Case, said: Statement, now_ms: int) -> None:
        name = case.order.id
        condition, until_ms, levels = said
        over = condition is Condition.ASSURED and until_ms < now_ms
        due = now_ms >= self._wake_ms.get(name, 0) or name in self._known.touched
        if not (due or over or said != self._said.get(name)):
            return
        case.weigh(now_ms)
        self.findings += judge_condition(case, condition, until_ms, now_ms)
        self.findings += self._judge_levels(case, levels, now_ms)
        self._wake_ms[name] = case.wake_ms(now_ms)
        self._said[name] = said

    def _judge_levels(
        self, case: Case, said: tuple[tuple[str, int], ...], now_ms: int
    ) -> Iterator[Finding]:
        for cause, level in said:
            wrong = case.settle(cause, level)
            if wrong:
                rule, right = wrong
                yield Finding(now_ms, f"{case.order.id} {cause}", rule, f"level {level}", right)

    def _differing(self, outcomes: Sequence[Outcome], now_ms: int) -> Iterator[Finding]:
        """What leaves, sealed, was decided, now or while the store was down."""
        self._decided |= {
            (one.unit, *_told(one)) for outcome in outcomes for one in outcome.answers
        }
        for name, sealed in self._sealed:
            unit = self._known.hearings[name].unit
            said = command.decode(sealed, down_channel(unit.key, name, unit.epoch))
            is_answer = isinstance(said, command.Answer)
            if is_answer and (name, *_told(said)) not in self._decided:
                yield Finding(now_ms, name, "answer.other", str(said), "what was decided")
        self._sealed.clear()


def _told(answer: Any) -> tuple[int, ...]:
    """What an answer says, sealed or not."""
    told = answer.answered, answer.lease_s, answer.assured_until_s
    return *told, answer.flags, answer.shrink_pct, answer.quiet_s
