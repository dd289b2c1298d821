from firmware.inputs import Battery, Contacts, Motion
from firmware.utc import NEVER_MS
from protocol.record import (
    BATTERY_LOW,
    CASE,
    CLEARED,
    MOTION,
    MOVED,
    NEW,
    PANIC,
    STILL_LATCHED,
    STRAP,
)


def moved(edges):
    return MOVED | edges << 8


def test_a_cut_strap_is_told_at_once_and_its_healing_a_second_later():
    contacts = Contacts(0)
    assert contacts.pin(STRAP, 0, 0) == []
    assert contacts.pin(STRAP, 1, 10) == [(STRAP, 1, NEW)]
    assert contacts.due_ms == NEVER_MS
    assert contacts.pin(STRAP, 1, 20) == []
    assert contacts.pin(STRAP, 0, 30) == []
    assert contacts.due_ms == 1_030
    assert contacts.tick(1_029) == []
    assert contacts.tick(1_030) == [(STRAP, 0, moved(1))]
    assert contacts.latched == 1 << STRAP


def bounced(contacts, from_ms, until_ms, code):
    """What is told of a contact with 20 edges a second, and how many edges that is."""
    told = []
    edges = value = 0
    for now_ms in range(from_ms, until_ms, 50):
        value ^= 1
        for event in contacts.pin(code, value, now_ms) + contacts.tick(now_ms):
            told.append((now_ms, event))
            edges += max(1, event[2] >> 8)
    return told, edges


def test_however_a_contact_bounces_little_is_told_of_it_and_every_edge_counted():
    contacts = Contacts(0)
    told, edges = bounced(contacts, 0, 1_200_000, STRAP)
    assert told[0] == (0, (STRAP, 1, NEW))
    assert [event[:2] for _, event in told] == [(STRAP, 1)] + [(STRAP, 0)] * 10
    assert [now_ms // 1000 for now_ms, _ in told] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023]
    left = contacts.tick(contacts.due_ms)
    assert edges + (left[0][2] >> 8) == 24_000
    assert contacts.due_ms == NEVER_MS


def test_two_contacts_that_bounce_are_told_each():
    contacts = Contacts(0)
    for at, code in enumerate((CASE, STRAP, CASE, STRAP, CASE)):
        contacts.pin(code, 1 - at // 2 % 2, at)
    assert sorted(contacts.tick(contacts.due_ms)) == [(STRAP, 0, moved(1)), (CASE, 1, moved(2))]


def test_after_ten_calm_minutes_a_contact_that_moves_is_told_soon_again():
    contacts = Contacts(0)
    bounced(contacts, 0, 10_000, STRAP)
    now_ms = contacts.due_ms
    contacts.tick(now_ms)
    contacts.pin(STRAP, 1, now_ms + 599_000)
    assert contacts.due_ms == now_ms + 600_000
    contacts.tick(now_ms + 600_000)
    contacts.pin(STRAP, 0, now_ms + 1_199_000)
    assert contacts.due_ms == now_ms + 1_200_000
    contacts.tick(now_ms + 1_200_000)
    contacts.pin(STRAP, 1, now_ms + 1_800_000)
    assert contacts.due_ms == now_ms + 1_801_000


def test_only_the_centre_clears_a_latch_and_not_of_what_is_open():
    contacts = Contacts(0)
    contacts.pin(CASE, 1, 0)
    assert contacts.clear(CASE) == [(CASE, 1, CLEARED)]  # still open
    assert contacts.latched == 1 << CASE
    assert contacts.pin(CASE, 0, 10) == []
    assert contacts.clear(CASE) == [(CASE, 0, CLEARED)]
    assert contacts.latched == 0
    assert contacts.clear(CASE) == [(CASE, 0, CLEARED)]  # it says so as often as it is asked
    assert contacts.clear(99) == []
    assert contacts.pin(CASE, 1, 20) == [(CASE, 1, NEW)]


def test_latches_are_told_again_after_a_restart():
    contacts = Contacts(1 << STRAP | 1 << PANIC)
    assert contacts.restarted() == [(STRAP, 1, STILL_LATCHED), (PANIC, 1, STILL_LATCHED)]
    assert contacts.clear(STRAP) == [(STRAP, 0, CLEARED)]


def test_panic_is_a_long_press():
    contacts = Contacts(0)
    assert contacts.pin(PANIC, 1, 1_000) == []
    assert contacts.due_ms == 3_000
    assert contacts.tick(2_999) == []
    assert contacts.tick(3_000) == [(PANIC, 1, NEW)]
    assert contacts.tick(9_000) == []
    assert contacts.pin(PANIC, 0, 9_000) == []
    assert contacts.clear(PANIC) == [(PANIC, 0, CLEARED)]


def test_a_short_press_is_none():
    contacts = Contacts(0)
    contacts.pin(PANIC, 1, 0)
    contacts.pin(PANIC, 0, 1_500)
    assert contacts.due_ms == NEVER_MS
    assert contacts.tick(5_000) == []
    assert contacts.latched == 0


def test_each_battery_threshold_is_told_once_until_charged():
    battery = Battery()
    assert battery.measured(21) == []
    assert battery.measured(20) == [(BATTERY_LOW, 1, 20)]
    assert battery.measured(19) == []
    assert battery.measured(22) == []
    assert battery.measured(20) == []
    assert battery.measured(9) == [(BATTERY_LOW, 1, 9)]
    assert battery.measured(3) == [(BATTERY_LOW, 1, 3)]
    assert battery.measured(25) == [(BATTERY_LOW, 0, 25)]
    assert battery.measured(4) == [(BATTERY_LOW, 1, 4)]


def test_rest_is_reached_after_a_minute_of_stillness():
    motion = Motion(0)
    motion.sensed(False, 1_000)
    motion.sensed(False, 30_000)
    assert motion.due_ms == 61_000
    assert not motion.tick(60_999)
    assert motion.tick(61_000)
    assert motion.at_rest
    assert not motion.tick(70_000)


def test_moving_interrupts_the_minute_silently():
    motion = Motion(0)
    motion.sensed(False, 0)
    assert motion.sensed(True, 59_000) == []
    assert not motion.tick(60_000)
    assert not motion.at_rest


def test_moving_off_is_told_at_once():
    motion = Motion(0)
    motion.sensed(False, 0)
    motion.tick(60_000)
    assert motion.sensed(True, 75_000) == [(MOTION, 1, 0)]
    assert motion.moved_ms == 75_000
    assert motion.sensed(True, 76_000) == []
