from firmware.reporting import (
    ASK_AFTER_MS,
    LOOK_AGAIN_MS,
    LOOK_MS,
    LOST_AFTER_MS,
    Reporting,
)


def reported(at_ms=0, floor_s=5):
    reporting = Reporting(floor_s, at_ms)
    assert reporting.fix(at_ms)
    reporting.reported(7, at_ms)
    return reporting


def sleeping(lease_s=120):
    reporting = reported()
    reporting.answer(7, lease_s)
    return reporting


def test_it_searches_from_the_start_and_reports_the_first_fix():
    reporting = Reporting(5, 1_000)
    assert reporting.searching
    assert reporting.fix(1_000)


def test_unanswered_it_keeps_to_its_floor():
    reporting = reported()
    assert not reporting.fix(4_000)
    assert reporting.fix(5_000)
    reporting.reported(8, 5_000)
    assert not reporting.fix(9_000)
    assert reporting.fix(10_000)


def test_a_second_of_gnss_waiting_does_not_add_up():
    reporting = reported()
    reporting.reported(8, 5_900)
    assert reporting.fix(10_000)
    # An epoch that is a little early is as good; and a long pause starts the grid anew.
    reporting.reported(9, 9_600)
    assert reporting.fix(14_600)
    reporting.reported(10, 60_000)
    assert not reporting.fix(64_000)
    assert reporting.fix(65_000)


def test_it_sleeps_on_a_lease_from_the_report_on():
    reporting = sleeping(120)
    assert reporting.lease_s == 120
    assert not reporting.searching
    assert reporting.due_ms == 120_000
    assert not reporting.fix(100_000)
    reporting.tick(120_000)
    assert reporting.searching
    assert reporting.fix(121_000)
    reporting.reported(8, 121_000)
    assert reporting.lease_s == 0
    assert not reporting.fix(124_000)
    assert reporting.fix(125_000)


def test_only_the_answer_to_the_newest_report_lets_it_sleep():
    reporting = reported()
    reporting.reported(8, 5_000)
    reporting.answer(7, 600)
    reporting.answer(9, 600)
    assert reporting.lease_s == 0
    assert reporting.fix(10_000)


def test_a_lease_no_longer_than_the_floor_changes_nothing():
    reporting = reported()
    reporting.answer(7, 5)
    assert reporting.searching
    assert reporting.fix(5_000)


def test_pinned_it_takes_no_lease():
    reporting = reported()
    reporting.pinned = True
    reporting.answer(7, 600)
    assert reporting.fix(5_000)


def test_hurry_wakes_it_and_voids_an_answer_on_its_way():
    reporting = sleeping()
    reporting.hurry(20_000)
    assert reporting.searching
    reporting.answer(7, 600)
    assert reporting.fix(20_500)


def test_gnss_is_lost_after_half_a_minute_of_search():
    reporting = sleeping(120)
    assert not reporting.tick(120_000)
    assert reporting.due_ms == 120_000 + ASK_AFTER_MS
    assert not reporting.tick(149_999)
    assert reporting.tick(150_000)
    assert reporting.lost
    assert reporting.without_fix_s(150_000) == 150


def lost():
    reporting = reported()
    assert reporting.tick(LOST_AFTER_MS)
    reporting.reported(8, LOST_AFTER_MS)
    return reporting


def test_heartbeats_keep_to_the_floor_while_they_are_answered():
    reporting = lost()
    reporting.answer(8, 0)
    assert not reporting.tick(LOST_AFTER_MS + 4_999)
    assert reporting.due_ms == LOST_AFTER_MS + 5_000
    assert reporting.tick(LOST_AFTER_MS + 5_000)


def test_unanswered_heartbeats_do_not_fill_the_journal():
    reporting = lost()
    beats = []
    for now_ms in range(LOST_AFTER_MS, LOST_AFTER_MS + 200_000, 5_000):
        if reporting.tick(now_ms):
            beats.append(now_ms - LOST_AFTER_MS)
            reporting.reported(9, now_ms)
    assert beats == [5_000, 10_000, 70_000, 130_000, 190_000]
    reporting.answer(9, 0)
    assert reporting.due_ms == LOST_AFTER_MS + 195_000


def test_without_gnss_it_goes_on_searching_while_it_sleeps():
    reporting = lost()
    reporting.answer(8, 120)
    assert reporting.searching
    assert not reporting.tick(LOST_AFTER_MS + 60_000)
    assert reporting.tick(LOST_AFTER_MS + 120_000)


def test_a_fix_after_loss_is_reported_at_once():
    reporting = lost()
    reporting.answer(8, 120)
    assert reporting.fix(LOST_AFTER_MS + 1_000)
    assert not reporting.lost


def test_a_fix_between_heartbeats_begins_a_new_grid():
    reporting = lost()
    assert reporting.fix(LOST_AFTER_MS + 2_000)
    reporting.reported(9, LOST_AFTER_MS + 2_000)
    assert reporting.fix(LOST_AFTER_MS + 7_000)


