"""Laws of the centre over made-up days: cuts, copies, restarts and machines change nothing."""

import json
import os
import subprocess
import sys
from typing import Any

import orjson
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from host.core.outcome import Input, Received
from host.escalation.act import Verb
from tests.host.driven_centre import DrivenCentre, decisions
from tests.host.first_broken import first_broken
from tests.host.random_day import REGISTRY, DayMaker, after, random_days

LONG_AFTER_S = 20_000


def lived(inputs: list[Input], cuts: list[int] | None = None) -> DrivenCentre:
    """A driven that got these inputs, in steps that end after so many."""
    driven = DrivenCentre(REGISTRY)
    begin = 0
    for end in sorted({*(cuts if cuts is not None else range(len(inputs))), len(inputs)}):
        if begin < min(end, len(inputs)):
            driven.step(*inputs[begin:end])
        begin = max(begin, end)
    return end_of(driven)


def end_of(driven: DrivenCentre) -> DrivenCentre:
    """Let everything that is due come to pass."""
    driven.step(now_s=LONG_AFTER_S)
    return driven


def picture(driven: DrivenCentre) -> dict[str, Any]:
    """All live state, as it would be stored."""
    roster = driven.centre.roster
    escalations = {order: driven.centre.escalations.of(order) for order in roster.orders}
    return {
        "units": {name: wearer.state() for name, wearer in roster.wearers.items()},
        "orders": {name: orjson.dumps(state.state()) for name, state in roster.orders.items()},
        "escalations": {
            name: escalation.state()
            for name, escalation in escalations.items()
            if escalation is not None
        },
        "conditions": {
            name: (state.condition, state.until_ms if state.condition == "assured" else None)
            for name, state in roster.orders.items()
        },
    }


def standing(driven: DrivenCentre) -> dict[str, dict[str, bytes]]:
    """What is stored of all that is not over."""
    return {
        kind: {entity: state for entity, state in states.items() if state}
        for kind, states in driven.states.items()
    }


@given(random_days, st.lists(st.integers(1, 25), max_size=6))
@settings(max_examples=25, deadline=None)
def test_how_inputs_are_cut_into_steps_changes_nothing(day: list[Any], cuts: list[int]) -> None:
    inputs = DayMaker().inputs(day)
    one, other = lived(inputs), lived(inputs, cuts)
    assert decisions(other.outcomes) == decisions(one.outcomes)
    assert picture(other) == picture(one)
    assert standing(other) == standing(one)
    assert first_broken([entry for told in other.outcomes for entry in told.audit]) is None


@given(random_days, st.data())
@settings(max_examples=25, deadline=None)
def test_copies_of_messages_change_no_decision_and_no_state(day: list[Any], data: Any) -> None:
    inputs = DayMaker().inputs(day)
    doubled: list[Input] = []
    for item in inputs:
        doubled.append(item)
        messages = [one for one in doubled if isinstance(one, Received)]
        if messages and data.draw(st.booleans()):
            copied = data.draw(st.sampled_from(messages))
            doubled.append(copied._replace(at_ms=item.at_ms))
    one, other = lived(inputs), lived(doubled)
    told, expected = decisions(other.outcomes), decisions(one.outcomes)
    # What is kept aside (it cannot be compared, or is tampering again) may be kept twice.
    twice = [row for row in told["records"] if row.kind not in ("record", "message")]
    once = [row for row in expected["records"] if row.kind not in ("record", "message")]
    if not any(row.verdict == "tamper" for row in told["records"]):
        assert {**told, "records": twice} == {**expected, "records": once}
        assert picture(other) == picture(one)


@given(random_days, st.integers(0, 24))
@settings(max_examples=25, deadline=None)
def test_a_restart_in_the_middle_goes_on_as_if_nothing_had_happened(
    day: list[Any], at: int
) -> None:
    """Except to a bracelet that rests, which is asked where it is."""
    inputs = DayMaker().inputs(day)
    straight, broken = lived(inputs), DrivenCentre(REGISTRY)
    for place, item in enumerate(inputs):
        if place == at:
            worn = broken.centre.roster.wearers.values()
            assume(not any(one.is_bracelet and one.track.resting for one in worn))
            broken.restart(after(REGISTRY, inputs[:place]))
        broken.step(item)
    end_of(broken)
    assert decisions(broken.outcomes) == decisions(straight.outcomes)
    assert picture(broken) == picture(straight)
    assert first_broken([entry for told in broken.outcomes for entry in told.audit]) is None


@given(random_days)
@settings(max_examples=12, deadline=None)
def test_time_never_goes_back(day: list[Any]) -> None:
    inputs = DayMaker().inputs(day)
    driven, seen = DrivenCentre(REGISTRY), 0
    for item in (*inputs, *inputs):  # the second half comes out of the past
        told = driven.step(item)
        times = [entry.at_ms for entry in told.audit] + [row.received_ms for row in told.records]
        assert times == [] or min(times) >= seen
        seen = max(seen, driven.centre.now_ms)


def digest() -> str:
    """A day with everything in it, as one string."""
    day = [
        (5_000, ("fix", "V1", 0)),
        (400, ("fix", "B1", 480)),
        (0, ("event", "B1", 1, 1)),
        (400, ("receipt", "V1", 1)),
        (5_000, ("act", Verb.ACKNOWLEDGE, 0)),
        (26_000, ("order", "O1", {"alert_m": 900, "pre_alert_m": 2000})),
        (130_000, ("fix", "V2", 250)),
        (130_000, ("batch", "B2", [4000, 1500, 90])),
        (700_000, ("late", "B1", 50)),
        (400, ("forged", "V1")),
        (5_000, ("twin", "V1")),
        (0, ("enrol", "B1")),
        (5_000, ("fix", "B1", 250)),
    ]
    driven = lived(DayMaker().inputs(day))
    chain = [entry.hash.hex() for told in driven.outcomes for entry in told.audit]
    states = {kind: {k: v.hex() for k, v in of.items()} for kind, of in driven.states.items()}
    return json.dumps([chain, states])


def test_every_machine_decides_the_same_whatever_its_hash_seed() -> None:
    program = "from tests.host.core.test_centre_laws import digest; print(digest())"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert said == {digest() + "\n"}
