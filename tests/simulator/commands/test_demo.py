from string import Formatter

import pytest

from host.commands.cli import main
from simulator.commands.demo import DURATION_S, SCENARIO, TEXTS, teller
from simulator.scenario.scenario import load


def test_it_says_the_same_in_both_languages() -> None:
    def fields(language: str) -> dict[str, set[str | None]]:
        return {
            key: {field for _, field, _, _ in Formatter().parse(text) if field}
            for key, text in TEXTS[language].items()
        }

    assert fields("es") == fields("en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "nivel de la orden: de libre a prealerta, a 990.0 m"),
        ("en", "level of the order: from clear to pre-alert, at 990.0 m"),
    ],
)
def test_it_tells_events_in_words(
    capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    tell = teller(language, "America/Guatemala")
    at = {"at": "2026-03-02T20:00:05.400Z"}
    for event in (
        {"type": "transition", "from": "clear", "to": "pre_alert", "distance_m": 990.0},
        {"type": "assurance", "from": "watched", "to": "unassured", "cause": "overdue_victim"},
        {"type": "alarm", "unit": "B1", "code": "strap"},
        {"type": "notice", "unit": "V1", "number": 200},
        {"type": "fault"},
    ):
        tell(event | at)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"14:00:05  {said}"
    assert len(lines) == 4
    assert "{" not in "".join(lines)


def test_a_console_that_is_no_address_is_refused_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--console", "8001"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        'resguardo: --console is "8001": an address and a port are wanted, as in 127.0.0.1:8000\n'
    )


def test_it_goes_on_for_days() -> None:
    scenario = load(SCENARIO, start_ms=0, duration_s=DURATION_S)
    later_ms = 5 * 86_400_000
    assert any(at_ms > later_ms for at_ms, _ in scenario.paths["B1"].turns())
