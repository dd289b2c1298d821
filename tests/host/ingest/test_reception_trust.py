"""What a message says of rest, of the strap and of when it was said."""

from host.ingest.intake import take
from host.ingest.news import Alarmed, CameLate, Doubted, Moved
from host.ingest.reception import said_ms
from protocol import record
from tests.host.ingest.desk import Desk, kinds
from tests.host.scene import BRACELET, Voice, at_ms


def test_a_restart_ends_rest_as_moving_off_does() -> None:
    for again in (Voice.boot, lambda voice, s: voice.event(s, record.MOTION)):
        desk = Desk()
        desk.receive(0, desk.voice.rest(0))
        assert desk.wearer.track.resting
        assert kinds(desk.receive(300, again(desk.voice, 300))) == [Doubted]
        assert not desk.wearer.track.resting


def test_a_restart_is_dated_from_when_the_unit_was_last_heard() -> None:
    desk = Desk()
    desk.receive(0, desk.voice.rest(0))
    desk.receive(200, desk.voice.event(200, record.GNSS_LOST))
    desk.receive(300, desk.voice.boot(300))
    assert desk.wearer.track.anchor is not None
    assert desk.wearer.track.anchor.time_ms == at_ms(200 - 20)


def test_moving_off_without_utc_is_dated_from_when_the_unit_was_last_heard() -> None:
    desk = Desk()
    desk.receive(0, desk.voice.rest(0))
    desk.receive(100, desk.voice.event(100, record.GNSS_LOST))
    desk.receive(150, desk.voice.event(150, record.MOTION, flags=0))
    assert desk.wearer.track.anchor is not None
    assert desk.wearer.track.anchor.time_ms == at_ms(100 - 20)


def test_a_strap_is_whole_when_the_centre_has_cleared_it_in_whatever_order_that_comes() -> None:
    voice = Voice(BRACELET)
    cut, touched = voice.event(0, record.STRAP), voice.event(5, record.STRAP, 0)
    cleared = voice.event(9, record.STRAP, 0, detail=record.CLEARED)
    for order, off in (
        ((cut, touched), True),
        ((touched, cut), True),
        ((cut, touched, cleared), False),
        ((cleared, touched, cut), False),
    ):
        desk = Desk()
        for sealed in order:
            desk.receive(10, sealed)
        assert desk.wearer.track.off is off


def test_what_is_latched_is_over_when_the_centre_says_so() -> None:
    desk = Desk()
    cut, touched = desk.voice.event(0, record.CASE), desk.voice.event(5, record.CASE, 0)
    told = desk.receive(6, cut, touched)
    assert told.news == [Alarmed("case", True, at_ms(0))]
    cleared = desk.voice.event(9, record.CASE, 0, detail=record.CLEARED)
    assert desk.receive(10, cleared).news == [Alarmed("case", False, at_ms(9))]


def test_of_a_backlog_only_the_newest_shows_where_somebody_is_now() -> None:
    desk = Desk()
    backlog = [desk.voice.fix(0), desk.voice.fix(5), desk.voice.fix(10)]
    told = desk.receive(600, *backlog)
    assert kinds(told) == [Doubted, CameLate, Doubted, CameLate, Moved, CameLate]
    old, heartbeat = desk.voice.fix(500), desk.voice.event(700, record.GNSS_LOST)
    assert kinds(desk.receive(700, old, heartbeat)) == [Doubted, CameLate, Alarmed]


def test_when_something_was_said_is_its_own_time_or_that_of_its_receipt() -> None:
    desk = Desk()
    for sealed, expected in (
        (desk.voice.fix(40), 40),
        (desk.voice.fix(101), 100),
        (desk.voice.event(30, record.CASE), 30),
        (desk.voice.event(30, record.CASE, flags=0), 100),
        (desk.voice.tombstone(1, 1), 100),
        (desk.voice.raw(15, b"?"), 100),
    ):
        parts, _, newest = take(sealed, desk.wearer.channel, desk.wearer.ledger)
        assert said_ms(parts, newest, at_ms(100)) == at_ms(expected)
