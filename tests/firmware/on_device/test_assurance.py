from firmware.assurance import Assurance
from protocol.command import RESTING, WATCHED

SILENCE_MS = 25_000


def assured(until_ms=100_000, flags=0, left_pct=50, moved_ms=None, now_ms=0, quiet_ms=0):
    assurance = Assurance(SILENCE_MS, now_ms)
    assurance.answer(flags, until_ms, left_pct, quiet_ms, moved_ms, now_ms)
    return assurance


def test_cover_ends_when_the_promise_passes_unrenewed():
    assurance = assured()
    assert not assurance.turned(99_999)
    assert assurance.turned(100_000)
    assert assurance.lost
    assert not assurance.turned(100_001)


def test_a_promise_that_has_ended_is_no_alarm_before_the_quiet_clock_has_passed():
    assurance = assured(quiet_ms=300_000)
    assert assurance.due_ms == 100_000
    assert not assurance.turned(100_000)
    assert assurance.lost
    assert assurance.due_ms == 300_000
    assert not assurance.turned(299_999)
    assert assurance.turned(300_000)
    assert assurance.alarmed


def test_an_alarm_lasts_until_there_is_a_promise_again():
    assurance = assured(quiet_ms=110_000)
    assurance.turned(100_000)
    assert assurance.turned(110_000)
    assurance.answer(0, None, 100, 400_000, None, 111_000)  # the host would have waited longer
    assert not assurance.turned(111_000)
    assert assurance.alarmed
    assurance.answer(0, 200_000, 100, 400_000, None, 112_000)
    assert assurance.turned(112_000)
    assert not (assurance.lost or assurance.alarmed)


def test_a_quiet_clock_that_passes_while_something_is_promised_is_no_alarm():
    assert not assured(quiet_ms=50_000).turned(60_000)


def test_a_renewed_promise_heals():
    assurance = assured()
    assert assurance.turned(100_000)
    assurance.answer(0, 200_000, 50, 0, None, 150_000)
    assert assurance.turned(150_000)
    assert not assurance.lost


def test_without_any_answer_there_is_no_cover_soon_after_the_start():
    assurance = Assurance(SILENCE_MS, 1_000)
    assert not assurance.turned(25_999)
    assert assurance.turned(26_000)


def test_watched_holds_as_long_as_the_host_is_heard():
    assurance = assured(None, WATCHED)
    assurance.answer(WATCHED, None, 100, 0, None, 5_000)
    assert not assurance.turned(29_999)
    assert assurance.turned(30_000)
    assurance.answer(WATCHED, None, 100, 0, None, 31_000)
    assert assurance.turned(31_000)
    assert not assurance.lost


def test_watched_never_shortens_a_promise():
    assert assured(100_000, WATCHED).until_ms == 100_000


def test_a_withdrawn_promise_ends_soon_and_is_not_prolonged_by_repeating_it():
    assurance = assured()
    assurance.answer(0, None, 100, 0, None, 10_000)
    assurance.answer(0, None, 100, 0, None, 15_000)
    assert assurance.until_ms == 10_000 + SILENCE_MS


def test_moving_off_shrinks_a_promise_that_counted_on_rest_once():
    assurance = assured(100_000, RESTING, 40)
    assurance.moved(50_000)
    assert assurance.until_ms == 70_000
    assurance.moved(60_000)
    assert assurance.until_ms == 70_000


def test_moving_does_not_touch_a_promise_that_did_not_count_on_rest():
    assurance = assured(100_000, 0, 40)
    assurance.moved(50_000)
    assert assurance.until_ms == 100_000


def test_a_promise_on_rest_that_comes_after_moving_off_shrinks_from_then():
    assert assured(100_000, RESTING, 50, 20_000, 30_000).until_ms == 60_000


def test_a_time_that_the_host_says_no_more_is_no_promise():
    assurance = assured()
    assert assurance.promised
    assurance.answer(0, None, 100, 0, None, 10_000)
    assert not assurance.promised
