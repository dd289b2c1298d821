from firmware.alerts import STILL, TEXT_CHARGE, TEXT_COVERED, TEXT_NO_COVER
from protocol import command, record
from protocol.enrolment import BRACELET
from protocol.record import NO_COVER
from tests.firmware.on_device.held_unit import UTC_S, HeldUnit


def warn(held, warning_id=77, text=4, expires_s=UTC_S + 60):
    held.number += 1
    what = (warning_id, command.ALERT, command.PATTERN_URGENT, text)
    held.send(command.Warning(held.number, 0, expires_s, *what))


def receipts(messages):
    return [(said.delivery_id, said.outcome) for message in messages for said in message]


def test_a_warning_is_felt_once_and_receipted_each_time():
    held = HeldUnit()
    warn(held)
    assert held.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 4, 77)]
    assert receipts(held.hear()) == [(77, record.PRESENTED)]
    warn(held)
    assert held.unit.signals == []
    assert receipts(held.hear()) == [(77, record.PRESENTED)]
    again = HeldUnit(flash=held.flash)
    again.number = held.number
    warn(again)
    assert again.unit.signals == []
    assert receipts(again.hear()) == [(77, record.PRESENTED)]


def test_a_warning_felt_without_a_link_is_not_felt_again_after_a_power_cut():
    held = HeldUnit()
    warn(held)
    held.unit.signals.clear()
    assert held.unit.due_ms <= held.now_ms
    held.unit.tick(held.now_ms)
    again = HeldUnit(flash=held.flash)
    again.number = held.number
    warn(again)
    assert again.unit.signals == []


def test_a_warning_that_was_not_felt_before_the_power_failed_is_felt_after_it():
    held = HeldUnit()
    warn(held)
    again = HeldUnit(flash=held.flash)
    again.number = held.number
    warn(again)
    assert len(again.unit.signals) == 1


def test_a_late_warning_is_not_felt_and_says_so():
    held = HeldUnit()
    held.fix(61_000)
    warn(held)
    assert held.unit.signals == []
    assert receipts(held.hear()) == [(77, record.EXPIRED)]


def test_a_warning_is_felt_however_wrong_the_receivers_clock_is():
    for ahead_s in (-86_400, -5_400, -7, 7, 90, 600, 3_600, 10**9):
        held = HeldUnit()
        ((fix,),) = held.fix(0, ahead_s=ahead_s)
        held.now_ms = 300
        held.answer(fix.sequence)
        held.fix(30_000, ahead_s=ahead_s)
        warn(held, expires_s=UTC_S + 31)
        assert [signal[3] for signal in held.unit.signals] == [77]
        assert receipts(held.hear()) == [(77, record.PRESENTED)]


