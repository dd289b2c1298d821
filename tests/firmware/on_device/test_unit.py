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
from tests.firmware.on_device.held_unit import UTC_S, HeldUnit, enrolled


def test_the_boot_record_is_sent_first():
    held = HeldUnit()
    (boot,) = held.heard
    assert isinstance(boot, record.Boot)
    assert (boot.boots, boot.cause, boot.clean, boot.flags) == (1, 1, 0, 0)


def test_a_restart_tells_of_the_last_run():
    held = HeldUnit()
    held.settings.put("exception", "ValueError")
    held.unit.stop()
    again = HeldUnit(flash=held.flash, cause=WATCHDOG)
    boot = again.heard[0]
    assert (boot.boots, boot.cause, boot.clean) == (2, WATCHDOG, 1)
    assert boot.exception == b"ValueError\x00\x00"
    assert HeldUnit(flash=held.flash).heard[0][4:7] == (3, 1, 0)


def test_a_fix_is_sent_as_it_is():
    held = HeldUnit()
    held.unit.battery(81, 900)
    ((fix,),) = held.fix(1_250)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 1, 250)
    assert (fix.lat_e7, fix.lon_e7, fix.a95_dm, fix.battery) == (146349150, -905068820, 35, 81)
    assert fix.satellites_clock == record.pack_satellites(9, record.CLOCK_RESOLVED)
    assert fix.source_quality == record.pack_source(record.GNSS, record.THREE_D)


