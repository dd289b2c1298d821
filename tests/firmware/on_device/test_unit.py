from protocol import command, record
from protocol.enrolment import BRACELET, VICTIM
from protocol.record import (
    CLEARED,
    GNSS_LOST,
    MOTION,
    NEW,
    NO_COVER,
    PANIC,
    STILL_LATCHED,
    STRAP,
    WATCHDOG,
)
from tests.firmware.on_device.tested_unit import UTC_S, TestedUnit, enrolled


def test_the_boot_record_is_sent_first():
    tested = TestedUnit()
    (boot,) = tested.heard
    assert isinstance(boot, record.Boot)
    assert (boot.boots, boot.cause, boot.clean, boot.flags) == (1, 1, 0, 0)


def test_a_restart_tells_of_the_last_run():
    tested = TestedUnit()
    tested.settings.put("exception", "ValueError")
    tested.unit.stop()
    again = TestedUnit(flash=tested.flash, cause=WATCHDOG)
    boot = again.heard[0]
    assert (boot.boots, boot.cause, boot.clean) == (2, WATCHDOG, 1)
    assert boot.exception == b"ValueError\x00\x00"
    assert TestedUnit(flash=tested.flash).heard[0][4:7] == (3, 1, 0)


def test_a_fix_is_sent_as_it_is():
    tested = TestedUnit()
    tested.unit.battery(81, 900)
    ((fix,),) = tested.fix(1_250)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 1, 250)
    assert (fix.lat_e7, fix.lon_e7, fix.a95_dm, fix.battery) == (146349150, -905068820, 35, 81)
    assert fix.satellites_clock == record.pack_satellites(9, record.CLOCK_RESOLVED)
    assert fix.source_quality == record.pack_source(record.GNSS, record.THREE_D)


