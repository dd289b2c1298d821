"""README.md's tables are drawn from the code.

`python -m tests.host.escalation.test_readme` draws them anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from host.base.catalogue import catalogue
from host.escalation import delivery, incident
from host.escalation.act import EVENTS, REASONED, Verb, judge
from host.escalation.delivery import DeliveryEvent, Progress
from host.escalation.incident import WEIGHTS, Event, Incident, Refused, State
from host.escalation.ladder import UNIT_TEXTS
from host.escalation.policy import Ladder, Rung, default

README = Path(str(files("host.escalation"))) / "README.md"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def incident_states() -> str:
    letters = dict(zip(State, "ABCDGHI", strict=True))

    def cell(state: State, event: Event) -> str:
        rule = incident.TABLE[state][event]
        return f"{letters[rule.to] if rule.to else '–'} {rule.name}"

    head = ["", *(f"{letter} {state}" for state, letter in letters.items())]
    return table(head, ([event, *(cell(state, event) for state in State)] for event in Event))


def delivery_states() -> str:
    def cell(state: Progress, event: DeliveryEvent) -> str:
        rule = delivery.TABLE[state][event]
        return f"{rule.to or '–'}: {rule.name}"

    rows = ([event, *(cell(state, event) for state in Progress)] for event in DeliveryEvent)
    return table(["", *Progress], rows)


def acts() -> str:
    """What is refused besides, tried on one incident of each sort."""
    sorts = {"a level": ("alert", ""), "a breach": ("breach", ""), "assurance": ("unassured", "")}
    sorts |= {"panic, strap": ("panic", "V1"), "another alarm of a unit": ("gnss_lost", "V1")}

    def cell(verb: Verb, kind: str, unit: str) -> str:
        level = WEIGHTS[kind]
        found = Incident("", "", kind, kind, 1, level, level, 0, 0, 0, "", State.UNACKNOWLEDGED)
        try:
            judge(replace(found, unit=unit), verb)
        except Refused as error:
            return f"– {error.reason}"
        return "with a reason" if verb in REASONED else "yes"

    verbs = [verb for verb in EVENTS if verb is not Verb.RESUME]
    rows = ([verb, *(cell(verb, *of) for of in sorts.values())] for verb in verbs)
    return table(["", *sorts], rows)


def kinds() -> str:
    by_weight = sorted(WEIGHTS, key=lambda kind: -WEIGHTS[kind])
    priority = {level: 4 - level for level in WEIGHTS.values()}
    return table(
        ["priority", "weight", "kinds"],
        [
            [
                str(priority[level]),
                str(level),
                ", ".join(k for k in by_weight if WEIGHTS[k] is level),
            ]
            for level in sorted(priority, reverse=True)
        ],
    )


def ladders() -> str:
    def does(rung: Rung) -> str:
        said = [f"{target.recipient}.{target.channel}" for target in rung.targets]
        if rung.asks_fix:
            said.append("ask victim for a fix")
        if rung.pattern:
            said.append(f"pattern {rung.pattern}")
        if rung.only_if_contact:
            said.append("only if the bound permits contact")
        return ("escalate: " if rung.escalates else "") + ", ".join(said)

    def rows(kind: str, ladder: Ladder) -> list[list[str]]:
        timed, at_ms = [], 0
        for rung in ladder.rungs:
            at_ms += rung.wait_ms
            timed.append((at_ms, does(rung)))
        if ladder.call_ms:
            timed.append(
                (ladder.call_ms, "call whose unit has given no receipt (acknowledged or not)")
            )
        if ladder.last_wait_ms:
            timed.append((at_ms + ladder.last_wait_ms, "exhausted: an alarm of its own (`ladder`)"))
        timed.sort(key=lambda entry: entry[0])
        return [[kind, f"{at_ms // 1000} s", what] for at_ms, what in timed]

    every = [row for kind, ladder in default().ladders.items() for row in rows(kind, ladder)]
    return table(["kind", "unacknowledged for", "what is done"], every)


def unit_texts() -> str:
    texts = catalogue()
    return table(
        ["text", "worn by", "pattern", "español", "English"],
        [
            [
                str(number),
                role,
                str(pattern),
                texts.text(f"unit_text.{number}", "es"),
                texts.text(f"unit_text.{number}", "en"),
            ]
            for (role, pattern), number in UNIT_TEXTS.items()
        ],
    )


DRAWN: dict[str, Callable[[], str]] = {
    "incident": incident_states,
    "acts": acts,
    "delivery": delivery_states,
    "kinds": kinds,
    "ladders": ladders,
    "texts": unit_texts,
}


def cut(text: str, name: str) -> tuple[str, str, str]:
    """What stands before, in and after the table of that name."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    assert begin, f"README.md has no <!-- {name} -->"
    drawn, end, after = rest.partition("<!-- end -->")
    return before + begin, drawn, end + after


@pytest.mark.parametrize("name", DRAWN)
def test_the_readmes_tables_are_the_codes(name: str) -> None:
    _, drawn, _ = cut(README.read_text(encoding="utf-8"), name)
    assert drawn == DRAWN[name]() + "\n"


if __name__ == "__main__":
    for name, draw in DRAWN.items():
        before, _, after = cut(README.read_text(encoding="utf-8"), name)
        README.write_text(f"{before}{draw()}\n{after}", encoding="utf-8")
