"""A policy: what is done, when and for whom, per kind of incident. Data, judged when entered.

The format is that of default.yaml beside this file, where it is explained.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from host.base.document import Model, judge, mapping
from host.escalation.delivery import Channel, Recipient
from host.escalation.incident import WEIGHTS
from host.proximity.fix import FASTEST_M_S
from host.proximity.quiet import Quiet
from host.registry.forms import Window
from host.registry.types import PolicyDocument, Strength

DEFAULT = Path(__file__).with_name("default.yaml")

# The offender hears of being near, and of nothing else: a pre-alert would tell him where to
# look, and the rest is hers or the centre's.
OFFENDER_HEARS = ("alert", "breach")

# Who can be reached how: units by assignment, telephones by enrolment.
REACH = {
    Recipient.VICTIM: (Channel.UNIT, Channel.CALL),
    Recipient.OFFENDER: (Channel.UNIT, Channel.CALL),
    Recipient.CENTRE: (Channel.CONSOLE,),
    Recipient.SUPERVISOR: (Channel.CONSOLE,),
    Recipient.PATROL_TO_VICTIM: (Channel.CALL,),
    Recipient.PATROL_TO_OFFENDER: (Channel.CALL,),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient on one channel."""

    recipient: Recipient
    channel: Channel


@dataclass(frozen=True, slots=True)
class Rung:
    """What is done after waiting `wait_ms` from the rung before (the first: from the rise)."""

    wait_ms: int
    targets: tuple[Target, ...] = ()
    asks_fix: bool = False
    pattern: int = 0
    escalates: bool = False
    only_if_contact: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order. `last_wait_ms`: how long after the last rung the ladder is exhausted;
    None when nothing more is expected. `call_ms`: an operator calls whose unit gave no receipt
    by then; None for never."""

    rungs: tuple[Rung, ...]
    last_wait_ms: int | None = None
    call_ms: int | None = None

    def wait_ms(self, step: int) -> int | None:
        """The wait before rung `step`, or before exhaustion when there is no such rung."""
        return self.rungs[step].wait_ms if step < len(self.rungs) else self.last_wait_ms


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, parsed. `document`: what it was made from."""

    document: PolicyDocument
    acknowledgement_ms: int
    shelving_max_ms: int
    warning_life_ms: int
    retry_ms: tuple[int, ...]
    ladders: Mapping[str, Ladder]
    quiet: Mapping[Strength, Quiet]

    @property
    def digest(self) -> str:
        """Names its content."""
        return self.document.digest

    def ladder(self, kind: str) -> Ladder:
        """The ladder of a kind of incident."""
        return self.ladders.get(kind) or self.ladders["other"]

    def spacing_ms(self, attempt: int) -> int:
        """How long to wait for a receipt after attempt 1, 2, ..."""
        return self.retry_ms[min(attempt, len(self.retry_ms)) - 1]


# As it is written


def _target(written: Any) -> Target:
    recipient, _, channel = str(written).partition(".")
    if recipient not in tuple(Recipient) or channel not in tuple(Channel):
        raise ValueError(f"recipient.channel of {', '.join(Recipient)} and {', '.join(Channel)}")
    target = Target(Recipient(recipient), Channel(channel))
    ways = REACH[target.recipient]
    if target.channel not in ways:
        raise ValueError(f"{recipient} is reached by {' or '.join(ways)} only")
    return target


def _kind(written: str) -> str:
    if written not in WEIGHTS:
        raise ValueError(f"one of {', '.join(WEIGHTS)} is wanted")
    return written


_Seconds = Annotated[float, Field(gt=0, le=86_400)]
_Speed = Annotated[float, Field(gt=0, le=FASTEST_M_S)]
_Targets = Annotated[tuple[Annotated[Target, PlainValidator(_target)], ...], Field(min_length=1)]
_OFFENDERS_UNIT = Target(Recipient.OFFENDER, Channel.UNIT)
_LADDERS_NEEDED = ("pre_alert", "alert", "breach", "unassured", "panic", "strap", "ladder", "other")