def test_time_is_uptime_until_it_is_known_and_held_afterwards():
    tested = TestedUnit()
    ((fix,),) = tested.fix(2_500, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (0, 2, 500)
    assert fix.satellites_clock >> 5 == record.CLOCK_UNKNOWN
    tested.fix(7_500)
    ((fix,),) = tested.fix(12_600, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 12, 600)
    assert fix.satellites_clock >> 5 == record.CLOCK_HELD


def test_news_go_at_once_and_the_backlog_when_the_host_answers():
    tested = TestedUnit()
    for now_ms in range(0, 35_000, 5_000):
        messages = tested.fix(now_ms)
        assert len(messages) == 1 and len(messages[0]) == 1
    newest = messages[0][0].sequence
    (backlog,) = tested.say(command.Answer, 0, 1, newest, 0, 0, 100)
    assert [said.sequence for said in backlog] == list(range(newest - 1, 0, -1))
    assert tested.answer(newest - 1) == []
    assert tested.journal.backlog == 0


def test_nothing_is_sent_twice_before_ten_seconds():
    tested = TestedUnit()
    tested.answer(1)
    ((fix,),) = tested.fix(1_000)
    tested.now_ms = 10_999
    tested.unit.tick(tested.now_ms)
    assert tested.hear() == []
    tested.now_ms = 11_000
    tested.unit.tick(tested.now_ms)
    assert tested.hear() == [[fix]]


def test_a_message_holds_what_one_answer_can_name():
    tested = TestedUnit()
    for now_ms in range(0, 175_000, 5_000):
        tested.fix(now_ms)
    newest = tested.heard[-1].sequence
    (backlog,) = tested.say(command.Answer, 0, 1, newest, 0, 0, 100)
    assert [said.sequence for said in backlog] == list(range(newest - 1, newest - 33, -1))


def test_an_answered_unit_sleeps_and_an_unanswered_one_does_not():
    tested = TestedUnit()
    ((fix,),) = tested.fix(0)
    assert tested.unit.gnss_wanted
    tested.answer(fix.sequence, 120)
    assert not tested.unit.gnss_wanted
    assert tested.fix(60_000) == []
    ((fix,),) = tested.fix(120_000)
    assert fix.lease_s == 120
    assert [len(tested.fix(now_ms)) for now_ms in (124_000, 125_000)] == [0, 1]


def test_what_the_strap_says_survives_until_the_centre_clears_it():
    tested = TestedUnit(BRACELET)
    ((fix,),) = tested.fix(0)
    tested.answer(fix.sequence, 600)
    tested.unit.pin("strap", 1, 10_000)
    tested.unit.pin("strap", 0, 11_000)
    tested.hear()
    assert tested.codes() == [(STRAP, 1, NEW), (STRAP, 0, NEW)]
    assert tested.unit.gnss_wanted
    ((fix,),) = tested.fix(11_500)
    tested.answer(fix.sequence, 600)
    assert tested.unit.gnss_wanted  # latched: no lease is taken
    again = TestedUnit(flash=tested.flash)
    assert again.codes() == [(STRAP, 1, STILL_LATCHED)]
    again.say(command.ClearLatch, STRAP)
    assert again.codes()[1:] == [(STRAP, 0, CLEARED)]
    assert TestedUnit(flash=tested.flash).codes() == []


def test_panic_survives_a_restart():
    tested = TestedUnit()
    tested.unit.pin("panic", 1, 1_000)
    tested.until(3_000)
    assert tested.codes() == [(PANIC, 1, NEW)]
    assert TestedUnit(flash=tested.flash).codes() == [(PANIC, 1, STILL_LATCHED)]


def test_moving_off_is_reported_at_once_with_a_fix():
    tested = TestedUnit()
    tested.unit.motion(False, 0)
    tested.fix(59_000)
    tested.until(60_000)
    fix = tested.fix(64_000)[0][0]
    assert fix.source_quality >> 4 & record.AT_REST
    tested.answer(fix.sequence, 600)
    tested.unit.motion(True, 90_000)
    tested.now_ms = 90_000
    tested.hear()
    assert tested.codes()[-2:] == [(MOTION, 0, 0), (MOTION, 1, 0)]
    ((fix,),) = tested.fix(91_000)
    assert not fix.source_quality >> 4 & record.AT_REST


def test_lost_gnss_is_told_and_heals():
    tested = TestedUnit()
    tested.fix(0)
    tested.until(40_000)
    assert tested.codes() == [(NO_COVER, 1, 0), (GNSS_LOST, 1, 30)]
    ((fix, healed),) = tested.fix(50_000)
    assert isinstance(fix, record.Fix)
    assert (healed.code, healed.raised, healed.detail) == (GNSS_LOST, 0, 50)


def test_a_fix_at_once_on_command():
    tested = TestedUnit()
    tested.fix(0)
    tested.answer(tested.heard[-1].sequence, 600)
    tested.now_ms = 20_000
    tested.say(command.FixNow)
    assert tested.unit.gnss_wanted
    assert len(tested.fix(21_000)) == 1


def test_it_reports_at_the_floor_that_it_was_enrolled_with():
    tested = TestedUnit(flash=enrolled(VICTIM, floor_s=15))
    tested.fix(0)
    assert [len(tested.fix(now_ms)) for now_ms in (10_000, 15_000)] == [0, 1]


def test_a_command_holds_until_it_expires_and_a_unit_without_a_clock_obeys():
    tested = TestedUnit()
    tested.say(command.FixNow, expires_s=0)
    tested.fix(0)
    tested.say(command.FixNow, expires_s=UTC_S)
    assert tested.unit.counters == {}
    tested.say(command.FixNow, expires_s=UTC_S - 1)
    assert tested.unit.counters == {"expired": 1}


def test_what_is_wrong_with_a_command_is_counted():
    tested = TestedUnit()
    tested.fix(0)
    good = command.encode(command.FixNow(tested.number + 1, 0, UTC_S + 60), tested.down)
    forged = command.encode(command.FixNow(tested.number + 1, 0, UTC_S + 60), tested.up)
    for sealed in (good, good, forged, good[:-1], b""):
        tested.unit.command(sealed, 0)
    tested.number += 1
    tested.say(command.ClearLatch, STRAP, expires_s=UTC_S - 1)
    counted = {"number": 1, "bad_seal": 1, "wrong_length": 2, "expired": 1}
    assert tested.unit.counters == counted


def test_a_command_is_not_obeyed_again_after_a_restart():
    tested = TestedUnit()
    tested.say(command.FixNow)
    again = TestedUnit(flash=tested.flash)
    again.send(command.FixNow(tested.number, 0, UTC_S + 60))
    assert again.unit.counters == {"number": 1}


def test_an_answer_that_overtakes_a_warning_does_not_make_it_too_old():
    tested = TestedUnit()
    tested.fix(0)
    warning = command.Warning(tested.number + 1, 0, UTC_S + 60, 77, 2, 2, 1)
    tested.number += 1
    tested.answer(tested.heard[-1].sequence)
    tested.send(warning)
    tested.hear()
    assert tested.unit.counters == {}
    assert [said.warning_id for said in tested.heard if isinstance(said, record.Receipt)] == [77]
    tested.send(warning)  # a copy is refused all the same
    assert tested.unit.counters == {"number": 1}


def test_lost_numbers_are_buried():
    tested = TestedUnit()
    tested.fix(0)
    tested.answer(tested.heard[-1].sequence)
    again = TestedUnit(flash=tested.flash)
    again.number = tested.number
    boot = again.heard[0].sequence
    assert boot > 2
    again.say(command.Answer, 2, 1, boot, 0, 0, 100)
    tombstone = again.heard[-1]
    assert isinstance(tombstone, record.Tombstone)
    assert (tombstone.first, tombstone.last) == (3, boot - 1)