def test_a_record_that_is_not_answered_ends_the_sleep_at_the_floor():
    reporting = sleeping(120)
    reporting.noted(8, 50_000)
    assert reporting.due_ms == 55_000
    reporting.noted(9, 53_000)  # one lost record more puts nothing off
    assert reporting.due_ms == 55_000
    reporting.tick(55_000)
    assert reporting.searching
    assert reporting.fix(56_000)


def test_the_answer_to_it_lets_it_sleep_on_and_never_for_longer():
    reporting = sleeping(120)
    reporting.noted(8, 50_000)
    reporting.answer(8, 600)
    assert reporting.due_ms == 120_000
    assert not reporting.searching
    reporting.noted(9, 60_000)
    reporting.answer(8, 600)  # an answer to an older one says nothing of the newest
    assert reporting.due_ms == 65_000


def test_the_answer_to_it_shortens_at_once():
    reporting = sleeping(120)
    reporting.noted(8, 50_000)
    reporting.answer(8, 30)
    assert reporting.due_ms == 80_000
    reporting.noted(9, 70_000)
    reporting.answer(9, 600)
    assert reporting.due_ms == 80_000


def test_a_search_that_the_answer_comes_too_late_for_ends_again():
    reporting = sleeping(120)
    reporting.noted(8, 50_000)
    reporting.tick(55_000)
    assert reporting.searching
    reporting.answer(8, 60)
    assert not reporting.searching
    assert reporting.due_ms == 110_000


def test_what_must_be_told_at_once_waits_for_no_answer():
    reporting = sleeping(120)
    reporting.hurry(50_000)
    reporting.noted(8, 50_000)
    reporting.answer(8, 600)
    assert reporting.due_ms <= 50_000 + LOST_AFTER_MS
    assert reporting.fix(51_000)


def resting(lease_s=120):
    """At rest where it has told: at 0 it reported, and was answered."""
    reporting = sleeping(lease_s)
    reporting.at_rest = True
    reporting.content(0)
    return reporting


def test_content_it_says_that_it_rests_and_does_not_search():
    reporting = resting(120)
    assert not reporting.tick(119_999)
    assert reporting.tick(120_000)
    assert not reporting.searching
    reporting.reported(8, 120_000)
    assert not reporting.searching
    assert reporting.due_ms == 125_000
    reporting.answer(8, 600)
    assert reporting.due_ms == 720_000


def test_asked_at_rest_it_answers_at_once_and_looks():
    reporting = resting(600)
    reporting.hurry(10_000)
    assert reporting.tick(10_000)
    reporting.reported(8, 10_000)
    reporting.answer(8, 600)
    assert reporting.searching
    assert reporting.fix(12_000)
    reporting.content(12_000)
    reporting.reported(9, 12_000)
    assert not reporting.searching


def test_a_look_ends_with_the_first_fix_and_holds_up_no_word_of_rest():
    reporting = resting(600)
    reporting.reported(8, LOOK_AGAIN_MS - 50_000)
    reporting.answer(8, 60)
    assert reporting.due_ms == LOOK_AGAIN_MS
    assert not reporting.tick(LOOK_AGAIN_MS)
    assert reporting.searching
    assert reporting.due_ms == LOOK_AGAIN_MS + 10_000
    assert reporting.tick(LOOK_AGAIN_MS + 10_000)
    reporting.reported(9, LOOK_AGAIN_MS + 10_000)
    reporting.answer(9, 600)
    assert reporting.searching
    assert reporting.fix(LOOK_AGAIN_MS + 15_000)


def test_at_rest_a_sky_that_is_not_found_is_sought_again_only_after_a_while():
    reporting = sleeping(5)
    reporting.at_rest = True
    assert reporting.tick(5_000)
    reporting.reported(8, 5_000)
    reporting.answer(8, 600)
    assert reporting.searching
    assert not reporting.tick(LOOK_MS)
    assert not reporting.searching
    assert LOOK_MS <= (LOOK_AGAIN_MS + LOOK_MS) / 10
    reporting.tick(LOOK_MS + LOOK_AGAIN_MS - 1)
    assert not reporting.searching
    reporting.tick(LOOK_MS + LOOK_AGAIN_MS)
    assert reporting.searching


def test_a_rest_ends_no_loss_that_was_told():
    reporting = lost()
    reporting.at_rest = True
    reporting.tick(LOOK_MS)
    assert (reporting.lost, reporting.searching) == (True, False)
    reporting.at_rest = False
    reporting.hurry(LOOK_MS + 60_000)
    assert reporting.tick(LOOK_MS + 60_000)
    assert reporting.fix(LOOK_MS + 61_000)
    assert not reporting.lost


def test_the_modem_is_asked_where_the_sky_is_sought_in_vain_and_again_until_it_is_found():
    reporting = sleeping(120)
    assert not reporting.asks()
    reporting.tick(120_000)
    asked = []
    for second in range(120, 200):
        reporting.tick(second * 1000)
        if reporting.asks():
            asked.append(second)
    assert asked == [130, 150, 170, 190]
    reporting.fix(200_000)
    reporting.reported(8, 200_000)
    reporting.answer(8, 120)
    assert not reporting.searching
    for second in range(200, 300):
        reporting.tick(second * 1000)
        assert not reporting.asks()
