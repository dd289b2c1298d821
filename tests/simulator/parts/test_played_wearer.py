"""Somebody who wears a unit, by words."""

import pytest

from host.base.errors import UsageError
from simulator.parts.played_wearer import COURSES_DEG, DRIVE_M_S, WORDS, PlayedWearer
from simulator.scenario.ground import offset_m
from simulator.scenario.movement import Node, Path

START_MS = 1_780_000_000_000
HOME = (146_349_000, -905_069_000)


@pytest.fixture
def links() -> list[bool]:
    return []


@pytest.fixture
def wearer(links: list[bool]) -> PlayedWearer:
    return PlayedWearer(Path([Node(START_MS, *HOME)]), 80, links.append)


def do(wearer: PlayedWearer, *words: str, at_s: float = 0) -> list[str]:
    now_ms = START_MS + round(at_s * 1000)
    return [line for word in words for line in wearer.do(word, now_ms)]


def test_a_button_is_let_go_and_contacts_are_opened_and_closed(wearer: PlayedWearer) -> None:
    assert do(wearer, "panic", "strap", "case") == ["pin panic 1", "pin strap 1", "pin case 1"]
    assert list(wearer.tick(START_MS + 2900)) == []
    assert list(wearer.tick(START_MS + 3000)) == ["pin panic 0"]
    assert do(wearer, "press", at_s=4) == ["pin panic 1"]
    assert list(wearer.tick(START_MS + 5000)) == ["pin panic 0"]
    assert do(wearer, "STRAP", " case ") == ["pin strap 0", "pin case 0"]


@pytest.mark.parametrize("whither", COURSES_DEG)
def test_they_go_where_they_are_told_until_they_stand(wearer: PlayedWearer, whither: str) -> None:
    do(wearer, f"drive {whither}")
    north_m, east_m = offset_m(HOME, wearer.at(START_MS + 10_000))
    assert (north_m**2 + east_m**2) ** 0.5 == pytest.approx(10 * DRIVE_M_S, abs=0.1)
    assert ("north" in whither) == (north_m > 1)
    assert ("east" in whither) == (east_m > 1)
    assert wearer.speed_m_s(START_MS + 10_000) == DRIVE_M_S
    do(wearer, "stand", at_s=10)
    assert wearer.at(START_MS + 60_000) == wearer.at(START_MS + 10_000)
    assert wearer.speed_m_s(START_MS + 60_000) == 0


def test_a_word_ends_the_track_where_it_is(links: list[bool]) -> None:
    way = Path([Node(START_MS, *HOME), Node(START_MS + 100_000, HOME[0] + 90_000, HOME[1])])
    wearer = PlayedWearer(way, 80, links.append)
    half = wearer.at(START_MS + 50_000)
    assert wearer.speed_m_s(START_MS + 50_000) > 9
    do(wearer, "stand", at_s=50)
    assert wearer.at(START_MS + 99_000) == half


def test_a_charger_charges_until_it_is_full(wearer: PlayedWearer) -> None:
    assert do(wearer, "battery 98", "charge") == ["battery 98"]
    assert list(wearer.tick(START_MS + 50_000)) == ["battery 99", "battery 100"]
    do(wearer, "charge", at_s=50)
    assert do(wearer, "battery 7", at_s=60) == ["battery 7"]
    assert list(wearer.tick(START_MS + 500_000)) == []


def test_the_network_and_the_roof(wearer: PlayedWearer, links: list[bool]) -> None:
    do(wearer, "link down", "link up", "roof")
    assert (links, wearer.roof) == ([False, True], True)
    assert "under a roof, battery 80 %" in wearer.stands(START_MS)
    do(wearer, "roof")
    assert not wearer.roof


@pytest.mark.parametrize("word", ["", "dance", "walk", "walk up", "battery", "battery 101", "link"])
def test_what_nobody_can_do_is_answered_with_what_they_can(wearer: PlayedWearer, word: str) -> None:
    with pytest.raises(UsageError, match="none of what a wearer can do: press, panic"):
        do(wearer, word)


def test_every_word_that_is_offered_is_known(wearer: PlayedWearer) -> None:
    for word in WORDS:
        do(wearer, word.replace("WHITHER", "north").replace(" N", " 50"))
