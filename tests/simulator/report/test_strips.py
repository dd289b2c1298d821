"""Strips draw what held when it held, and nothing else."""

import re
from dataclasses import replace

import pytest

from simulator.report.axis import TimeAxis
from simulator.report.run import Run
from simulator.report.strips import (
    alarm_strip,
    assured_strip,
    condition_strip,
    lead_strip,
    level_strip,
    unit_strip,
)
from simulator.report.words import Words

WORDS = Words("en")
S, MIN = 1000, 60_000


def _axis(run: Run) -> TimeAxis:
    return TimeAxis(run.start_ms, run.end_ms, 0, 420)  # a pixel a second


def _reach(parts: list[str]) -> list[tuple[float, float]]:
    """From where to where each polygon goes."""
    found = []
    for part in parts:
        points = re.search(r'points="([^"]+)"', part)
        if points is not None:
            xs = [float(point.split(",")[0]) for point in points[1].split()]
            found.append((min(xs), max(xs)))
    return found


def test_a_promise_is_drawn_while_it_holds_and_not_in_between(run: Run) -> None:
    start = run.start_ms
    dense = [(start + at, start + at + 90 * S) for at in range(0, 60 * S, 250)]
    again = (start + 200 * S, start + 250 * S)
    changes = (*dense, (start + 60 * S, 0), again)
    strip = assured_strip(replace(run, assured={"o": changes}), _axis(run), WORDS, "o")
    assert strip is not None
    reach = _reach([str(part) for part in strip.parts])
    assert len(reach) < len(dense)
    assert all(right <= 60 or (left, right) == (200, 250) for left, right in reach)
    assert (reach[0][0], reach[-1]) == (0, (200, 250))
    assert max(right for _, right in reach[:-1]) == pytest.approx(60, abs=1)
    assert strip.title == "Time left of it (at most 90.0 s)"


def test_a_promise_for_hours_is_drawn_as_for_one(run: Run) -> None:
    far = replace(run, assured={"o": ((run.start_ms, run.end_ms + 300 * MIN),)})
    strip = assured_strip(far, _axis(run), WORDS, "o")
    assert strip is not None
    assert strip.title == "Time left of it (top: 60.0 min or more)"
    assert 'points="0.0,34.0 0.0,0.0 420.0,0.0 420.0,0.0 420.0,34.0"' in strip.parts[-1]


def test_an_order_that_never_was_assured_has_no_such_strip(run: Run) -> None:
    assert assured_strip(replace(run, assured={}), _axis(run), WORDS, "o") is None


def test_levels_and_conditions_fill_the_whole_time(run: Run) -> None:
    axis = _axis(run)
    for strip in (
        level_strip(run, axis, WORDS, "order1", "victim:ana", "ana"),
        condition_strip(run, axis, WORDS, "order1"),
    ):
        bars = [
            (float(x), float(width))
            for part in strip.parts
            for x, width in re.findall(r'<rect x="([\d.]+)"[^>]*class="(?:level|condition)[^>]*'
                                       r'width="([\d.]+)"', part)
        ]  # fmt: skip
        assert sum(width for _, width in bars) == pytest.approx(420, abs=2)
        assert bars == sorted(bars)


def test_each_breach_has_its_lead(run: Run) -> None:
    strip = lead_strip(run, _axis(run), WORDS, "order1")
    assert strip is not None
    told = "".join(strip.parts)
    for lead_s in run.summary["lead_times_s"]:
        assert f"{lead_s:.1f} s<" in told
    assert lead_strip(run, _axis(run), WORDS, "another") is None


def test_what_wanted_an_operator_is_drawn_while_it_did(run: Run) -> None:
    strip = alarm_strip(run, _axis(run), WORDS, "order1")
    assert strip is not None
    opened = sum(event["opened"] for event in run.of("incident"))
    assert opened > 0
    assert "".join(strip.parts).count('class="alarm"') == opened
    assert alarm_strip(replace(run, events=()), _axis(run), WORDS, "order1") is None


def test_a_receiver_is_drawn_while_it_is_on(run: Run) -> None:
    changes = ((run.start_ms, False), (run.start_ms + 60 * S, True), (run.start_ms + 90 * S, False))
    strip = unit_strip(replace(run, searches={"B1": changes}), _axis(run), WORDS, "B1", "juan")
    assert strip is not None
    (drawn,) = [part for part in strip.parts if 'class="search"' in part]
    assert 'x="60"' in drawn
    assert 'width="30"' in drawn
    assert unit_strip(replace(run, searches={}), _axis(run), WORDS, "B1", "juan") is None
