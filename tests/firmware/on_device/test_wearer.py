from firmware.alerts import STILL, TEXT_CHARGE, TEXT_COVERED, TEXT_NO_COVER
from protocol import command, record
from protocol.enrolment import BRACELET
from protocol.record import NO_COVER
from tests.firmware.on_device.desk import UTC_S, Desk


def warn(desk, warning_id=77, text=4, expires_s=UTC_S + 60):
    desk.number += 1
    what = (warning_id, command.ALERT, command.PATTERN_URGENT, text)
    desk.send(command.Warning(desk.number, 0, expires_s, *what))


def receipts(messages):
    return [(said.warning_id, said.outcome) for message in messages for said in message]


def test_a_warning_is_felt_once_and_receipted_each_time():
    desk = Desk()
    warn(desk)
    assert desk.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 4, 77)]
    assert receipts(desk.hear()) == [(77, record.PRESENTED)]
    warn(desk)
    assert desk.unit.signals == []
    assert receipts(desk.hear()) == [(77, record.PRESENTED)]
    again = Desk(flash=desk.flash)
    again.number = desk.number
    warn(again)
    assert again.unit.signals == []
    assert receipts(again.hear()) == [(77, record.PRESENTED)]


def test_a_warning_felt_without_a_link_is_not_felt_again_after_a_power_cut():
    desk = Desk()
    warn(desk)
    desk.unit.signals.clear()
    assert desk.unit.due_ms <= desk.now_ms
    desk.unit.tick(desk.now_ms)
    again = Desk(flash=desk.flash)
    again.number = desk.number
    warn(again)
    assert again.unit.signals == []


def test_a_warning_that_was_not_felt_before_the_power_failed_is_felt_after_it():
    desk = Desk()
    warn(desk)
    again = Desk(flash=desk.flash)
    again.number = desk.number
    warn(again)
    assert len(again.unit.signals) == 1


def test_a_late_warning_is_not_felt_and_says_so():
    desk = Desk()
    desk.fix(61_000)
    warn(desk)
    assert desk.unit.signals == []
    assert receipts(desk.hear()) == [(77, record.EXPIRED)]


def test_the_victim_silences_and_the_bracelet_cannot():
    desk = Desk()
    warn(desk)
    desk.hear()
    desk.unit.silence(5_000)
    assert desk.unit.signals == [(STILL, 0, 0, 0)]
    assert receipts(desk.hear()) == [(77, record.SILENCED)]
    desk = Desk(BRACELET)
    warn(desk, text=4)
    assert desk.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 0, 77)]
    desk.hear()
    desk.unit.silence(5_000)
    assert desk.hear() == []


def test_a_pattern_wears_out():
    desk = Desk()
    warn(desk)
    desk.hear()
    desk.fix(100_000)
    desk.answer(desk.heard[-1].sequence, 600, until_s=UTC_S + 3600)
    desk.now_ms = 600_000
    desk.unit.tick(desk.now_ms)
    assert desk.unit.signals == [(STILL, 0, 0, 0)]


def test_she_is_told_when_the_promise_passes_and_when_it_is_renewed():
    desk = Desk()
    desk.fix(0)
    desk.answer(desk.heard[-1].sequence, until_s=UTC_S + 100)
    desk.fix(99_000)
    assert NO_COVER not in [code for code, _, _ in desk.codes()]
    desk.now_ms = 100_000
    desk.unit.tick(desk.now_ms)
    assert [signal[2] for signal in desk.unit.signals] == [TEXT_NO_COVER]
    desk.hear()
    assert desk.codes()[-1] == (NO_COVER, 1, 0)
    desk.number += 1
    sequence = desk.heard[-1].sequence
    what = (sequence, 1, sequence, 0, UTC_S + 300, 100)
    desk.send(command.Answer(desk.number, 0, UTC_S + 200, *what))
    assert [signal[2] for signal in desk.unit.signals] == [TEXT_COVERED]
    desk.hear()
    assert desk.codes()[-1] == (NO_COVER, 0, 0)


def test_a_clock_that_goes_back_is_reported_and_lengthens_no_promise():
    desk = Desk()
    desk.fix(0)
    desk.fix(6_000, ahead_s=-600)
    assert desk.codes() == [(record.SPOOFING, 1, 594)]
    desk.answer(desk.heard[-1].sequence, until_s=UTC_S + 100)
    desk.until(99_999)
    assert NO_COVER not in [code for code, _, _ in desk.codes()]
    desk.until(100_000)
    assert desk.codes()[-1] == (NO_COVER, 1, 0)


def test_a_bracelet_holds_no_promise():
    desk = Desk(BRACELET)
    desk.fix(0)
    desk.until(1_000_000)
    assert NO_COVER not in [code for code, _, _ in desk.codes()]


def test_a_promise_of_before_the_restart_is_none():
    desk = Desk()
    desk.fix(0)
    sequence = desk.heard[-1].sequence
    desk.number += 1
    what = (sequence, 1, sequence, 600, UTC_S + 3600, 100)
    old = command.Answer(desk.number, 0, UTC_S + 3600, *what)
    again = Desk(flash=desk.flash)
    again.fix(1_000)
    again.send(old)
    again.until(26_000)
    assert (NO_COVER, 1, 0) in again.codes()


def test_low_battery_is_told_to_the_centre_and_to_the_wearer():
    desk = Desk()
    desk.unit.battery(10, 1_000)
    assert [signal[2] for signal in desk.unit.signals] == [TEXT_CHARGE]
    desk.hear()
    assert desk.codes() == [(record.BATTERY_LOW, 1, 10)]
