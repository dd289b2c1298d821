"""The table of ISA-18.2: every cell defined, or refused by a name."""

import json
from dataclasses import replace

import pytest

from host.base.catalogue import catalogue
from host.escalation.incident import TABLE, WEIGHTS, Event, Incident, Refused, State
from host.proximity.types import Level

CELLS = [(state, event) for state in State for event in Event]


def an_incident(state: State) -> Incident:
    level = Level.ALERT
    return Incident("i", "O1", "victim:ana", "alert", 1, level, level, 1, 2, 3, "p", state)


@pytest.mark.parametrize(("state", "event"), CELLS)
def test_every_cell_leads_somewhere_or_refuses_by_a_name(state: State, event: Event) -> None:
    rule = TABLE[state][event]
    assert rule.name.replace("_", "").isalpha()
    before = an_incident(state)
    if rule.to is None:
        with pytest.raises(Refused) as refused:
            before.apply(event, 9)
        assert refused.value.reason == rule.name
        assert catalogue().has(f"refusal.{rule.name}")
        return
    after, name = before.apply(event, 9)
    assert (after.state, name) == (rule.to, rule.name)
    assert (after.generation, after.changed_ms) == (before.generation + 1, 9)
    assert replace(after, state=state, generation=0, changed_ms=3) == before


@pytest.mark.parametrize("state", State)
def test_signals_and_deadlines_are_never_refused_where_they_can_come(state: State) -> None:
    for event in (Event.RAISE, Event.WORSEN, Event.EASE, Event.CLEAR):
        assert TABLE[state][event].to is not None
    assert (TABLE[state][Event.EXPIRE].to is not None) == (state is State.ACKNOWLEDGED)


@pytest.mark.parametrize("state", set(State) - {State.NORMAL})
def test_whatever_its_state_a_worsening_is_seen(state: State) -> None:
    assert TABLE[state][Event.WORSEN].to is State.UNACKNOWLEDGED


def test_over_needs_both_an_end_and_an_acknowledgement() -> None:
    to_normal = {
        (state, event)
        for state, event in CELLS
        if TABLE[state][event].to is State.NORMAL and state is not State.NORMAL
    }
    assert to_normal == {
        (State.ACKNOWLEDGED, Event.CLEAR),
        (State.RETURNED, Event.ACKNOWLEDGE),
        (State.SHELVED, Event.RESUME_CLEAR),
        (State.SUPPRESSED, Event.RESUME_CLEAR),
        (State.OUT_OF_SERVICE, Event.RESUME_CLEAR),
    }


@pytest.mark.parametrize(
    ("kind", "priority"),
    [
        ("breach", 1),
        ("panic", 1),
        ("strap", 1),
        ("radio_contact", 1),
        ("ladder", 1),
        ("alert", 2),
        ("unassured", 2),
        ("no_cover", 2),
        ("pre_alert", 3),
        ("battery_low", 3),
        ("gnss_lost", 3),
        ("case", 3),
        ("tamper", 3),
        ("other", 3),
    ],
)
def test_priorities(kind: str, priority: int) -> None:
    assert replace(an_incident(State.UNACKNOWLEDGED), peak=WEIGHTS[kind]).priority == priority


def test_an_incident_survives_json() -> None:
    before = an_incident(State.SHELVED)
    after = Incident.from_json(json.loads(json.dumps(before.to_json())))
    assert after == before
    assert isinstance(after.state, State)
    assert isinstance(after.level, Level)