def test_time_is_uptime_until_it_is_known_and_held_afterwards():
    held = HeldUnit()
    ((fix,),) = held.fix(2_500, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (0, 2, 500)
    assert fix.satellites_clock >> 5 == record.CLOCK_UNKNOWN
    held.fix(7_500)
    ((fix,),) = held.fix(12_600, resolved=False)
    assert (fix.flags, fix.time_s, fix.ms) == (record.UTC, UTC_S + 12, 600)
    assert fix.satellites_clock >> 5 == record.CLOCK_HELD


def test_a_fix_tells_whether_the_host_was_heard_and_whether_it_contradicts_the_receiver():
    told = []
    for ahead_s in (0, 3, 3_600):
        held = HeldUnit()
        ((first,),) = held.fix(1_000, ahead_s=ahead_s)
        held.now_ms = 1_200
        held.answer(first.sequence)
        ((second,),) = held.fix(6_000, ahead_s=ahead_s)
        assert (first.lease_s, second.lease_s) == (record.LEASE_UNHEARD, 0)
        assert (second.time_s, second.ms) == (UTC_S + 6, 0)
        told.append((first.time_s - UTC_S, second.satellites_clock >> 5))
    clocks = (record.CLOCK_RESOLVED, record.CLOCK_CORRECTED, record.CLOCK_CONTRADICTED)
    assert told == list(zip((1, 4, 3_601), clocks))


def test_news_go_at_once_and_the_backlog_when_the_host_answers():
    held = HeldUnit()
    for now_ms in range(0, 35_000, 5_000):
        messages = held.fix(now_ms)
        assert len(messages) == 1 and len(messages[0]) == 1
    newest = messages[0][0].sequence
    (backlog,) = held.say(command.Answer, 0, 1, newest, 0, 0, 100, 0)
    assert [said.sequence for said in backlog] == list(range(newest - 1, 0, -1))
    assert held.answer(newest - 1) == []
    assert held.journal.backlog == 0


def test_nothing_is_sent_twice_before_ten_seconds():
    held = HeldUnit()
    held.answer(1)
    ((fix,),) = held.fix(1_000)
    held.now_ms = 10_999
    held.unit.tick(held.now_ms)
    assert held.hear() == []
    held.now_ms = 11_000
    held.unit.tick(held.now_ms)
    assert held.hear() == [[fix]]


def test_when_nobody_answers_the_link_is_opened_anew_ever_more_rarely():
    held = HeldUnit()
    despaired = []
    for now_ms in range(0, 1_500_000, 5_000):
        held.fix(now_ms)
        held.until(now_ms)
        del held.heard[:-1]
        if held.unit.despairs():
            despaired.append(now_ms // 1000)
    apart = [after - before for before, after in zip([0] + despaired, despaired)]
    assert apart == [55, 120, 240, 480, 480]
    held.answer(held.heard[-1].sequence)
    for now_ms in range(1_500_000, 1_560_000, 5_000):
        held.fix(now_ms)
        assert not held.unit.despairs()


def test_a_message_holds_what_one_answer_can_name():
    held = HeldUnit()
    for now_ms in range(0, 175_000, 5_000):
        held.fix(now_ms)
    newest = held.heard[-1].sequence
    (backlog,) = held.say(command.Answer, 0, 1, newest, 0, 0, 100, 0)
    assert [said.sequence for said in backlog] == list(range(newest - 1, newest - 17, -1))


def test_an_answered_unit_sleeps_and_an_unanswered_one_does_not():
    held = HeldUnit()
    ((fix,),) = held.fix(0)
    assert held.unit.gnss_wanted
    held.answer(fix.sequence, 120, UTC_S + 140)
    assert not held.unit.gnss_wanted
    assert held.fix(60_000) == []
    ((fix,),) = held.fix(120_000)
    assert fix.lease_s == 120
    assert [len(held.fix(now_ms)) for now_ms in (124_000, 125_000)] == [0, 1]


def test_what_the_strap_says_survives_until_the_centre_clears_it():
    held = HeldUnit(BRACELET)
    ((fix,),) = held.fix(0)
    held.answer(fix.sequence, 600)
    held.unit.pin("strap", 1, 10_000)
    held.unit.pin("strap", 0, 11_000)
    held.hear()
    assert held.codes() == [(STRAP, 1, NEW)]
    assert held.unit.gnss_wanted
    ((fix,),) = held.fix(11_500)
    held.answer(fix.sequence, 600)
    assert held.unit.gnss_wanted  # latched: no lease is taken
    again = HeldUnit(flash=held.flash)
    assert again.codes() == [(STRAP, 1, STILL_LATCHED)]
    again.say(command.ClearLatch, 7, STRAP)
    assert again.codes()[1:] == [(STRAP, 0, CLEARED)]
    assert HeldUnit(flash=held.flash).codes() == []


def receipts(held):
    """(delivery id, outcome) of all receipts heard so far."""
    said = [one for one in held.heard if isinstance(one, record.Receipt)]
    return [(one.delivery_id, one.outcome) for one in said]


def test_each_copy_of_a_clearing_is_receipted_and_only_the_first_clears():
    held = HeldUnit(BRACELET)
    held.unit.pin("strap", 1, 0)
    held.unit.pin("strap", 0, 0)
    held.say(command.ClearLatch, 7, STRAP)
    held.say(command.ClearLatch, 7, STRAP)
    again = HeldUnit(flash=held.flash)
    again.number = held.number
    again.unit.pin("strap", 1, 1_000)
    again.say(command.ClearLatch, 7, STRAP)  # late, or held back by somebody
    assert receipts(held) + receipts(again) == [(7, record.DONE)] * 3
    assert held.codes() == [(STRAP, 1, NEW), (STRAP, 0, CLEARED)]
    assert again.codes() == [(STRAP, 1, NEW)]
    assert HeldUnit(flash=held.flash).codes() == [(STRAP, 1, STILL_LATCHED)]


def test_a_bouncing_strap_crowds_no_fix_out():
    held = HeldUnit(BRACELET)
    held.answer(held.heard[-1].sequence)
    for now_ms in range(0, 600_000, 50):  # and no network
        held.unit.pin("strap", now_ms // 50 % 2 ^ 1, now_ms)
        if now_ms % 25_000 == 0:
            held.fix(now_ms)
        elif held.unit.due_ms <= now_ms:
            held.until(now_ms)
    kinds = [sealed[0] & 0x0F for sealed in held.journal.pending()]
    assert (kinds.count(record.FIX), kinds.count(record.EVENT)) == (24, 10)
    edges = [detail >> 8 for _, _, detail in held.codes()]
    assert edges[0] == 0 and sum(edges) > 10_000


def test_panic_survives_a_restart():
    held = HeldUnit()
    held.unit.pin("panic", 1, 1_000)
    held.until(3_000)
    assert held.codes() == [(PANIC, 1, NEW)]
    assert HeldUnit(flash=held.flash).codes() == [(PANIC, 1, STILL_LATCHED)]


def test_moving_off_is_reported_at_once_with_a_fix():
    held = HeldUnit()
    held.unit.motion(False, 0)
    held.fix(59_000)
    held.until(60_000)
    fix = held.fix(64_000)[0][0]
    assert fix.source_quality >> 4 & record.AT_REST
    held.answer(fix.sequence, 600)
    held.unit.motion(True, 90_000)
    held.now_ms = 90_000
    held.hear()
    assert held.codes()[-2:] == [(MOTION, 0, 2), (MOTION, 1, 0)]
    ((fix,),) = held.fix(91_000)
    assert not fix.source_quality >> 4 & record.AT_REST


def test_at_rest_under_a_roof_it_says_since_when_and_looks_now_and_then():
    held = HeldUnit(role=BRACELET)
    held.unit.motion(False, 0)
    for now_ms in range(0, 60_000, 5_000):
        held.fix(now_ms)
    searched_s = 0
    for now_ms in range(60_000, 3_540_000, 1_000):
        told = len(held.heard)
        held.until(now_ms)
        searched_s += held.unit.gnss_wanted
        if len(held.heard) > told:
            held.answer(held.heard[-1].sequence, 600)
    assert set(held.codes()) == {(MOTION, 0, 2)}
    assert 6 <= len(held.codes()) <= 8
    assert 110 <= searched_s <= 130
    held.unit.motion(True, 3_540_000)
    assert held.unit.gnss_wanted


def test_after_a_restart_a_rest_begins_anew():
    held = HeldUnit()
    held.unit.motion(False, 0)
    held.fix(59_000)
    held.until(60_000)
    again = HeldUnit(flash=held.flash)
    again.unit.motion(False, 0)
    again.until(60_000)
    beat = next(said for said in again.heard if getattr(said, "code", 0) == MOTION)
    assert beat.detail > again.heard[0].sequence > held.heard[-1].sequence


def test_lost_gnss_is_told_and_heals():
    held = HeldUnit()
    held.fix(0)
    held.until(40_000)
    lost = [(GNSS_LOST, 1, seconds) for seconds in (30, 35, 40)]
    assert held.codes() == [(NO_COVER, 1, 0)] + lost
    ((fix, healed),) = held.fix(50_000)
    assert isinstance(fix, record.Fix)
    assert (healed.code, healed.raised, healed.detail) == (GNSS_LOST, 0, 50)


def test_a_fix_at_once_on_command():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence, 600)
    held.now_ms = 20_000
    held.say(command.FixNow)
    assert held.unit.gnss_wanted
    assert len(held.fix(21_000)) == 1


def test_it_reports_at_the_floor_that_it_was_enrolled_with():
    held = HeldUnit(flash=enrolled(VICTIM, floor_s=15))
    held.fix(0)
    assert [len(held.fix(now_ms)) for now_ms in (10_000, 15_000)] == [0, 1]


def test_a_command_holds_until_it_expires_and_a_unit_without_a_clock_obeys():
    held = HeldUnit()
    held.say(command.FixNow, expires_s=0)
    held.fix(0)
    held.say(command.FixNow, expires_s=UTC_S)
    assert held.unit.counters == {}
    held.say(command.FixNow, expires_s=UTC_S - 1)
    assert held.unit.counters == {"expired": 1}


def test_what_is_wrong_with_a_command_is_counted():
    held = HeldUnit()
    held.fix(0)
    good = command.encode(command.FixNow(held.number + 1, 0, UTC_S + 60), held.down)
    forged = command.encode(command.FixNow(held.number + 1, 0, UTC_S + 60), held.up)
    for sealed in (good, good, forged, good[:-1], b""):
        held.unit.command(sealed, 0)
    held.number += 1
    held.say(command.ClearLatch, 7, STRAP, expires_s=UTC_S - 1)
    counted = {"number": 1, "bad_seal": 1, "wrong_length": 2, "expired": 1}
    assert held.unit.counters == counted


def test_a_command_is_not_obeyed_again_after_a_restart():
    held = HeldUnit()
    held.say(command.FixNow)
    again = HeldUnit(flash=held.flash)
    again.send(command.FixNow(held.number, 0, UTC_S + 60))
    assert again.unit.counters == {"number": 1}


def test_a_command_that_was_overtaken_is_obeyed_once():
    held = HeldUnit()
    held.fix(0)
    warning = command.Warning(held.number + 1, 0, UTC_S + 60, 77, 2, 2, 1)
    held.number += 1
    held.answer(held.heard[-1].sequence)
    held.say(command.FixNow)
    held.send(warning)
    held.hear()
    assert held.unit.counters == {}
    assert receipts(held) == [(77, record.PRESENTED)]
    held.send(warning)  # a copy is refused all the same
    assert held.unit.counters == {"number": 1}
    for _ in range(4):
        held.say(command.FixNow)
    held.send(warning)  # and by and by whatever is as old
    again = HeldUnit(flash=held.flash)
    again.send(warning)  # after a restart, at once
    assert (held.unit.counters, again.unit.counters) == ({"number": 2}, {"number": 1})


def test_an_answer_that_was_overtaken_acknowledges_and_grants_nothing():
    held = HeldUnit()
    held.fix(0)
    held.fix(5_000)
    assert held.journal.backlog == 3
    overtaken = command.Answer(held.number + 1, 0, UTC_S + 60, 0, 0b11, 3, 600, UTC_S + 900, 100, 0)
    newer = command.Answer(held.number + 2, 0, UTC_S + 60, 0, 0b1, 3, 0, 0, 100, 0)
    held.send(newer)
    held.send(overtaken)
    assert held.journal.backlog == 1
    assert held.unit.gnss_wanted
    assert not held.unit.assurance.promised


def test_lost_numbers_are_buried():
    held = HeldUnit()
    held.fix(0)
    held.answer(held.heard[-1].sequence)
    again = HeldUnit(flash=held.flash)
    again.number = held.number
    boot = again.heard[0].sequence
    assert boot > 2
    again.say(command.Answer, 2, 1, boot, 0, 0, 100, 0)
    tombstone = again.heard[-1]
    assert isinstance(tombstone, record.Tombstone)
    assert (tombstone.first, tombstone.last) == (3, boot - 1)
