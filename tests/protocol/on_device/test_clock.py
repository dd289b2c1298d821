from protocol.clock import utc_seconds


def refused(*moment):
    try:
        utc_seconds(*moment)
    except ValueError:
        return True
    return False


def test_known_instants():
    assert utc_seconds(1970, 1, 1, 0, 0, 0) == 0
    assert utc_seconds(1980, 1, 6, 0, 0, 0) == 315964800  # GPS week 0
    assert utc_seconds(2000, 2, 29, 12, 0, 0) == 951825600
    assert utc_seconds(2024, 3, 28, 15, 14, 5) == 1711638845
    assert utc_seconds(2038, 1, 19, 3, 14, 8) == 1 << 31
    assert utc_seconds(2105, 12, 31, 23, 59, 59) == 4291747199


def test_every_day_follows_the_day_before():
    lengths = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    expected = 0
    for year in range(1970, 2106):
        leap = year in range(1972, 2106, 4) and year != 2100
        for month in range(1, 13):
            days = lengths[month - 1] + (leap and month == 2)
            assert utc_seconds(year, month, 1, 0, 0, 0) == expected
            assert utc_seconds(year, month, days, 0, 0, 0) == expected + (days - 1) * 86400
            assert refused(year, month, days + 1, 0, 0, 0)
            expected += days * 86400


def test_a_leap_second_is_the_first_of_the_next_minute():
    assert utc_seconds(2016, 12, 31, 23, 59, 60) == utc_seconds(2017, 1, 1, 0, 0, 0)


def test_what_does_not_exist_is_refused():
    for moment in (
        (1969, 12, 31, 0, 0, 0),
        (2106, 1, 1, 0, 0, 0),
        (2024, 0, 1, 0, 0, 0),
        (2024, 13, 1, 0, 0, 0),
        (2024, 1, 0, 0, 0, 0),
        (2023, 2, 29, 0, 0, 0),
        (2100, 2, 29, 0, 0, 0),
        (2024, 1, 1, 24, 0, 0),
        (2024, 1, 1, 0, 60, 0),
        (2024, 1, 1, 0, 0, 61),
        (2024, 1, 1, -1, 0, 0),
    ):
        assert refused(*moment), moment