def test_nor_are_answers_lost_by_it():
    for ahead_s in (-5_400, 3_600):
        held = HeldUnit()
        for now_ms in (0, 120_000):
            ((fix,),) = held.fix(now_ms, ahead_s=ahead_s)
            held.now_ms += 200
            held.answer(fix.sequence, 120, now_ms // 1000 + UTC_S + 200)
        assert held.unit.counters == {}
        assert held.journal.backlog == 0
        assert not held.unit.gnss_wanted  # the lease was taken
        held.until(319_799)  # 200 ms before: so long may the fix have been on its way
        assert NO_COVER not in [code for code, _, _ in held.codes()]


def test_the_victim_silences_and_the_bracelet_cannot():
    held = HeldUnit()
    warn(held)
    held.hear()
    held.unit.silence(5_000)
    assert held.unit.signals == [(STILL, 0, 0, 0)]
    assert receipts(held.hear()) == [(77, record.SILENCED)]
    held = HeldUnit(BRACELET)
    warn(held, text=4)
    assert held.unit.signals == [(command.PATTERN_URGENT, command.ALERT, 0, 77)]
    held.hear()
    held.unit.silence(5_000)
    assert held.hear() == []


def test_a_pattern_wears_out():
    held = HeldUnit()
    warn(held)
    held.hear()
    held.fix(100_000)
    held.answer(held.heard[-1].sequence, 600, until_s=UTC_S + 3600)
    held.now_ms = 600_000
    held.unit.tick(held.now_ms)
    assert held.unit.signals == [(STILL, 0, 0, 0)]


def test_she_feels_when_the_promise_passes_and_not_when_it_is_renewed():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence, until_s=UTC_S + 100)
    held.fix(99_000)
    assert NO_COVER not in [code for code, _, _ in held.codes()]
    held.now_ms = 100_000
    held.unit.tick(held.now_ms)
    assert [signal[2] for signal in held.unit.signals] == [TEXT_NO_COVER]
    held.hear()
    assert held.codes()[-1] == (NO_COVER, 1, 0)
    held.number += 1
    sequence = held.heard[-1].sequence
    what = (sequence, 1, sequence, 0, UTC_S + 300, 100, 0)
    held.send(command.Answer(held.number, 0, UTC_S + 200, *what))
    assert held.unit.signals == []
    assert held.unit.readable[-1][2] == TEXT_COVERED
    held.hear()
    assert held.codes()[-1] == (NO_COVER, 0, 0)


def test_the_light_goes_out_at_once_and_the_quiet_clock_holds_what_is_felt():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence, until_s=UTC_S + 100, quiet_s=400)
    assert held.unit.covered
    for now_ms, felt in ((100_000, []), (399_999, []), (400_000, [TEXT_NO_COVER])):
        held.now_ms = now_ms
        held.unit.tick(now_ms)
        assert not held.unit.covered
        assert [signal[2] for signal in held.unit.signals] == felt
        assert NO_COVER not in [code for code, _, _ in held.codes()]
    held.hear()
    assert held.codes()[-1] == (NO_COVER, 1, 0)


def test_a_press_is_answered_by_how_she_stands():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence, until_s=UTC_S + 100, quiet_s=400)
    for now_ms, text in ((50_000, TEXT_COVERED), (150_000, TEXT_NO_COVER)):
        held.now_ms = now_ms
        held.unit.tick(now_ms)
        held.unit.silence(now_ms)
        pattern, _, told, _ = held.unit.signals.pop()
        assert (pattern, told) == (command.PATTERN_NOTICE, text)


def test_a_clock_that_goes_back_is_reported_and_lengthens_no_promise():
    held = HeldUnit()
    held.fix(0)
    held.fix(6_000, ahead_s=-600)
    assert held.codes() == [(record.SPOOFING, 1, 594)]
    held.answer(held.heard[-1].sequence, until_s=UTC_S + 100)
    held.until(99_999)
    assert NO_COVER not in [code for code, _, _ in held.codes()]
    held.until(100_000)
    assert held.codes()[-1] == (NO_COVER, 1, 0)


def test_a_bracelet_holds_no_promise():
    held = HeldUnit(BRACELET)
    held.fix(0)
    held.until(1_000_000)
    assert NO_COVER not in [code for code, _, _ in held.codes()]


def test_a_promise_of_before_the_restart_is_none():
    held = HeldUnit()
    held.fix(0)
    sequence = held.heard[-1].sequence
    held.number += 1
    what = (sequence, 1, sequence, 600, UTC_S + 3600, 100, 0)
    old = command.Answer(held.number, 0, UTC_S + 3600, *what)
    again = HeldUnit(flash=held.flash)
    again.fix(1_000)
    again.send(old)
    again.until(26_000)
    assert (NO_COVER, 1, 0) in again.codes()


def test_low_battery_is_told_to_the_centre_and_to_the_wearer():
    held = HeldUnit()
    held.unit.battery(10, 1_000)
    assert [signal[2] for signal in held.unit.signals] == [TEXT_CHARGE]
    held.hear()
    assert held.codes() == [(record.BATTERY_LOW, 1, 10)]
