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
from tests.firmware.on_device.desk import UTC_S, Desk, enrolled


def test_the_boot_record_is_sent_first():
    desk = Desk()
    (boot,) = desk.heard
    assert isinstance(boot, record.Boot)
    assert (boot.boots, boot.cause, boot.clean, boot.flags) == (1, 1, 0, 0)


def test_a_restart_tells_of_the_last_run():
    desk = Desk()
    desk.settings.put("exception", "ValueError")
    desk.unit.stop()
    again = Desk(flash=desk.flash, cause=WATCHDOG)
    boot = again.heard[0]
    assert (boot.boots, boot.cause, boot.clean) == (2, WATCHDOG, 1)
    assert boot.exception == b"ValueError\x00\x00"
    assert Desk(flash=desk.flash).heard[0][4:7] == (3, 1, 0)


def test_a_fix_is_sent_as_it_is():
    desk = Desk()
    desk.unit.battery(81, 900)
    ((fix,),) = desk.fix(1_250)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 1, 250)
    assert (fix.lat_e7, fix.lon_e7, fix.a95_dm, fix.battery) == (146349150, -905068820, 35, 81)
    assert fix.satellites_clock == record.pack_satellites(9, record.CLOCK_RESOLVED)
    assert fix.source_quality == record.pack_source(record.GNSS, record.THREE_D)


