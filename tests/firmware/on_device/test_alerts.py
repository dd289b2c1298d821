from firmware.alerts import STILL, TEXT_CHARGE, TEXT_NEUTRAL, Alerts
from firmware.utc import NEVER_MS
from protocol.command import ALERT, CLEAR, PATTERN_NOTICE, PATTERN_URGENT, PATTERN_WARNING, Warning


def warning(warning_id, pattern=PATTERN_WARNING, text=3):
    return Warning(1, 0, 0, warning_id, ALERT, pattern, text)


def test_a_warning_is_felt_and_remembered():
    alerts = Alerts(False, b"")
    assert not alerts.knows(5)
    alerts.warn(warning(5), 1_000)
    assert alerts.signals == [(PATTERN_WARNING, ALERT, 3, 5)]
    assert alerts.knows(5)
    assert not alerts.knows(5 << 8)


def test_a_bracelet_shows_only_the_neutral_text():
    alerts = Alerts(True, b"")
    alerts.warn(warning(5), 0)
    assert alerts.signals == [(PATTERN_WARNING, ALERT, TEXT_NEUTRAL, 5)]


def test_a_warning_is_settled_once_its_signal_was_taken():
    alerts = Alerts(False, b"")
    alerts.warn(warning(5), 0)
    assert alerts.settled() == []
    alerts.signals.clear()
    assert alerts.settled() == [5]
    assert alerts.settled() == []


def test_the_last_32_are_remembered_across_a_restart():
    alerts = Alerts(False, b"")
    for warning_id in range(1, 41):
        alerts.warn(warning(warning_id), 0)
    again = Alerts(False, alerts.seen)
    assert [again.knows(i) for i in (8, 9, 40)] == [False, True, True]


def test_a_pattern_ends_when_silenced_and_says_which_warnings_it_was():
    alerts = Alerts(False, b"")
    alerts.warn(warning(5), 0)
    alerts.warn(warning(6), 10)
    alerts.signals.clear()
    assert alerts.still() == [5, 6]
    assert alerts.signals == [(STILL, 0, 0, 0)]
    assert alerts.due_ms == NEVER_MS
    assert alerts.still() == []
    assert len(alerts.signals) == 1
    assert [signal[3] for signal in alerts.readable] == [5, 6]


def test_the_longest_pattern_says_when_all_end():
    alerts = Alerts(False, b"")
    alerts.warn(warning(5, PATTERN_WARNING), 0)
    assert alerts.due_ms == 120_000
    alerts.warn(warning(6, PATTERN_URGENT), 0)
    assert alerts.due_ms == 600_000
    alerts.notify(PATTERN_NOTICE, CLEAR, TEXT_CHARGE, 1_000)
    assert alerts.due_ms == 600_000


def test_a_notice_is_felt_once_and_cannot_be_silenced():
    alerts = Alerts(False, b"")
    alerts.warn(warning(5, PATTERN_NOTICE), 0)
    assert alerts.due_ms == NEVER_MS
    assert alerts.still() == []
    assert len(alerts.signals) == 1


def test_only_the_last_few_stay_readable():
    alerts = Alerts(False, b"")
    for warning_id in range(1, 10):
        alerts.warn(warning(warning_id), 0)
    assert [signal[3] for signal in alerts.readable] == [6, 7, 8, 9]
