"""The second judge at work: it looks on in a world, and holds the host to what it may say."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

from host.core.centre import Centre
from host.core.outcome import Input, Outcome
from host.proximity.types import Condition, ConditionChange, Level, UnitAlarm
from host.registry.types import Role, Unit
from protocol import command
from protocol.seal import down_channel
from simulator.judges.second.answers import Answers
from simulator.judges.second.case import GRACE_MS, Case
from simulator.judges.second.conditions import is_excused, judge_condition
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
        self._announced: dict[str, Condition] = {}
        self._begun_ms: dict[str, int] = {}  # of each order, before the present step
        # What the host will know again if it dies while its store is down.
        self._committed: tuple[Knowledge, Answers, dict[str, Condition]] | None = None
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
        self._committed = None if takes else deepcopy((self._known, self._answers, self._announced))

    def host_died(self, now_ms: int) -> None:
        self._died_ms = now_ms
        if self._committed is not None:  # all that it has taken since is lost
            self._known, self._answers, self._announced = deepcopy(self._committed)
            self._said.clear()
            self._wake_ms.clear()

    def host_took(self, inputs: Sequence[Input], now_ms: int) -> None:
        # What becomes new in this very step comes after its deadlines.
        self._begun_ms = {name: case.begun_ms for name, case in self._known.cases.items()}
        self._known.take(inputs, now_ms)

    def told(self, unit: str, sealed: bytes, now_ms: int) -> None:  # noqa: ARG002
        self._sealed.append((unit, sealed))

    def host_stands(self, centre: Centre, outcomes: Sequence[Outcome], now_ms: int) -> None:
        for outcome in outcomes:
            for signal in outcome.signals:
                if isinstance(signal, ConditionChange):
                    self._announced[signal.order] = signal.after
                    self._judge_alarm(signal, centre.roster.orders[signal.order].level)
                elif isinstance(signal, UnitAlarm):
                    self._known.looked_into(signal)
        for name, case in self._known.cases.items():
            state = centre.roster.orders.get(name)
            if state is not None:
                levels = tuple((cause.cause, int(cause.level)) for cause in state.causes)
                self._look_at(case, (state.condition, state.until_ms, levels), now_ms)
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
        announced = self._announced.get(name, Condition.INACTIVE)
        raised = any(level for _, level in levels)
        self.findings += judge_condition(case, condition, until_ms, announced, raised, now_ms)
        self.findings += self._judge_levels(case, levels, now_ms)
        self._wake_ms[name] = case.wake_ms(now_ms)
        self._said[name] = said

    def _judge_alarm(self, said: ConditionChange, level: Level) -> None:
        case, at_ms = self._known.cases[said.order], said.at_ms
        over_ms = self._begun_ms.get(said.order, case.begun_ms) + GRACE_MS
        earlier = at_ms < case.begun_ms or over_ms <= at_ms == case.begun_ms
        if said.after is not Condition.UNASSURED or earlier:
            return
        if is_excused(case, level > Level.CLEAR, at_ms):
            found = Finding(at_ms, said.order, "unassured.new", said.reason, "no alarm yet")
            self.findings.append(found)

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
            (one.unit, one.answered, one.lease_s, one.assured_until_s, one.flags, one.shrink_pct)
            for outcome in outcomes
            for one in outcome.answers
        }
        for name, sealed in self._sealed:
            unit = self._known.hearings[name].unit
            said = command.decode(sealed, down_channel(unit.key, name, unit.epoch))
            if isinstance(said, command.Answer):
                told = said.answered, said.lease_s, said.assured_until_s, said.flags
                if (name, *told, said.shrink_pct) not in self._decided:
                    yield Finding(now_ms, name, "answer.other", str(said), "what was decided")
        self._sealed.clear()
