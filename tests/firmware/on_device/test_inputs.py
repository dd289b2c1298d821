from firmware.inputs import Battery, Contacts, Motion
from firmware.utc import NEVER_MS
from protocol.record import BATTERY_LOW, CASE, CLEARED, MOTION, NEW, PANIC, STILL_LATCHED, STRAP


def test_a_cut_strap_is_told_once_and_its_healing_too():
    contacts = Contacts(0)
    assert contacts.pin(STRAP, 0, 0) == []
    assert contacts.pin(STRAP, 1, 10) == [(STRAP, 1, NEW)]
    assert contacts.pin(STRAP, 1, 20) == []
    assert contacts.pin(STRAP, 0, 30) == [(STRAP, 0, NEW)]
    assert contacts.latched == 1 << STRAP


def test_only_the_centre_clears_a_latch():
    contacts = Contacts(0)
    contacts.pin(CASE, 1, 0)
    assert contacts.clear(CASE) == [(CASE, 1, CLEARED)]  # still open
    assert contacts.latched == 0
    assert contacts.clear(CASE) == []
    assert contacts.pin(CASE, 0, 10) == [(CASE, 0, NEW)]


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
    assert motion.tick(60_999) == []
    assert motion.tick(61_000) == [(MOTION, 0, 0)]
    assert motion.at_rest
    assert motion.tick(70_000) == []


def test_moving_interrupts_the_minute_silently():
    motion = Motion(0)
    motion.sensed(False, 0)
    assert motion.sensed(True, 59_000) == []
    assert motion.tick(60_000) == []
    assert not motion.at_rest


def test_moving_off_is_told_at_once():
    motion = Motion(0)
    motion.sensed(False, 0)
    motion.tick(60_000)
    assert motion.sensed(True, 75_000) == [(MOTION, 1, 0)]
    assert motion.moved_ms == 75_000
    assert motion.sensed(True, 76_000) == []
