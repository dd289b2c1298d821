"""What a run says as it goes: JSON, one object a line, or sentences for people.

Both come from the same events, and an event is a dictionary with a `type` and, save for the
summary, an `at` (ISO 8601 UTC).
"""

import json
from collections.abc import Callable
from typing import Any

from host.base.clock import iso
from host.proximity.types import Condition, ConditionChange, Signal, Transition, UnitAlarm

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
    return _alarm_event(signal) if isinstance(signal, UnitAlarm) else None


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
    """One sentence with the time of day in UTC; the summary as a small table."""
    if event["type"] == "summary":
        print(_table(event))
    else:
        print(f"{event['at'][11:19]}  {sentence(event)}")


def sentence(event: Event) -> str:
    """An event, which is no summary, in one line without its time."""
    return _SENTENCES[event["type"]](event)


def _transition(event: Event) -> str:
    apart = "" if event["distance_m"] is None else f", {event['distance_m']} m"
    change = f"{event['from']} -> {event['to']}"
    return f"{event['order']}: {change} ({event['cause']}{apart}, by {event['rule']})"


def _breach(event: Event) -> str:
    lead_s = event["lead_time_s"]
    warned = "nobody was warned" if lead_s is None else f"warned {lead_s:.1f} s before"
    if event["missed"]:
        expected = ", as expected" if event["expected"] else ""
        warned = f"MISSED{expected}: {warned}"
    return f"{event['order']}: truly within {event['kind']} ({event['cause']}), {warned}"


def _incident(event: Event) -> str:
    causes = ", ".join(event["causes"])
    wants = f"wants an operator, priority {event['priority']}" if event["opened"] else "is over"
    return f"{event['order']}: {event['kind']} {wants} ({causes})"


_SENTENCES: dict[str, Callable[[Event], str]] = {
    "transition": _transition,
    "assurance": lambda event: "{order}: {from} -> {to} ({cause})".format(**event),
    "alarm": lambda event: f"{event['unit']}: {event['code']}{'' if event['raised'] else ' over'}",
    "warning": lambda event: "the host warns {unit} of {level} ({warning})".format(**event),
    "presented": lambda event: "{unit} presents the warning {warning}".format(**event),
    "receipt": lambda event: "the host has {unit}'s receipt for {warning}".format(**event),
    "notice": lambda event: (
        f"{event['unit']} {'tells' if event['felt'] else 'shows'} its wearer: {event['text']}"
    ),
    "incident": _incident,
    "fault": lambda event: f"-- {event['fault']} {event.get('unit', '')}".rstrip() + " --",
    "breach": _breach,
    "false_alarm": lambda event: "FALSE ALARM in {order}: {to} ({cause})".format(**event),
}


_UNTOLD = ("type", "tracks")  # how tracks were read is told before they are replayed


def _table(summary: Event) -> str:
    rows = [(key.replace("_", " "), value) for key, value in summary.items() if key not in _UNTOLD]
    width = max(len(key) for key, _ in rows)
    return "\n".join(["", *(f"{key:{width}}  {_cell(value)}" for key, value in rows)])


def _cell(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{key} {count}" for key, count in value.items()]
    if isinstance(value, list):
        return ", ".join("none" if item is None else str(item) for item in value) or "-"
    return "-" if value is None else str(value)
