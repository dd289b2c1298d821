from firmware.alerts import STILL, TEXT_CHARGE, TEXT_COVERED, TEXT_NO_COVER
from protocol import command, record
from protocol.enrolment import BRACELET
from protocol.record import NO_COVER
from tests.firmware.on_device.tested_unit import UTC_S, TestedUnit


def warn(tested, warning_id=77, text=4, expires_s=UTC_S + 60):
    tested.number += 1
    what = (warning_id, command.ALERT, command.PATTERN_URGENT, text)
    tested.send(command.Warning(tested.number, 0, expires_s, *what))


def receipts(messages):
    return [(said.warning_id, said.outcome) for message in messages for said in message]


def test_a_warning_is_felt_once_and_receipted_each_time():
    tested = TestedUnit()
    warn(tested)
    assert tested.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 4, 77)]
    assert receipts(tested.hear()) == [(77, record.PRESENTED)]
    warn(tested)
    assert tested.unit.signals == []
    assert receipts(tested.hear()) == [(77, record.PRESENTED)]
    again = TestedUnit(flash=tested.flash)
    again.number = tested.number
    warn(again)
    assert again.unit.signals == []
    assert receipts(again.hear()) == [(77, record.PRESENTED)]


def test_a_warning_felt_without_a_link_is_not_felt_again_after_a_power_cut():
    tested = TestedUnit()
    warn(tested)
    tested.unit.signals.clear()
    assert tested.unit.due_ms <= tested.now_ms
    tested.unit.tick(tested.now_ms)
    again = TestedUnit(flash=tested.flash)
    again.number = tested.number
    warn(again)
    assert again.unit.signals == []


def test_a_warning_that_was_not_felt_before_the_power_failed_is_felt_after_it():
    tested = TestedUnit()
    warn(tested)
    again = TestedUnit(flash=tested.flash)
    again.number = tested.number
    warn(again)
    assert len(again.unit.signals) == 1


def test_a_late_warning_is_not_felt_and_says_so():
    tested = TestedUnit()
    tested.fix(61_000)
    warn(tested)
    assert tested.unit.signals == []
    assert receipts(tested.hear()) == [(77, record.EXPIRED)]


def test_the_victim_silences_and_the_bracelet_cannot():
    tested = TestedUnit()
    warn(tested)
    tested.hear()
    tested.unit.silence(5_000)
    assert tested.unit.signals == [(STILL, 0, 0, 0)]
    assert receipts(tested.hear()) == [(77, record.SILENCED)]
    tested = TestedUnit(BRACELET)
    warn(tested, text=4)
    assert tested.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 0, 77)]
    tested.hear()
    tested.unit.silence(5_000)
    assert tested.hear() == []


def test_a_pattern_wears_out():
    tested = TestedUnit()
    warn(tested)
    tested.hear()
    tested.fix(100_000)
    tested.answer(tested.heard[-1].sequence, 600, until_s=UTC_S + 3600)
    tested.now_ms = 600_000
    tested.unit.tick(tested.now_ms)
    assert tested.unit.signals == [(STILL, 0, 0, 0)]


def test_she_is_told_when_the_promise_passes_and_when_it_is_renewed():
    tested = TestedUnit()
    tested.fix(0)
    tested.answer(tested.heard[-1].sequence, until_s=UTC_S + 100)
    tested.fix(99_000)
    assert NO_COVER not in [code for code, _, _ in tested.codes()]
    tested.now_ms = 100_000
    tested.unit.tick(tested.now_ms)
    assert [signal[2] for signal in tested.unit.signals] == [TEXT_NO_COVER]
    tested.hear()
    assert tested.codes()[-1] == (NO_COVER, 1, 0)
    tested.number += 1
    sequence = tested.heard[-1].sequence
    what = (sequence, 1, sequence, 0, UTC_S + 300, 100)
    tested.send(command.Answer(tested.number, 0, UTC_S + 200, *what))
    assert [signal[2] for signal in tested.unit.signals] == [TEXT_COVERED]
    tested.hear()
    assert tested.codes()[-1] == (NO_COVER, 0, 0)


def test_a_clock_that_goes_back_is_reported_and_lengthens_no_promise():
    tested = TestedUnit()
    tested.fix(0)
    tested.fix(6_000, ahead_s=-600)
    assert tested.codes() == [(record.SPOOFING, 1, 594)]
    tested.answer(tested.heard[-1].sequence, until_s=UTC_S + 100)
    tested.until(99_999)
    assert NO_COVER not in [code for code, _, _ in tested.codes()]
    tested.until(100_000)
    assert tested.codes()[-1] == (NO_COVER, 1, 0)


def test_a_bracelet_holds_no_promise():
    tested = TestedUnit(BRACELET)
    tested.fix(0)
    tested.until(1_000_000)
    assert NO_COVER not in [code for code, _, _ in tested.codes()]


def test_a_promise_of_before_the_restart_is_none():
    tested = TestedUnit()
    tested.fix(0)
    sequence = tested.heard[-1].sequence
    tested.number += 1
    what = (sequence, 1, sequence, 600, UTC_S + 3600, 100)
    old = command.Answer(tested.number, 0, UTC_S + 3600, *what)
    again = TestedUnit(flash=tested.flash)
    again.fix(1_000)
    again.send(old)
    again.until(26_000)
    assert (NO_COVER, 1, 0) in again.codes()


def test_low_battery_is_told_to_the_centre_and_to_the_wearer():
    tested = TestedUnit()
    tested.unit.battery(10, 1_000)
    assert [signal[2] for signal in tested.unit.signals] == [TEXT_CHARGE]
    tested.hear()
    assert tested.codes() == [(record.BATTERY_LOW, 1, 10)]
