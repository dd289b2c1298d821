"""What a message says of rest, of the strap and of when it was said."""

from host.ingest.intake import take
from host.ingest.news import Alarmed, CameLate, Doubted, Moved
from host.ingest.reception import said_ms
from protocol import record
from tests.host.driven_centre import BRACELET, Sealer, at_ms
from tests.host.ingest.bracelet import Bracelet, kinds


def test_a_restart_ends_rest_as_moving_off_does() -> None:
    for again in (Sealer.boot, lambda sealer, s: sealer.event(s, record.MOTION)):
        bracelet = Bracelet()
        bracelet.receive(0, bracelet.sealer.rest(0))
        assert bracelet.wearer.track.resting
        assert kinds(bracelet.receive(300, again(bracelet.sealer, 300))) == [Doubted]
        assert not bracelet.wearer.track.resting


def test_a_restart_is_dated_from_when_the_unit_was_last_heard() -> None:
    bracelet = Bracelet()
    bracelet.receive(0, bracelet.sealer.rest(0))
    bracelet.receive(200, bracelet.sealer.event(200, record.GNSS_LOST))
    bracelet.receive(300, bracelet.sealer.boot(300))
    assert bracelet.wearer.track.anchor is not None
    assert bracelet.wearer.track.anchor.time_ms == at_ms(200 - 20)


def test_moving_off_without_utc_is_dated_from_when_the_unit_was_last_heard() -> None:
    bracelet = Bracelet()
    bracelet.receive(0, bracelet.sealer.rest(0))
    bracelet.receive(100, bracelet.sealer.event(100, record.GNSS_LOST))
    bracelet.receive(150, bracelet.sealer.event(150, record.MOTION, flags=0))
    assert bracelet.wearer.track.anchor is not None
    assert bracelet.wearer.track.anchor.time_ms == at_ms(100 - 20)


def test_a_strap_is_whole_when_the_centre_has_cleared_it_in_whatever_order_that_comes() -> None:
    sealer = Sealer(BRACELET)
    cut, touched = sealer.event(0, record.STRAP), sealer.event(5, record.STRAP, 0)
    cleared = sealer.event(9, record.STRAP, 0, detail=record.CLEARED)
    for order, off in (
        ((cut, touched), True),
        ((touched, cut), True),
        ((cut, touched, cleared), False),
        ((cleared, touched, cut), False),
    ):
        bracelet = Bracelet()
        for sealed in order:
            bracelet.receive(10, sealed)
        assert bracelet.wearer.track.off is off


def test_what_is_latched_is_over_when_the_centre_says_so() -> None:
    bracelet = Bracelet()
    cut, touched = bracelet.sealer.event(0, record.CASE), bracelet.sealer.event(5, record.CASE, 0)
    told = bracelet.receive(6, cut, touched)
    assert told.news == [Alarmed("case", True, at_ms(0))]
    cleared = bracelet.sealer.event(9, record.CASE, 0, detail=record.CLEARED)
    assert bracelet.receive(10, cleared).news == [Alarmed("case", False, at_ms(9))]


def test_of_a_backlog_only_the_newest_shows_where_somebody_is_now() -> None:
    bracelet = Bracelet()
    backlog = [bracelet.sealer.fix(0), bracelet.sealer.fix(5), bracelet.sealer.fix(10)]
    told = bracelet.receive(600, *backlog)
    assert kinds(told) == [Doubted, CameLate, Doubted, CameLate, Moved, CameLate]
    old, heartbeat = bracelet.sealer.fix(500), bracelet.sealer.event(700, record.JAMMING)
    assert kinds(bracelet.receive(700, old, heartbeat)) == [Doubted, CameLate, Alarmed]


def test_when_something_was_said_is_its_own_time_or_that_of_its_receipt() -> None:
    bracelet = Bracelet()
    for sealed, expected in (
        (bracelet.sealer.fix(40), 40),
        (bracelet.sealer.fix(101), 100),
        (bracelet.sealer.event(30, record.CASE), 30),
        (bracelet.sealer.event(30, record.CASE, flags=0), 100),
        (bracelet.sealer.tombstone(1, 1), 100),
        (bracelet.sealer.raw(15, b"?"), 100),
    ):
        parts, _, newest = take(sealed, bracelet.wearer.channel, bracelet.wearer.ledger)
        assert said_ms(parts, newest, at_ms(100)) == at_ms(expected)