def test_time_is_uptime_until_it_is_known_and_held_afterwards():
    desk = Desk()
    ((fix,),) = desk.fix(2_500, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (0, 2, 500)
    assert fix.satellites_clock >> 5 == record.CLOCK_UNKNOWN
    desk.fix(7_500)
    ((fix,),) = desk.fix(12_600, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 12, 600)
    assert fix.satellites_clock >> 5 == record.CLOCK_HELD


def test_news_go_at_once_and_the_backlog_when_the_host_answers():
    desk = Desk()
    for now_ms in range(0, 35_000, 5_000):
        messages = desk.fix(now_ms)
        assert len(messages) == 1 and len(messages[0]) == 1
    newest = messages[0][0].sequence
    (backlog,) = desk.say(command.Answer, 0, 1, newest, 0, 0, 100)
    assert [said.sequence for said in backlog] == list(range(newest - 1, 0, -1))
    assert desk.answer(newest - 1) == []
    assert desk.journal.backlog == 0


def test_nothing_is_sent_twice_before_ten_seconds():
    desk = Desk()
    desk.answer(1)
    ((fix,),) = desk.fix(1_000)
    desk.now_ms = 10_999
    desk.unit.tick(desk.now_ms)
    assert desk.hear() == []
    desk.now_ms = 11_000
    desk.unit.tick(desk.now_ms)
    assert desk.hear() == [[fix]]


def test_a_message_holds_what_one_answer_can_name():
    desk = Desk()
    for now_ms in range(0, 175_000, 5_000):
        desk.fix(now_ms)
    newest = desk.heard[-1].sequence
    (backlog,) = desk.say(command.Answer, 0, 1, newest, 0, 0, 100)
    assert [said.sequence for said in backlog] == list(range(newest - 1, newest - 33, -1))


def test_an_answered_unit_sleeps_and_an_unanswered_one_does_not():
    desk = Desk()
    ((fix,),) = desk.fix(0)
    assert desk.unit.gnss_wanted
    desk.answer(fix.sequence, 120)
    assert not desk.unit.gnss_wanted
    assert desk.fix(60_000) == []
    ((fix,),) = desk.fix(120_000)
    assert fix.lease_s == 120
    assert [len(desk.fix(now_ms)) for now_ms in (124_000, 125_000)] == [0, 1]


def test_what_the_strap_says_survives_until_the_centre_clears_it():
    desk = Desk(BRACELET)
    ((fix,),) = desk.fix(0)
    desk.answer(fix.sequence, 600)
    desk.unit.pin("strap", 1, 10_000)
    desk.unit.pin("strap", 0, 11_000)
    desk.hear()
    assert desk.codes() == [(STRAP, 1, NEW), (STRAP, 0, NEW)]
    assert desk.unit.gnss_wanted
    ((fix,),) = desk.fix(11_500)
    desk.answer(fix.sequence, 600)
    assert desk.unit.gnss_wanted  # latched: no lease is taken
    again = Desk(flash=desk.flash)
    assert again.codes() == [(STRAP, 1, STILL_LATCHED)]
    again.say(command.ClearLatch, STRAP)
    assert again.codes()[1:] == [(STRAP, 0, CLEARED)]
    assert Desk(flash=desk.flash).codes() == []


def test_panic_survives_a_restart():
    desk = Desk()
    desk.unit.pin("panic", 1, 1_000)
    desk.until(3_000)
    assert desk.codes() == [(PANIC, 1, NEW)]
    assert Desk(flash=desk.flash).codes() == [(PANIC, 1, STILL_LATCHED)]


def test_moving_off_is_reported_at_once_with_a_fix():
    desk = Desk()
    desk.unit.motion(False, 0)
    desk.fix(59_000)
    desk.until(60_000)
    fix = desk.fix(64_000)[0][0]
    assert fix.source_quality >> 4 & record.AT_REST
    desk.answer(fix.sequence, 600)
    desk.unit.motion(True, 90_000)
    desk.now_ms = 90_000
    desk.hear()
    assert desk.codes()[-2:] == [(MOTION, 0, 0), (MOTION, 1, 0)]
    ((fix,),) = desk.fix(91_000)
    assert not fix.source_quality >> 4 & record.AT_REST


def test_lost_gnss_is_told_and_heals():
    desk = Desk()
    desk.fix(0)
    desk.until(40_000)
    assert desk.codes() == [(NO_COVER, 1, 0), (GNSS_LOST, 1, 30)]
    ((fix, healed),) = desk.fix(50_000)
    assert isinstance(fix, record.Fix)
    assert (healed.code, healed.raised, healed.detail) == (GNSS_LOST, 0, 50)


def test_a_fix_at_once_on_command():
    desk = Desk()
    desk.fix(0)
    desk.answer(desk.heard[-1].sequence, 600)
    desk.now_ms = 20_000
    desk.say(command.FixNow)
    assert desk.unit.gnss_wanted
    assert len(desk.fix(21_000)) == 1


def test_it_reports_at_the_floor_that_it_was_enrolled_with():
    desk = Desk(flash=enrolled(VICTIM, floor_s=15))
    desk.fix(0)
    assert [len(desk.fix(now_ms)) for now_ms in (10_000, 15_000)] == [0, 1]


def test_a_command_holds_until_it_expires_and_a_unit_without_a_clock_obeys():
    desk = Desk()
    desk.say(command.FixNow, expires_s=0)
    desk.fix(0)
    desk.say(command.FixNow, expires_s=UTC_S)
    assert desk.unit.counters == {}
    desk.say(command.FixNow, expires_s=UTC_S - 1)
    assert desk.unit.counters == {"expired": 1}


def test_what_is_wrong_with_a_command_is_counted():
    desk = Desk()
    desk.fix(0)
    good = command.encode(command.FixNow(desk.number + 1, 0, UTC_S + 60), desk.down)
    forged = command.encode(command.FixNow(desk.number + 1, 0, UTC_S + 60), desk.up)
    for sealed in (good, good, forged, good[:-1], b""):
        desk.unit.command(sealed, 0)
    desk.number += 1
    desk.say(command.ClearLatch, STRAP, expires_s=UTC_S - 1)
    counted = {"number": 1, "bad_seal": 1, "wrong_length": 2, "expired": 1}
    assert desk.unit.counters == counted


def test_a_command_is_not_obeyed_again_after_a_restart():
    desk = Desk()
    desk.say(command.FixNow)
    again = Desk(flash=desk.flash)
    again.send(command.FixNow(desk.number, 0, UTC_S + 60))
    assert again.unit.counters == {"number": 1}


def test_an_answer_that_overtakes_a_warning_does_not_make_it_too_old():
    desk = Desk()
    desk.fix(0)
    warning = command.Warning(desk.number + 1, 0, UTC_S + 60, 77, 2, 2, 1)
    desk.number += 1
    desk.answer(desk.heard[-1].sequence)
    desk.send(warning)
    desk.hear()
    assert desk.unit.counters == {}
    assert [said.warning_id for said in desk.heard if isinstance(said, record.Receipt)] == [77]
    desk.send(warning)  # a copy is refused all the same
    assert desk.unit.counters == {"number": 1}


def test_lost_numbers_are_buried():
    desk = Desk()
    desk.fix(0)
    desk.answer(desk.heard[-1].sequence)
    again = Desk(flash=desk.flash)
    again.number = desk.number
    boot = again.heard[0].sequence
    assert boot > 2
    again.say(command.Answer, 2, 1, boot, 0, 0, 100)
    tombstone = again.heard[-1]
    assert isinstance(tombstone, record.Tombstone)
    assert (tombstone.first, tombstone.last) == (3, boot - 1)
