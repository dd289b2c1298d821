"""What a run says as it goes: JSON, one object a line, or sentences for people.

Both come from the same events, and an event is a dictionary with a `type` and, save for the
summary, an `at` (ISO 8601 UTC).
"""

import json
from collections.abc import Callable
from typing import Any

from host.proximity.types import Condition, ConditionChange, Signal, Transition, UnitAlarm
from simulator.tracks import iso

Event = dict[str, Any]
Tell = Callable[[Event], None]


def signal_event(signal: Signal) -> Event | None:
    """A change of level, of assurance, or a unit's alarm; None for what is no news.

    Of assurance only that it is lost and that it is back: between assured and watched nobody has
    to do anything.
    """
    if isinstance(signal, Transition):
        return {
            "type": "transition",
            "at": iso(signal.at_ms),
            "order": signal.order,
            "from": str(signal.before),
            "to": str(signal.after),
            "cause": signal.cause,
            "rule": signal.reason,
            "distance_m": None if signal.distance_m is None else round(signal.distance_m, 1),
        }
    if isinstance(signal, ConditionChange):
        if Condition.UNASSURED not in (signal.before, signal.after):
            return None
        return {
            "type": "assurance",
            "at": iso(signal.at_ms),
            "order": signal.order,
            "from": str(signal.before),
            "to": str(signal.after),
            "cause": signal.reason,
        }
    return _alarm_event(signal)


def _alarm_event(alarm: UnitAlarm) -> Event:
    return {
        "type": "alarm",
        "at": iso(alarm.at_ms),
        "order": alarm.order,
        "unit": alarm.unit,
        "code": alarm.code,
        "raised": alarm.raised,
    }


def tell_json(event: Event) -> None:
    """One line of JSON."""
    print(json.dumps(event, ensure_ascii=False))


def tell_people(event: Event) -> None:
    """One sentence; nothing for what has none."""
    sentence = _SENTENCES.get(event["type"])
    if sentence is not None:
        words = {key: "?" if value is None else value for key, value in event.items()}
        print(f"{event['at'][11:19]}  {sentence(words)}")


def _transition(event: Event) -> str:
    where = f"{event['distance_m']} m from {event['cause'].partition(':')[2]}"
    return f"{event['order']}: {event['from']} -> {event['to']}, {where} ({event['rule']})"


def _assurance(event: Event) -> str:
    return f"{event['order']}: {event['from']} -> {event['to']} ({event['cause']})"


def _alarm(event: Event) -> str:
    return f"{event['unit']}: {event['code']}{'' if event['raised'] else ' healed'}"


_SENTENCES: dict[str, Callable[[Event], str]] = {
    "transition": _transition,
    "assurance": _assurance,
    "alarm": _alarm,
    "warning": lambda event: f"the host warns {event['unit']} ({event['role']}): {event['level']}",
    "presented": lambda event: f"{event['unit']} presents the warning {event['warning']}",
    "notice": lambda event: f"{event['unit']} says: {event['text']}",
    "receipt": lambda event: f"receipt from {event['unit']} for the warning {event['warning']}",
    "fault": lambda event: f"fault: {event['fault']} {event.get('unit', '')}".rstrip(),
}