class _Step(Model):
    wait: _Seconds | None = None
    notify: _Targets | None = None
    escalate: _Targets | None = None
    ask_fix: Literal["victim"] | None = None
    pattern: int = 0
    only_if_contact: bool = False

    @property
    def targets(self) -> tuple[Target, ...]:
        return self.notify or self.escalate or ()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        actions = (self.wait, self.notify, self.escalate, self.ask_fix)
        if sum(action is not None for action in actions) != 1:
            raise ValueError("exactly one of wait, notify, escalate, ask_fix is wanted")
        to_units = any(target.channel is Channel.UNIT for target in self.targets)
        if self.pattern not in ((1, 2, 3) if to_units else (0,)):
            raise ValueError("pattern is 1, 2 or 3 for units, and none for others")
        if self.wait is not None and self.only_if_contact:
            raise ValueError("only_if_contact is not for a wait")
        return self


class _Steps(Model):
    steps: tuple[_Step, ...]
    call_without_receipt_s: _Seconds | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if all(step.wait is not None for step in self.steps):
            raise ValueError("at least one step that is not a wait is wanted")
        return self

    def ladder(self) -> Ladder:
        rungs: list[Rung] = []
        wait_ms = 0
        for step in self.steps:
            if step.wait is not None:
                wait_ms += _ms(step.wait)
                continue
            rungs.append(
                Rung(
                    wait_ms,
                    step.targets,
                    asks_fix=step.ask_fix is not None,
                    pattern=step.pattern,
                    escalates=step.escalate is not None,
                    only_if_contact=step.only_if_contact,
                )
            )
            wait_ms = 0
        call_s = self.call_without_receipt_s
        return Ladder(tuple(rungs), wait_ms or None, None if call_s is None else _ms(call_s))


class _Held(Model):
    still_m_s: _Speed
    town_m_s: _Speed
    road_m_s: _Speed
    hold_s: _Seconds
    night_hold_s: _Seconds

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.still_m_s <= self.town_m_s <= self.road_m_s:
            raise ValueError("still_m_s <= town_m_s <= road_m_s is wanted")
        return self


class _QuietClock(Model):
    strict: _Held
    supervised: _Held
    night: tuple[Window, ...] = ()

    def quiet(self) -> dict[Strength, Quiet]:
        night = tuple(window.weekly() for window in self.night)
        both = {Strength.STRICT: self.strict, Strength.SUPERVISED: self.supervised}
        return {
            strength: Quiet(
                held.still_m_s,
                held.town_m_s,
                held.road_m_s,
                _ms(held.hold_s),
                _ms(held.night_hold_s),
                night,
            )
            for strength, held in both.items()
        }


class _Form(Model):
    name: Annotated[str, Field(min_length=1)]
    acknowledgement_s: _Seconds
    shelving_max_s: _Seconds
    warning_life_s: _Seconds
    retry_s: Annotated[tuple[_Seconds, ...], Field(min_length=1)]
    ladders: dict[Annotated[str, AfterValidator(_kind)], _Steps]
    quiet: _QuietClock | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if missing := [kind for kind in _LADDERS_NEEDED if kind not in self.ladders]:
            raise ValueError(f"ladders are missing: {', '.join(missing)}")
        if self.ladders["ladder"].steps[-1].wait is not None:
            raise ValueError("ladders.ladder: no wait at its end: nobody is above it")
        for kind, ladder in self.ladders.items():
            for number, step in enumerate(ladder.steps):
                if kind not in OFFENDER_HEARS and _OFFENDERS_UNIT in step.targets:
                    raise ValueError(
                        f"ladders.{kind}.steps.{number}: the offender's unit must not tell of "
                        f"{kind}, only of {' and '.join(OFFENDER_HEARS)}"
                    )
        return self


def parse(document: Mapping[str, Any], where: str = "") -> Policy:
    """Judge a policy's document and make it usable.

    Raises UsageError naming `where` it stands (by default the policy), the key, the value, and
    what would be right.
    """
    name = where or f"policy {document.get('name')}"
    form = judge(document, _Form, lambda key: f"{name}: {key}" if key else name)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Policy(
        document=PolicyDocument(form.name, text),
        acknowledgement_ms=_ms(form.acknowledgement_s),
        shelving_max_ms=_ms(form.shelving_max_s),
        warning_life_ms=_ms(form.warning_life_s),
        retry_ms=tuple(map(_ms, form.retry_s)),
        ladders={kind: steps.ladder() for kind, steps in form.ladders.items()},
        quiet=form.quiet.quiet() if form.quiet else default().quiet,
    )


def read_policy(file: Path) -> Policy:
    """The policy that a file holds. Raises UsageError naming file, key and value."""
    return parse(mapping(file, "a policy has a name, waits and ladders"), str(file))


@cache
def default() -> Policy:
    """The policy of default.yaml."""
    return read_policy(DEFAULT)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
